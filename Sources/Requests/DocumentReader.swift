/// Reads a tree by keys and collects everything that is wrong, so that one answer lists it all.
///
/// Not thread-safe, and short-lived: parse, read, `finish`.
package final class DocumentReader {
  package let root: YAMLNode
  private var problems: DiagnosticList

  /// - Parameter mayBeEmpty: whether a text without any key (comments at most) is a mapping without keys.
  /// - Throws: what `YAMLDocument.parse` refuses.
  package init(_ bytes: [UInt8], mayBeEmpty: Bool = false) throws(Refusal) {
    let document = try YAMLDocument.parse(bytes, mayBeEmpty: mayBeEmpty)
    problems = document.problems
    if mayBeEmpty, case .scalar(let scalar) = document.root.content, scalar.isAbsent {
      root = YAMLNode(.mapping([]), at: document.root.position)
    } else {
      root = document.root
    }
  }

  package func report(_ diagnostic: Diagnostic) { problems.append(diagnostic) }

  /// The words are asked for only where they are listed: see `DiagnosticList`.
  package func report(
    at position: SourcePosition?, _ problem: @autoclosure () -> DiagnosticText, mend: @autoclosure () -> DiagnosticText
  ) {
    problems.append(Diagnostic(at: position, problem(), mend: mend()))
  }

  /// The document as a mapping; nil, and reported, when it is something else.
  package func mapping() -> MappingReader? { mapping(root, name: "the file", path: "") }

  /// Throws everything that was reported.
  package func finish() throws(Refusal) {
    guard problems.isEmpty else { throw Refusal(.invalid, problems) }
  }

  /// Whether nothing was reported so far.
  package var isSound: Bool { problems.isEmpty }

  func mapping(
    _ node: YAMLNode, name: String, path: String, example: String = "KEY: VALUE"
  ) -> MappingReader? {
    switch node.content {
    case .refused: return nil
    case .mapping(let pairs): return MappingReader(pairs, at: node.position, path: path, in: self)
    case .scalar(let scalar) where scalar.isAbsent:
      report(at: node.position, "\(ours: name) says nothing", mend: "write its keys, such as \(ours: example)")
    default:
      report(
        at: node.position, "\(ours: name) is \(ours: node.kind)",
        mend: "write keys with values, such as \(ours: example)")
    }
    return nil
  }

  /// One value by its form; nil, and reported, when it does not fit.
  ///
  /// - Parameter isItem: whether the node is one of a list's, so that a message does not blame the list.
  func scalar<Value>(
    _ node: YAMLNode, _ form: ScalarForm<Value>, name: String, isItem: Bool = false
  ) -> Located<Value>? {
    let whole = isItem ? "an item of " + name : name
    switch node.content {
    case .refused: return nil
    case .scalar(let scalar) where scalar.isAbsent:
      report(
        at: node.position, "\(ours: whole) has no value",
        mend: "write \(ours: form.shape), such as \(ours: form.example)")
    case .scalar(let scalar):
      switch form.read(scalar) {
      case .value(let value): return Located(value, at: node.position)
      case .wrong(let problem, let mend): report(at: node.position, "\(ours: name): \(text: problem)", mend: mend)
      case .unfit:
        report(
          at: node.position, "\(ours: name): \(theirs: scalar.text) is not \(ours: form.shape)",
          mend: "write for example \(ours: form.example)")
      }
    default:
      report(
        at: node.position, "\(ours: whole) is \(ours: node.kind)",
        mend: "write \(ours: form.shape), such as \(ours: form.example)")
    }
    return nil
  }

  /// A list's nodes; nil, and reported, when it is none.
  func items(_ node: YAMLNode, name: String, example: String) -> [YAMLNode]? {
    switch node.content {
    case .refused: return nil
    case .sequence(let items): return items
    case .scalar(let scalar) where scalar.isAbsent:
      report(at: node.position, "\(ours: name) has no value", mend: "write a list, such as \(ours: example)")
    default:
      report(
        at: node.position, "\(ours: name) is \(ours: node.kind)", mend: "write a list, such as \(ours: example)")
    }
    return nil
  }
}
