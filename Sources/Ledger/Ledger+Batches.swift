package import Platform
package import Requests

extension Ledger {
  /// Makes a batch of accepted requests of one model and kind. Those without a row left end at once.
  package func createBatch(of ids: [RequestID], at now: Timestamp) throws(LedgerError) -> CreatedBatch {
    preconditionFailure()
  }

  /// Begins a scheduled batch's run.
  /// - Returns: nil when none of its rows was left: its requests have ended and the batch is discarded.
  package func startRun(_ batch: Int, at now: Timestamp) throws(LedgerError) -> PlannedRun? { preconditionFailure() }

  /// Runs that were going on when the process ended, or that were stopped: still `unlearning`, to be gone on with.
  package func interruptedRuns() throws(LedgerError) -> [PlannedRun] { preconditionFailure() }

  /// Ends requests of a running batch well; see `Publication`. With a version this is the moment at which it counts: the
  /// version is current, its rows have their tombstones, and accepted requests that have no other rows end too. The
  /// batch is over when none of its requests is left.
  /// - Returns: the other requests that ended (`already_forgotten`).
  package func publish(_ publication: Publication, at now: Timestamp) throws(LedgerError) -> [RequestID] {
    preconditionFailure()
  }

  /// Holds a running batch: every request that is still in it.
  package func holdBatch(_ hold: BatchHold, at now: Timestamp) throws(LedgerError) { preconditionFailure() }

  /// A running batch failed: it is tried again after 1, 5 and 30 minutes, then held (`retries_spent`).
  /// - Parameter keepsProgress: whether the next try may go on from saved progress.
  package func failBatch(
    _ batch: Int, reason: Reason, detail: String, keepsProgress: Bool, at now: Timestamp
  ) throws(LedgerError) -> FailureOutcome {
    preconditionFailure()
  }

  /// Schedules failed batches whose pause is over.
  /// - Returns: those batches, oldest first.
  package func scheduleDueRetries(at now: Timestamp) throws(LedgerError) -> [Int] { preconditionFailure() }

  /// When the next failed batch is due; nil when none waits.
  package func nextRetry() throws(LedgerError) -> Timestamp? { preconditionFailure() }

  package func batch(_ number: Int) throws(LedgerError) -> BatchRecord? { preconditionFailure() }

  /// Batches in these states, oldest first.
  package func batches(model: String? = nil, states: [BatchState]) throws(LedgerError) -> [BatchRecord] {
    preconditionFailure()
  }
}
