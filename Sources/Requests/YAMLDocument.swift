/// One YAML document (JSON is a subset) as a bounded tree.
///
/// Refused at once: more than `Limits.documentBytes`, not UTF-8, broken YAML, deeper than `Limits.documentDepth`, no
/// document or a second one. Noted in `problems`, so that a reader can list them with its own: anchors, aliases, tags,
/// keys that stand twice, keys that are lists or mappings. Time and memory are linear in the input.
package struct YAMLDocument: Sendable {
  package let root: YAMLNode
  /// What is wrong although a tree could be built; whoever reads the tree must refuse when this is not empty.
  package let problems: DiagnosticList

  /// - Parameter mayBeEmpty: whether a text that holds no document is read as a mapping without keys.
  package static func parse(_ bytes: [UInt8], mayBeEmpty: Bool = false) throws(Refusal) -> YAMLDocument {
    guard bytes.count <= Limits.documentBytes else { throw .tooLarge(bytes: bytes.count) }
    do {
      _ = try UTF8Span(validating: bytes.span)
    } catch {
      throw Refusal(
        .invalid,
        [
          Diagnostic(
            at: SourcePosition(ofByte: error.byteOffsets.lowerBound, in: bytes), "this is not UTF-8",
            mend: "save the file as UTF-8")
        ])
    }
    // Some editors put a byte order mark first; libyaml would count it as a column and lose the indentation.
    let text = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes
    guard var events = YAMLEvents(JSONSurrogates.joined(text)) else {
      throw Refusal(.invalid, [Diagnostic(at: nil, "no memory to read it", mend: "hand it in again later")])
    }
    var builder = YAMLTreeBuilder()
    while true {
      let event = try events.next()
      if case .end = event.kind { break }
      try builder.take(event)
    }
    return try builder.finish(mayBeEmpty: mayBeEmpty)
  }
}
