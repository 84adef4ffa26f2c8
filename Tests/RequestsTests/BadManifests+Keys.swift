/// Keys.
extension BadManifestTests {
  static let keys: [BadManifest] = [
    BadManifest(
      name: "an unknown key close to a known one",
      text: """
        hamud: 1
        model: m
        forget: {samples: [1]}
        modle: zoe

        """,
      answer: """
        4:1: unknown key "modle"; did you mean model?
        """),
    BadManifest(
      name: "an unknown key close to none",
      text: """
        hamud: 1
        model: m
        forget: {samples: [1]}
        zoezoezoezoe: 1

        """,
      answer: """
        4:1: unknown key "zoezoezoezoe"; known here: hamud, id, model, forget, reason, deadline, priority, on_hardness
        """),
    BadManifest(
      name: "an unknown key under forget",
      text: """
        hamud: 1
        model: m
        forget: {sample: [zoe]}

        """,
      answer: """
        3:9: forget names nothing; write for example forget: {samples: [17, 42, 1000-1999, "img-00017"]}
        3:10: unknown key "forget.sample"; did you mean samples?
        """),
    BadManifest(
      name: "a key of another case",
      text: """
        hamud: 1
        model: m
        forget: {samples: [1]}
        Priority: zoe

        """,
      answer: """
        4:1: unknown key "Priority"; did you mean priority?
        """),
    BadManifest(
      name: "no format",
      text: """
        model: m
        forget: {samples: [1]}

        """,
      answer: "1:1: hamud is missing; add hamud: 1"),
    BadManifest(
      name: "no model",
      text: """
        hamud: 1
        forget: {samples: [1]}

        """,
      answer: "1:1: model is missing; add model: cifar10"),
    BadManifest(
      name: "no forget",
      text: """
        hamud: 1
        model: m

        """,
      answer: """
        1:1: forget is missing; add forget: {samples: [17, 42, 1000-1999, "img-00017"]}
        """),
    BadManifest(
      name: "several faults at once",
      text: """
        hamud: 2
        modle: zoe
        forget: {samples: [2-1], subjects: zoe}
        priority: zoe

        """,
      answer: """
        1:1: model is missing; add model: cifar10
        1:8: hamud: "2" is not 1, the format that this release reads; write for example 1
        2:1: unknown key "modle"; did you mean model?
        3:20: forget.samples: the range 2-1 ends before it begins; write 1-2
        3:36: forget.subjects is a single value; write a list, such as ["user:8841"]
        4:11: priority: "zoe" is not normal or urgent; write for example normal
        """),
  ]
}
