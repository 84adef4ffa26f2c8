/// A deletion request as it was written: parsed and checked in itself, not yet against models and data.
package struct Manifest: Equatable, Sendable {
  package let id: RequestID
  /// Where it is written; nil: the file's name is the id.
  package let idPosition: SourcePosition?
  package let model: Located<String>
  package let selection: Selection
  /// Free text of the requester, at most `Limits.reasonCharacters`; never for the journal.
  package let reason: String?
  package let deadline: Deadline?
  package let priority: Priority
  /// Nil: the model's policy alone decides.
  package let onHardness: OnHardness?

  package init(
    id: RequestID, at idPosition: SourcePosition? = nil, model: Located<String>, selection: Selection,
    reason: String? = nil, deadline: Deadline? = nil, priority: Priority = .normal, onHardness: OnHardness? = nil
  ) {
    self.id = id
    self.idPosition = idPosition
    self.model = model
    self.selection = selection
    self.reason = reason
    self.deadline = deadline
    self.priority = priority
    self.onHardness = onHardness
  }
}
