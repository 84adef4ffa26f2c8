/// A node of a bounded YAML tree: what was written and where, not what it might mean. Which type a scalar has is the
/// key's business; nothing is resolved here.
package struct YAMLNode: Equatable, Sendable {
  package let position: SourcePosition
  package let content: Content

  package enum Content: Equatable, Sendable {
    case scalar(YAMLScalar)
    case sequence([YAMLNode])
    case mapping([YAMLPair])
    /// Something that was reported when the tree was built (an alias); readers pass over it in silence.
    case refused
  }

  package init(_ content: Content, at position: SourcePosition) {
    self.content = content
    self.position = position
  }

  /// What kind of node this is, for messages.
  var kind: String {
    switch content {
    case .scalar: "a single value"
    case .sequence: "a list"
    case .mapping: "a mapping"
    case .refused: "refused"
    }
  }
}

package struct YAMLScalar: Hashable, Sendable {
  package let text: String
  /// Written without quotes and not as a block: in `samples` a quoted 17 is an id, a plain one a row.
  package let isPlain: Bool

  package init(_ text: String, isPlain: Bool) {
    self.text = text
    self.isPlain = isPlain
  }

  /// A key without a value.
  var isAbsent: Bool { isPlain && text.isEmpty }
}

package struct YAMLPair: Equatable, Sendable {
  package let key: String
  package let keyPosition: SourcePosition
  package let value: YAMLNode
}
