package import Ledger
package import Platform
package import Requests

extension Batching {
  /// A request as the batcher sees it.
  package struct Waiting: Equatable, Sendable {
    package let id: RequestID
    /// The order of acceptance.
    package let sequence: Int64
    package let kind: RequestKind
    /// Left to forget.
    package let rows: Int
    package let acceptedAt: Timestamp
    package let deadline: Timestamp?
    package let isUrgent: Bool

    package init(_ summary: RequestSummary) {
      id = summary.id
      sequence = summary.sequence
      kind = summary.kind
      rows = summary.rows
      acceptedAt = summary.acceptedAt
      deadline = summary.deadline.map { Timestamp(secondsSinceEpoch: $0.end) ?? .distantFuture }
      isUrgent = summary.priority == .urgent
    }
  }
}
