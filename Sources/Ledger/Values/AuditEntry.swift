package import Platform

/// One link of the audit chain.
package struct AuditEntry: Equatable, Sendable {
  /// From 1, without gaps.
  package let sequence: Int64
  package let at: Timestamp
  package let kind: String
  /// JSON; ids of requests, counts, digests, words of this program, never a subject, content or a file's name.
  package let payload: String
  package let previous: SHA256Digest
  package let hash: SHA256Digest
}

/// Where the chain ends: what a copy kept elsewhere has to lie on.
package struct ChainEnd: Hashable, Sendable {
  package let entries: Int64
  package let head: SHA256Digest

  package init(entries: Int64, head: SHA256Digest) {
    self.entries = entries
    self.head = head
  }
}

/// What `verifyAudit` found.
package struct AuditReport: Equatable, Sendable {
  package let entries: Int64
  /// The hash of the last entry that was read.
  package let head: SHA256Digest
  /// Empty: the chain is whole. At most `Ledger.auditProblemsListed`.
  package let problems: [AuditProblem]

  package var isWhole: Bool { problems.isEmpty }
}

package enum AuditProblem: Equatable, Sendable {
  /// The entry is not what was written: something in it was changed.
  case altered(sequence: Int64)
  /// It does not follow the entry before it: one was removed, added or moved here.
  case broken(at: Int64)
  /// Entries are missing at the end (or were added to it).
  case wrongEnd(expected: Int64, found: Int64)
  /// The head that was noted is another than the last entry's.
  case wrongHead
}
