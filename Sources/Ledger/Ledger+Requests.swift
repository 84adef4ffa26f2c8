package import Platform
package import Requests

extension Ledger {
  package func request(_ id: RequestID) throws(LedgerError) -> RequestRecord? { preconditionFailure() }

  /// All that the requester gets back, from the ledger alone.
  package func receipt(for id: RequestID) throws(LedgerError) -> Receipt? { preconditionFailure() }

  /// The manifest's bytes; nil once they have expired, or for an unknown id.
  package func manifest(of id: RequestID) throws(LedgerError) -> [UInt8]? { preconditionFailure() }

  /// The rows that are left to forget, or (forgotten) had to be.
  package func rows(of id: RequestID) throws(LedgerError) -> RowSet { preconditionFailure() }

  /// In the order of acceptance.
  package func requests(_ filter: RequestFilter) throws(LedgerError) -> [RequestSummary] { preconditionFailure() }

  /// How many are in each state; states without any are left out. In the order of `RequestState`.
  package func counts(model: String? = nil) throws(LedgerError) -> [(state: RequestState, count: Int)] {
    preconditionFailure()
  }

  /// When the requester may expect an answer; marks the receipts as due. Unknown and settled requests are passed over.
  package func setExpected(_ moment: Timestamp?, for ids: [RequestID]) throws(LedgerError) { preconditionFailure() }
}

// MARK: - What is still to be told

extension Ledger {
  /// Receipts to be written, in the order of their oldest untold change. What a crash left is here at the next start.
  ///
  /// For each: journal its `changes`, `markAnnounced`, write the receipt, `acknowledgeReceipt`.
  package func dueReceipts(limit: Int = 1000) throws(LedgerError) -> [DueReceipt] { preconditionFailure() }

  /// The journal has the changes up to and with `serial`.
  package func markAnnounced(_ id: RequestID, through serial: Int64) throws(LedgerError) { preconditionFailure() }

  /// The receipt on disk shows the request as it was at `serial`.
  package func acknowledgeReceipt(of id: RequestID, through serial: Int64) throws(LedgerError) { preconditionFailure() }
}
