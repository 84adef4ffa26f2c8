/// What stands under `forget`.
enum SelectionReader {
  private static let example = "forget: {samples: [17, 42, 1000-1999, \"img-00017\"]}"

  /// The four lists as nodes; nil where a list is absent or was reported.
  private struct Lists {
    let samples: [YAMLNode]?
    let subjects: [YAMLNode]?
    let ranges: [YAMLNode]?
    let classes: [YAMLNode]?
    /// A list was there and was none; a second complaint about it would only confuse.
    let hasFaults: Bool

    var rowCount: Int { (samples?.count ?? 0) + (subjects?.count ?? 0) + (ranges?.count ?? 0) }
    var classCount: Int { classes?.count ?? 0 }

    init(_ forget: MappingReader) {
      samples = forget.items("samples", example: "[17, 42, 1000-1999, \"img-00017\"]")
      subjects = forget.items("subjects", example: "[\"user:8841\"]")
      ranges = forget.items("ranges", example: "[[2000, 2999]]")
      classes = forget.items("classes", example: "[airplane]")
      hasFaults =
        (samples == nil && forget.has("samples")) || (subjects == nil && forget.has("subjects"))
        || (ranges == nil && forget.has("ranges")) || (classes == nil && forget.has("classes"))
    }
  }

  /// Nil when `forget` is missing or wrong, which was then reported.
  static func read(_ manifest: MappingReader) -> Selection? {
    guard manifest.has("forget") else {
      manifest.missing("forget", mend: "add \(ours: example)")
      return nil
    }
    guard let forget = manifest.mapping("forget", example: "samples: [17, 42]") else { return nil }
    let lists = Lists(forget)
    forget.finish()
    let count = lists.rowCount + lists.classCount
    guard count <= Limits.selectors else {
      forget.report(
        at: forget.position, "\(ours: count) selectors, at most \(ours: Limits.selectors) are taken",
        mend: "split it into several manifests, or name ranges")
      return nil
    }
    guard count > 0 || lists.hasFaults else {
      forget.report(at: forget.position, "forget names nothing", mend: "write for example \(ours: example)")
      return nil
    }
    if lists.rowCount > 0, lists.classCount > 0 {
      forget.report(
        at: forget.keyPosition("classes"), "forget names classes beside rows",
        mend: "split it in two: a manifest for the classes, another for samples, subjects and ranges")
    }
    return selection(lists, in: forget)
  }

  private static func selection(_ lists: Lists, in forget: MappingReader) -> Selection {
    let classes = forget.read(lists.classes ?? [], .classSelector, key: "classes")
    let samples = forget.read(lists.samples ?? [], .sample, key: "samples")
    let subjects = forget.read(lists.subjects ?? [], .identity, key: "subjects")
    let ranges = (lists.ranges ?? []).compactMap { range($0, in: forget) }
    return lists.rowCount == 0 ? .classes(classes) : .rows(samples + ranges, subjects: subjects)
  }

  private static func range(_ node: YAMLNode, in forget: MappingReader) -> Located<RowSelector>? {
    let example = "[2000, 2999]"
    guard let ends = forget.items(node, key: "ranges", example: example) else { return nil }
    guard ends.count == 2 else {
      forget.report(
        at: node.position, "forget.ranges: a range of \(ours: ends.count) numbers",
        mend: "write its first and its last row, such as \(ours: example)")
      return nil
    }
    let rows = forget.read(ends, .integer(in: 0...Int.max, example: 2000), key: "ranges")
    guard rows.count == 2 else { return nil }
    guard rows[0].value <= rows[1].value else {
      forget.report(
        at: node.position,
        "forget.ranges: the range [\(number: rows[0].value), \(number: rows[1].value)] ends before it begins",
        mend: "write [\(number: rows[1].value), \(number: rows[0].value)]")
      return nil
    }
    return Located(.range(rows[0].value...rows[1].value), at: node.position)
  }
}

extension ScalarForm where Value == RowSelector {
  /// A row number, a range `a-b`, or an id: what is quoted, and every other word. Numbers in another spelling
  /// (`0017`, `1e3`) are ids, since guessing would forget the wrong row.
  static var sample: Self {
    Self(shape: "a row number, a range or an id", example: "17, 1000-1999 or \"img-00017\"") { scalar in
      let text = scalar.text
      guard scalar.isPlain else { return text.isEmpty ? .unfit : .value(.id(text)) }
      if NumberText.isInteger(text), !text.hasPrefix("-") {
        guard let row = Int(text) else { return tooLarge(text) }
        return .value(.row(row))
      }
      let ends = text.split(separator: "-", omittingEmptySubsequences: false).map(String.init)
      guard ends.count == 2, ends.allSatisfy(NumberText.isInteger) else { return .value(.id(text)) }
      guard let first = Int(ends[0]), let last = Int(ends[1]) else { return tooLarge(text) }
      guard first <= last else {
        return .wrong(
          "the range \(number: first)-\(number: last) ends before it begins",
          mend: "write \(number: last)-\(number: first)")
      }
      return .value(.range(first...last))
    }
  }

  private static func tooLarge(_ text: String) -> ScalarReading<RowSelector> {
    .wrong("\(theirs: text) is larger than any row number", mend: "put quotes around it if it is an id")
  }
}

extension ScalarForm where Value == String {
  /// A subject as the data's id file names it.
  static var identity: Self {
    Self(shape: "a subject", example: "\"user:8841\"", text: { $0.isEmpty ? nil : $0 })
  }
}

extension ScalarForm where Value == ClassSelector {
  /// A plain number is a label, everything else a name.
  static var classSelector: Self {
    Self(shape: "a class's name or label number", example: "airplane") { scalar in
      guard scalar.isPlain, NumberText.isInteger(scalar.text), !scalar.text.hasPrefix("-") else {
        return scalar.text.isEmpty ? .unfit : .value(.name(scalar.text))
      }
      guard let label = Int(scalar.text) else {
        return .wrong("\(theirs: scalar.text) is larger than any label", mend: "write a class's name or its label")
      }
      return .value(.label(label))
    }
  }
}
