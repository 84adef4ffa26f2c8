/// What is no YAML, or more of YAML than is read.
extension BadManifestTests {
  static let syntax: [BadManifest] = [
    BadManifest(
      name: "no YAML",
      text: """
        hamud: 1
        model: m
        forget: {samples: [zoe, 2}

        """,
      answer:
        "3:26: this is no YAML: did not find expected ',' or ']' (while parsing a flow sequence, begun at 3:19); look at the indentation (spaces, no tabs), the colons, brackets and quotes here and in the line before"
    ),
    BadManifest(
      name: "a tab as indentation",
      text: """
        hamud: 1
        model: m
        forget:
        \tsamples: [zoe]

        """,
      answer:
        "4:1: this is no YAML: found character that cannot start any token (while scanning for the next token); look at the indentation (spaces, no tabs), the colons, brackets and quotes here and in the line before"
    ),
    BadManifest(
      name: "an open quote",
      text: """
        hamud: 1
        model: m
        forget: {subjects: ["zoe]}

        """,
      answer:
        "4:1: this is no YAML: found unexpected end of stream (while scanning a quoted scalar, begun at 3:21); look at the indentation (spaces, no tabs), the colons, brackets and quotes here and in the line before"
    ),
    BadManifest(
      name: "a control character",
      text: """
        hamud: 1
        model: m
        forget: {subjects: [zoe\u{1}]}

        """,
      answer:
        "3:24: this is no YAML: control characters are not allowed; remove that character, or write it as an escape in double quotes"
    ),
    BadManifest(
      name: "nothing",
      text: "",
      answer: "1:1: there is nothing in it; write the keys it needs, one a line"),
    BadManifest(
      name: "comments only",
      text: """
        # zoe

        """,
      answer: "1:1: there is nothing in it; write the keys it needs, one a line"),
    BadManifest(
      name: "an anchor and an alias",
      text: """
        hamud: 1
        model: m
        forget:
          samples: &zoe [1]
          subjects: *zoe

        """,
      answer: """
        4:12: an anchor; remove it and write the value out where it is needed: anchors and aliases are not read
        5:13: an alias; write the value out: anchors and aliases are not read
        """),
    BadManifest(
      name: "a merge key",
      text: """
        hamud: 1
        <<: *zoe
        model: m
        forget: {samples: [1]}

        """,
      answer: """
        2:1: unknown key "<<"; known here: hamud, id, model, forget, reason, deadline, priority, on_hardness
        2:5: an alias; write the value out: anchors and aliases are not read
        """),
    BadManifest(
      name: "a custom tag",
      text: """
        hamud: 1
        model: m
        forget: {samples: !zoe [1]}

        """,
      answer: "3:19: a tag; remove it: the key says how its value is read"),
    BadManifest(
      name: "a standard tag",
      text: """
        hamud: 1
        model: m
        forget: {samples: [!!str 17]}

        """,
      answer: "3:20: a tag; remove it: the key says how its value is read"),
    BadManifest(
      name: "a second document",
      text: """
        hamud: 1
        model: m
        forget: {samples: [1]}
        ---
        id: zoe

        """,
      answer: "4:1: a second document begins here; write it into a file of its own"),
    BadManifest(
      name: "a list at the top",
      text: """
        - zoe
        - hamud

        """,
      answer: "1:1: the file is a list; write keys with values, such as KEY: VALUE"),
    BadManifest(
      name: "a word at the top",
      text: """
        zoe

        """,
      answer: "1:1: the file is a single value; write keys with values, such as KEY: VALUE"),
    BadManifest(
      name: "an empty document",
      text: """
        ---

        """,
      answer: "2:1: the file says nothing; write its keys, such as KEY: VALUE"),
    BadManifest(
      name: "a key twice",
      text: """
        hamud: 1
        model: m
        forget: {samples: [1]}
        reason: zoe
        model: zoe
        reason: z

        """,
      answer: """
        5:1: the key "model" stands twice, first at 2:1; remove one of them
        6:1: the key "reason" stands twice, first at 4:1; remove one of them
        """),
    BadManifest(
      name: "a quoted key that stands twice",
      text: """
        hamud: 1
        model: m
        forget: {samples: [1]}
        "model": zoe

        """,
      answer: """
        4:1: the key "model" stands twice, first at 2:1; remove one of them
        """),
    BadManifest(
      name: "a list as a key",
      text: """
        hamud: 1
        model: m
        forget: {samples: [1]}
        [zoe]: 1

        """,
      answer: "4:1: a key that is a list; a key is one word before a colon"),
    BadManifest(
      name: "a mapping as a key",
      text: """
        hamud: 1
        model: m
        forget: {samples: [1]}
        ? {zoe: 1}
        : 1

        """,
      answer: "4:3: a key that is a mapping; a key is one word before a colon"),
    BadManifest(
      name: "too deep",
      text: """
        hamud: 1
        model: m
        forget: {samples: [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[zoe]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]}

        """,
      answer: "3:49: 33 levels deep, at most 32 are read; write it flatter"),
    BadManifest(
      name: "YAML of another version",
      text: """
        %YAML 3.0
        ---
        hamud: 1
        model: m
        forget: {samples: [1]}

        """,
      answer:
        "1:1: this is no YAML: found incompatible YAML document; look at the indentation (spaces, no tabs), the colons, brackets and quotes here and in the line before"
    ),
  ]
}
