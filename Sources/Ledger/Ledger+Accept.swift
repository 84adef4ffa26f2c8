package import Platform
package import Requests

extension Ledger {
  /// Takes a request in, or says why not. In one transaction: the same id with the same content is answered with what is
  /// there; then the limit of waiting requests and the user's quotas; then rows that were forgotten before are left
  /// out, and a request without any other ends at once; one with more than `max_forget_share` of those left, or without a
  /// resolution, is held at once.
  package func accept(_ submission: Submission, quotas: Quotas, at now: Timestamp) throws(LedgerError) -> AcceptOutcome
  {
    preconditionFailure()
  }

  /// Notes in the audit chain that a file was refused; nothing else is kept of it.
  /// - Parameter digest: of its bytes, or of its name where nothing was read.
  package func recordRefusal(digest: SHA256Digest, reason: Reason, by uid: UInt32?, at now: Timestamp)
    throws(LedgerError)
  {
    preconditionFailure()
  }

  /// Takes up a request that is held for `no_model` now that its model is back: to `accepted`, or what `accept` would have
  /// made of it.
  /// - Parameter resolution: nil for a request that already has one.
  package func readmit(_ id: RequestID, resolution: Resolution?, at now: Timestamp) throws(LedgerError) -> RequestRecord
  {
    preconditionFailure()
  }
}
