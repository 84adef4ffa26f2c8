/// What stands under `forget`.
extension BadManifestTests {
  static let selectors: [BadManifest] = [
    BadManifest(
      name: "an empty forget",
      text: """
        hamud: 1
        model: m
        forget: {}

        """,
      answer: """
        3:9: forget names nothing; write for example forget: {samples: [17, 42, 1000-1999, "img-00017"]}
        """),
    BadManifest(
      name: "a forget without value",
      text: """
        hamud: 1
        model: m
        forget:

        """,
      answer: "3:8: forget says nothing; write its keys, such as samples: [17, 42]"),
    BadManifest(
      name: "a forget that is a list",
      text: """
        hamud: 1
        model: m
        forget: [zoe]

        """,
      answer: "3:9: forget is a list; write keys with values, such as samples: [17, 42]"),
    BadManifest(
      name: "an empty list",
      text: """
        hamud: 1
        model: m
        forget: {samples: []}

        """,
      answer: """
        3:9: forget names nothing; write for example forget: {samples: [17, 42, 1000-1999, "img-00017"]}
        """),
    BadManifest(
      name: "a word for a list",
      text: """
        hamud: 1
        model: m
        forget: {samples: zoe}

        """,
      answer: """
        3:19: forget.samples is a single value; write a list, such as [17, 42, 1000-1999, "img-00017"]
        """),
    BadManifest(
      name: "classes beside rows",
      text: """
        hamud: 1
        model: m
        forget: {classes: [zoe], samples: [1]}

        """,
      answer:
        "3:10: forget names classes beside rows; split it in two: a manifest for the classes, another for samples, subjects and ranges"
    ),
    BadManifest(
      name: "classes beside subjects",
      text: """
        hamud: 1
        model: m
        forget: {subjects: [zoe], classes: [1]}

        """,
      answer:
        "3:27: forget names classes beside rows; split it in two: a manifest for the classes, another for samples, subjects and ranges"
    ),
    BadManifest(
      name: "a range that ends before it begins",
      text: """
        hamud: 1
        model: m
        forget: {samples: [7, 42-17]}

        """,
      answer: "3:23: forget.samples: the range 42-17 ends before it begins; write 17-42"),
    BadManifest(
      name: "a row number that is too large",
      text: """
        hamud: 1
        model: m
        forget: {samples: [99999999999999999999]}

        """,
      answer: """
        3:20: forget.samples: "99999999999999999999" is larger than any row number; put quotes around it if it is an id
        """),
    BadManifest(
      name: "a range of three",
      text: """
        hamud: 1
        model: m
        forget: {ranges: [[1, 2, 3]]}

        """,
      answer: "3:19: forget.ranges: a range of 3 numbers; write its first and its last row, such as [2000, 2999]"),
    BadManifest(
      name: "a range in words",
      text: """
        hamud: 1
        model: m
        forget: {ranges: [[1, zoe]]}

        """,
      answer: """
        3:23: forget.ranges: "zoe" is not a whole number, 0 or more; write for example 2000
        """),
    BadManifest(
      name: "a range that is no list",
      text: """
        hamud: 1
        model: m
        forget: {ranges: [1-2]}

        """,
      answer: "3:19: forget.ranges is a single value; write a list, such as [2000, 2999]"),
    BadManifest(
      name: "a range backwards as a list",
      text: """
        hamud: 1
        model: m
        forget: {ranges: [[9, 3]]}

        """,
      answer: "3:19: forget.ranges: the range [9, 3] ends before it begins; write [3, 9]"),
    BadManifest(
      name: "a negative row in a range",
      text: """
        hamud: 1
        model: m
        forget: {ranges: [[-1, 3]]}

        """,
      answer: """
        3:20: forget.ranges: "-1" is not a whole number, 0 or more; write for example 2000
        """),
    BadManifest(
      name: "an octal row in a range",
      text: """
        hamud: 1
        model: m
        forget: {ranges: [[0017, 20]]}

        """,
      answer: """
        3:20: forget.ranges: "0017" begins with a zero; write it without
        """),
    BadManifest(
      name: "a list in a list of samples",
      text: """
        hamud: 1
        model: m
        forget: {samples: [[1, 2]]}

        """,
      answer: """
        3:20: an item of forget.samples is a list; write a row number, a range or an id, such as 17, 1000-1999 or "img-00017"
        """),
    BadManifest(
      name: "a mapping in a list of subjects",
      text: """
        hamud: 1
        model: m
        forget:
          subjects:
            - name: zoe

        """,
      answer: """
        5:7: an item of forget.subjects is a mapping; write a subject, such as "user:8841"
        """),
    BadManifest(
      name: "an empty id",
      text: """
        hamud: 1
        model: m
        forget: {samples: [""]}

        """,
      answer: """
        3:20: forget.samples: "" is not a row number, a range or an id; write for example 17, 1000-1999 or "img-00017"
        """),
    BadManifest(
      name: "an item without value",
      text: """
        hamud: 1
        model: m
        forget:
          subjects:
            - zoe
            -

        """,
      answer: """
        6:6: an item of forget.subjects has no value; write a subject, such as "user:8841"
        """),
    BadManifest(
      name: "a label that is too large",
      text: """
        hamud: 1
        model: m
        forget: {classes: [99999999999999999999]}

        """,
      answer: """
        3:20: forget.classes: "99999999999999999999" is larger than any label; write a class's name or its label
        """),
  ]
}
