/// Single values.
extension BadManifestTests {
  static let values: [BadManifest] = [
    BadManifest(
      name: "a later format",
      text: """
        hamud: 2
        model: m
        forget: {samples: [1]}

        """,
      answer: """
        1:8: hamud: "2" is not 1, the format that this release reads; write for example 1
        """),
    BadManifest(
      name: "a format that is no number",
      text: """
        hamud: zoe
        model: m
        forget: {samples: [1]}

        """,
      answer: """
        1:8: hamud: "zoe" is not 1, the format that this release reads; write for example 1
        """),
    BadManifest(
      name: "an empty value",
      text: """
        hamud: 1
        model:
        forget: {samples: [1]}

        """,
      answer: "2:7: model has no value; write the name of a configured model, such as cifar10"),
    BadManifest(
      name: "an empty text",
      text: """
        hamud: 1
        model: ""
        forget: {samples: [1]}

        """,
      answer: """
        2:8: model: "" is not the name of a configured model; write for example cifar10
        """),
    BadManifest(
      name: "a list for a word",
      text: """
        hamud: 1
        model: [zoe]
        forget: {samples: [1]}

        """,
      answer: "2:8: model is a list; write the name of a configured model, such as cifar10"),
    BadManifest(
      name: "a mapping for a word",
      text: """
        hamud: 1
        model: m
        forget: {samples: [1]}
        reason: {because: zoe}

        """,
      answer: "4:9: reason is a mapping; write a text, such as GDPR Art. 17"),
    BadManifest(
      name: "an id with a slash",
      text: """
        hamud: 1
        model: m
        forget: {samples: [1]}
        id: zoe/../../etc

        """,
      answer: """
        4:5: id: "zoe/../../etc" is not an id: 1 to 128 letters, digits, '.', '_' or '-', beginning with a letter or digit; write for example dsr-2026-000123
        """),
    BadManifest(
      name: "an id with a letter outside ASCII",
      text: """
        hamud: 1
        model: m
        forget: {samples: [1]}
        id: zoë-zoe

        """,
      answer: """
        4:5: id: "zoë-zoe" is not an id: 1 to 128 letters, digits, '.', '_' or '-', beginning with a letter or digit; write for example dsr-2026-000123
        """),
    BadManifest(
      name: "an id that hides what it is",
      text: """
        hamud: 1
        model: m
        forget: {samples: [1]}
        id: "zoe\\u202Etxt"

        """,
      answer: """
        4:5: id: "zoe\\u{202e}txt" is not an id: 1 to 128 letters, digits, '.', '_' or '-', beginning with a letter or digit; write for example dsr-2026-000123
        """),
    BadManifest(
      name: "an id that starts with a dot",
      text: """
        hamud: 1
        model: m
        forget: {samples: [1]}
        id: .zoe

        """,
      answer: """
        4:5: id: ".zoe" is not an id: 1 to 128 letters, digits, '.', '_' or '-', beginning with a letter or digit; write for example dsr-2026-000123
        """),
    BadManifest(
      name: "no id, and a name that is none",
      text: """
        hamud: 1
        model: m
        forget: {samples: [1]}

        """,
      stem: "zoe smith",
      answer: """
        1:1: there is no id, and the file's name "zoe smith" is none; add id: NAME (1 to 128 letters, digits, '.', '_' or '-', beginning with a letter or digit)
        """),
    BadManifest(
      name: "an unknown priority",
      text: """
        hamud: 1
        model: m
        forget: {samples: [1]}
        priority: zoe

        """,
      answer: """
        4:11: priority: "zoe" is not normal or urgent; write for example normal
        """),
    BadManifest(
      name: "a priority nearly right",
      text: """
        hamud: 1
        model: m
        forget: {samples: [1]}
        priority: urgnt

        """,
      answer: """
        4:11: priority: "urgnt" is not normal or urgent; did you mean urgent?
        """),
    BadManifest(
      name: "an unknown on_hardness",
      text: """
        hamud: 1
        model: m
        forget: {samples: [1]}
        on_hardness: abort

        """,
      answer: """
        4:14: on_hardness: "abort" is not stop or continue; write for example stop
        """),
    BadManifest(
      name: "a day that does not exist",
      text: """
        hamud: 1
        model: m
        forget: {samples: [1]}
        deadline: 2026-02-30

        """,
      answer: """
        4:11: deadline: "2026-02-30" is not a date or an RFC 3339 time with its zone; write for example 2026-12-23 or 2026-12-23T18:00:00Z
        """),
    BadManifest(
      name: "a time without zone",
      text: """
        hamud: 1
        model: m
        forget: {samples: [1]}
        deadline: 2026-12-23T10:00:00

        """,
      answer: """
        4:11: deadline: "2026-12-23T10:00:00" is not a date or an RFC 3339 time with its zone; write for example 2026-12-23 or 2026-12-23T18:00:00Z
        """),
    BadManifest(
      name: "a deadline in words",
      text: """
        hamud: 1
        model: m
        forget: {samples: [1]}
        deadline: before zoe comes

        """,
      answer: """
        4:11: deadline: "before zoe comes" is not a date or an RFC 3339 time with its zone; write for example 2026-12-23 or 2026-12-23T18:00:00Z
        """),
  ]
}
