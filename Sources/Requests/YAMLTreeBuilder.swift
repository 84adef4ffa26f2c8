/// Events -> tree, with an explicit stack: no input can recurse.
struct YAMLTreeBuilder {
  /// A list or mapping that has not ended.
  private struct Frame {
    let position: SourcePosition
    let isMapping: Bool
    var items: [YAMLNode] = []
    var pairs: [YAMLPair] = []
    var seen: [String: SourcePosition] = [:]
    var key: Key = .awaited
  }

  /// What the next node of a mapping is: a key, the value of a good key, or the value of a key that was refused.
  private enum Key {
    case awaited
    case read(String, SourcePosition)
    case refused
  }

  private var frames: [Frame] = []
  private var root: YAMLNode?
  private var documents = 0
  private var problems = DiagnosticList()

  mutating func take(_ event: YAMLEvent) throws(Refusal) {
    switch event.kind {
    case .nothing, .end: break
    case .documentStart: try startDocument(event.position)
    case .alias:
      problems.append(
        Diagnostic(
          at: event.position, "an alias",
          mend: "write the value out: anchors and aliases are not read"))
      attach(YAMLNode(.refused, at: event.position))
    case .scalar(let scalar, let properties):
      note(properties, at: event.position)
      attach(YAMLNode(.scalar(scalar), at: event.position))
    case .sequenceStart(let properties): try open(isMapping: false, properties, at: event.position)
    case .mappingStart(let properties): try open(isMapping: true, properties, at: event.position)
    case .collectionEnd:
      guard let frame = frames.popLast() else { break }
      attach(YAMLNode(frame.isMapping ? .mapping(frame.pairs) : .sequence(frame.items), at: frame.position))
    }
  }

  func finish(mayBeEmpty: Bool) throws(Refusal) -> YAMLDocument {
    guard let root else {
      if mayBeEmpty { return YAMLDocument(root: YAMLNode(.mapping([]), at: .start), problems: problems) }
      throw Refusal(
        .invalid, [Diagnostic(at: .start, "there is nothing in it", mend: "write the keys it needs, one a line")])
    }
    return YAMLDocument(root: root, problems: problems)
  }

  private mutating func startDocument(_ position: SourcePosition) throws(Refusal) {
    documents += 1
    guard documents > 1 else { return }
    problems.append(
      Diagnostic(at: position, "a second document begins here", mend: "write it into a file of its own"))
    throw Refusal(.invalid, problems)
  }

  private mutating func open(
    isMapping: Bool, _ properties: YAMLEvent.Properties, at position: SourcePosition
  ) throws(Refusal) {
    note(properties, at: position)
    frames.append(Frame(position: position, isMapping: isMapping))
    guard frames.count > Limits.documentDepth else { return }
    problems.append(
      Diagnostic(
        at: position, "\(ours: frames.count) levels deep, at most \(ours: Limits.documentDepth) are read",
        mend: "write it flatter"))
    throw Refusal(.invalid, problems)
  }

  private mutating func note(_ properties: YAMLEvent.Properties, at position: SourcePosition) {
    if properties.hasAnchor {
      problems.append(
        Diagnostic(
          at: position, "an anchor",
          mend: "remove it and write the value out where it is needed: anchors and aliases are not read"))
    }
    if properties.hasTag {
      problems.append(
        Diagnostic(at: position, "a tag", mend: "remove it: the key says how its value is read"))
    }
  }

  private mutating func attach(_ node: YAMLNode) {
    guard !frames.isEmpty else {
      root = node
      return
    }
    let top = frames.count - 1
    guard frames[top].isMapping else {
      frames[top].items.append(node)
      return
    }
    switch frames[top].key {
    case .awaited: frames[top].key = readKey(node, in: top)
    case .read(let key, let position):
      frames[top].pairs.append(YAMLPair(key: key, keyPosition: position, value: node))
      frames[top].key = .awaited
    case .refused: frames[top].key = .awaited
    }
  }

  private mutating func readKey(_ node: YAMLNode, in top: Int) -> Key {
    switch node.content {
    case .refused: return .refused
    case .sequence, .mapping:
      problems.append(
        Diagnostic(at: node.position, "a key that is \(ours: node.kind)", mend: "a key is one word before a colon"))
      return .refused
    case .scalar(let scalar):
      guard let first = frames[top].seen.updateValue(node.position, forKey: scalar.text) else {
        return .read(scalar.text, node.position)
      }
      frames[top].seen[scalar.text] = first
      problems.append(
        Diagnostic(
          at: node.position, "the key \(theirs: scalar.text) stands twice, first at \(ours: first.description)",
          mend: "remove one of them"))
      return .refused
    }
  }
}
