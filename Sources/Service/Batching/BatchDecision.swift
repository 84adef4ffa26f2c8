package import Ledger
package import Platform
package import Requests

extension Batching {
  /// What the batcher says.
  package enum Decision: Equatable, Sendable {
    /// Make this batch now; then ask again with those that are left.
    case form(Batch)
    /// Nothing yet; ask again at this time, which is after now.
    case wait(until: Timestamp)
    /// Nobody waits.
    case idle
  }

  /// Requests that run together from now on.
  package struct Batch: Equatable, Sendable {
    /// In the order of acceptance; never empty.
    package let requests: [RequestID]
    package let kind: RequestKind
    /// Why now: of the request that leads the batch.
    package let cause: Cause
    /// Those whose deadline has passed: each deserves a WARNING.
    package let passedDeadlines: [RequestID]

    package enum Cause: String, CaseIterable, Sendable {
      case flushed
      case urgent
      case passedDeadline = "passed_deadline"
      case nearDeadline = "near_deadline"
      /// Alone with more rows than `max_samples`.
      case large
      case waited
      /// There are enough for a batch.
      case full
    }
  }
}
