package import Ledger
package import Platform
package import Requests

extension Batching {
  /// A request as the batcher sees it.
  package struct Waiting: Equatable, Sendable {
    package let id: RequestID
    /// The order of acceptance.
    package let sequence: Int64
    package var kind: RequestKind
    /// Left to forget.
    package var rows: Int
    package let acceptedAt: Timestamp
    package var deadline: Timestamp?
    package var isUrgent: Bool
    /// How long it has waited at least, by a clock that does not jump.
    package var waited: Duration = .zero

    /// One without a deadline that is not urgent.
    package init(_ id: RequestID, sequence: Int64, kind: RequestKind, rows: Int, acceptedAt: Timestamp) {
      self.id = id
      self.sequence = sequence
      self.kind = kind
      self.rows = rows
      self.acceptedAt = acceptedAt
      deadline = nil
      isUrgent = false
    }

    package init(_ summary: RequestSummary) {
      id = summary.id
      sequence = summary.sequence
      kind = summary.kind
      rows = summary.rows
      acceptedAt = summary.acceptedAt
      deadline = summary.deadline.map {
        Timestamp(secondsSinceEpoch: $0.end) ?? ($0.end < 0 ? .distantPast : .distantFuture)
      }
      isUrgent = summary.priority == .urgent
    }
  }
}
