package import Platform
package import Requests

extension Ledger {
  /// Ends a request that is accepted, scheduled or held. A batch that it leaves starts over, without its saved progress;
  /// one that it leaves empty is discarded.
  package func cancel(_ id: RequestID, by uid: UInt32?, at now: Timestamp) throws(LedgerError) { preconditionFailure() }

  /// Schedules every request of a held one's batch that is still held, to go on from its saved progress. A request that
  /// is held for `max_forget_share` is accepted nevertheless; one that is held for `no_model` waits for its model
  /// (`readmit`) and this is not possible.
  /// - Parameter acceptRetainCost: takes the place of `retain_budget`, counted from `before`; nil leaves it.
  /// - Returns: the requests that go on.
  package func resume(
    _ id: RequestID, acceptRetainCost: Double?, by uid: UInt32?, at now: Timestamp
  ) throws(LedgerError) -> [RequestID] {
    preconditionFailure()
  }

  /// The same from the beginning, for a held or a failed request; what was granted before is void.
  package func retry(_ id: RequestID, by uid: UInt32?, at now: Timestamp) throws(LedgerError) -> [RequestID] {
    preconditionFailure()
  }

  /// Holds the requests of a model that left the configuration (`no_model`), but those that are held already; their
  /// batches are discarded.
  /// - Returns: the requests that are held now.
  package func holdForMissingModel(
    _ model: String, detail: String, at now: Timestamp
  ) throws(LedgerError) -> [RequestID] {
    preconditionFailure()
  }
}

// MARK: - What time brings

extension Ledger {
  /// Waiting requests (held and failed ones too) with a deadline before `moment`, whose warning was not given on `day`
  /// (`2026-12-23`) yet. In the order of their deadlines.
  package func deadlineWarningsDue(before moment: Timestamp, day: String) throws(LedgerError) -> [RequestSummary] {
    preconditionFailure()
  }

  package func markDeadlineWarned(_ ids: [RequestID], day: String) throws(LedgerError) { preconditionFailure() }

  /// Ended requests whose manifest is still here and that ended before `moment`.
  package func manifestsDue(finishedBefore moment: Timestamp) throws(LedgerError) -> [RequestID] {
    preconditionFailure()
  }

  /// Overwrites the manifests, and with them every subject's name; the requests stay.
  package func expireManifests(_ ids: [RequestID], at now: Timestamp) throws(LedgerError) { preconditionFailure() }

  /// Ended requests whose receipt file is still kept and that ended before `moment`.
  package func receiptsDue(finishedBefore moment: Timestamp) throws(LedgerError) -> [RequestID] {
    preconditionFailure()
  }

  /// Notes that the receipts' files are gone; they are not due any more.
  package func expireReceipts(_ ids: [RequestID], at now: Timestamp) throws(LedgerError) { preconditionFailure() }
}
