import Platform

extension Ledger {
  /// Reads the whole chain and trusts nothing in it but the kept head and count.
  package func verifyAudit() throws(LedgerError) -> AuditReport {
    try read { session in
      var check = ChainCheck()
      while case let page = try session.auditEntries(after: check.lastSequence, limit: 1000), !page.isEmpty {
        for entry in page { check.take(entry) }
      }
      let end = try session.chainEnd()
      return check.report(expectedCount: end.count, expectedHead: end.head)
    }
  }

  /// Oldest first, those after `sequence`.
  package func auditEntries(after sequence: Int64 = 0, limit: Int = 1000) throws(LedgerError) -> [AuditEntry] {
    try read { session in try session.auditEntries(after: sequence, limit: limit) }
  }
}

/// The walk along the chain. After a break it goes on from the entry that is there, so that one edit is one problem.
private struct ChainCheck {
  private(set) var lastSequence: Int64 = .min
  private var count: Int64 = 0
  private var head = Chain.start
  private var problems: [AuditProblem] = []

  mutating func take(_ entry: AuditEntry) {
    count += 1
    if Chain.hash(of: entry) != entry.hash { note(.altered(sequence: entry.sequence)) }
    if entry.previous != head || entry.sequence != expected { note(.broken(at: entry.sequence)) }
    lastSequence = entry.sequence
    head = entry.hash
  }

  private var expected: Int64 { lastSequence == .min ? 1 : lastSequence + 1 }

  private mutating func note(_ problem: AuditProblem) {
    if problems.count < Ledger.auditProblemsListed { problems.append(problem) }
  }

  func report(expectedCount: Int64, expectedHead: SHA256Digest) -> AuditReport {
    var check = self
    if count != expectedCount { check.note(.wrongEnd(expected: expectedCount, found: count)) }
    if head != expectedHead { check.note(.wrongHead) }
    return AuditReport(entries: count, head: head, problems: check.problems)
  }
}
