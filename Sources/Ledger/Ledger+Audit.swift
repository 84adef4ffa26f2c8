extension Ledger {
  /// Reads the whole chain and trusts nothing in it but the kept head and count.
  package func verifyAudit() throws(LedgerError) -> AuditReport { preconditionFailure() }

  /// Oldest first, those after `sequence`.
  package func auditEntries(after sequence: Int64 = 0, limit: Int = 1000) throws(LedgerError) -> [AuditEntry] {
    preconditionFailure()
  }
}
