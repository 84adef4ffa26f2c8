import GRDB
package import Platform
package import Requests

/// What `verifyContents` found.
package struct ContentsReport: Equatable, Sendable {
  package let audit: AuditReport
  /// Sentences, without a mend: there is one for all, a copy of the ledger. At most `Ledger.auditProblemsListed` of a kind.
  package let problems: [String]
}

extension Ledger {
  /// Reads everything and trusts nothing: SQLite's own checks of the file, the whole audit chain, and whether the tables
  /// say what the chain says happened.
  ///
  /// In one transaction: whatever a daemon writes meanwhile, it is one state that is looked at.
  package func verifyContents() throws(LedgerError) -> ContentsReport {
    let audit = try verifyAudit()
    let problems = try read { session in
      var problems = try session.fileProblems()
      // Tables of a broken file, and a chain that was changed, would only repeat what is known.
      if problems.isEmpty, audit.isWhole {
        problems += try session.contradictions() + session.otherManifests() + session.otherRows()
      }
      return problems
    }
    return ContentsReport(audit: audit, problems: problems)
  }
}

// MARK: - What files must agree with

extension Ledger {
  /// Requests whose state changed since receipts are signed: those receipts have a signature.
  package func changedSinceSigning() throws(LedgerError) -> Set<RequestID> {
    try read { session in
      let first = "SELECT min(sequence) FROM audit WHERE kind = 'signing_key'"
      return Set(
        try session.all("SELECT id FROM (\(Contradiction.lastOf)) WHERE last > (\(first))") { try $0.requestID(0) })
    }
  }

  /// When receipts were first signed; nil where they never were.
  package func signingSince() throws(LedgerError) -> Timestamp? {
    try read { session in
      try session.first("SELECT min(at) FROM audit WHERE kind = 'signing_key'") { try $0.optionalTime(0) } ?? nil
    }
  }

  /// Requests whose receipt's file was removed at the end of its time.
  package func expiredReceipts() throws(LedgerError) -> Set<RequestID> {
    try read { session in
      Set(try session.all("SELECT id FROM requests WHERE receipt_expired = 1") { try $0.requestID(0) })
    }
  }

  /// Rows that a version had to leave out of what it retained: those that its own batch or an earlier version forgot. (Rows of
  /// which it was found later that a version never gave them away have its number on their tombstones too; ones made meanwhile from
  /// it may retain them, where a rollback went back to it.) Nil where row numbers
  /// have meant something else since it was made.
  package func forgottenRows(of model: String, upTo version: Int) throws(LedgerError) -> RowSet? {
    try read { session in
      let made = try session.integer(
        """
        SELECT max(sequence) FROM audit WHERE kind = 'version_made' AND payload ->> '$.model' = ?
          AND payload ->> '$.version' = ?
        """, [model, version])
      if try session.hasOtherData(model, since: made) { return nil }
      return RowSet(
        try session.all(
          """
          SELECT DISTINCT row FROM tombstones t WHERE model = ? AND row IS NOT NULL AND (version < ?
            AND (EXISTS (SELECT 1 FROM versions v WHERE v.model = t.model AND v.batch = t.batch) OR t.key < (
              SELECT min(s.key) FROM tombstones s JOIN versions v ON v.model = s.model AND v.batch = s.batch
                WHERE v.model = ? AND v.number = ?))
            OR version = ? AND batch = (SELECT batch FROM versions WHERE model = ? AND number = ?)) ORDER BY row
          """, [model, version, model, version, version, model, version]
        ) { try $0.integer(0) })
    }
  }
}

extension Session {
  /// What SQLite finds by itself: pages, indexes, types, references.
  fileprivate func fileProblems() throws -> [String] {
    let limit = Ledger.auditProblemsListed
    var problems = try all("PRAGMA integrity_check(\(limit))") { "SQLite: \(try $0.text(0))" }
    if problems == ["SQLite: ok"] { problems = [] }
    return problems
      + (try all("SELECT DISTINCT \"table\" FROM pragma_foreign_key_check LIMIT \(limit)") {
        "a row of the table \(try $0.text(0)) points to a row that is not there"
      })
  }

  /// Each query gives the names of what contradicts the chain, or another table.
  fileprivate func contradictions() throws -> [String] {
    try Contradiction.all.flatMap { kind in
      try self.all("\(kind.query) LIMIT \(Ledger.auditProblemsListed)") {
        "\(kind.what) \(try $0.text(0)) \(kind.problem)"
      }
    }
  }
}

extension Session {
  /// The chain has a manifest's digest with its model's salt, and of a ledger's first formats without.
  fileprivate func otherManifests() throws -> [String] {
    let found = try all(
      """
      SELECT r.id, r.digest, m.salt, a.payload ->> '$.digest' FROM audit a JOIN requests r ON r.id = a.payload ->> '$.request'
        JOIN models m ON m.name = r.model WHERE a.kind = 'accepted' ORDER BY a.sequence
      """
    ) { row -> String? in
      let digest = try row.digest(1)
      let noted = [SaltedDigest(digest, salt: try row.bytes(2)).description, digest.description]
      return noted.contains(try row.text(3)) ? nil : try row.text(0)
    }
    return found.compactMap { $0 }.prefix(Ledger.auditProblemsListed).map {
      "request \($0) was accepted, says the audit chain, with another digest"
    }
  }

  /// What waits to be forgotten stands in two places, and is counted in a third: rows that only one of them names are not what
  /// was asked for.
  fileprivate func otherRows() throws -> [String] {
    let waiting = RequestState.allCases.filter(\.isWaiting).map { "'\($0.rawValue)'" }.joined(separator: ", ")
    let found = try all(
      """
      SELECT r.id, r.rows, r.row_count, m.bytes FROM requests r LEFT JOIN marks m ON m.request = r.sequence
        WHERE r.state IN (\(waiting)) AND r.rows IS NOT NULL ORDER BY r.sequence
      """
    ) { row -> String? in
      let rows = try row.rowSet(1) ?? .empty
      let marked = row.hasNull(atIndex: 3) ? nil : RowSet(try [RowMark](stored: try row.bytes(3)).map(\.row))
      let isAsMarked = marked.map { rows.subtracting($0).isEmpty } ?? true
      return try rows.count == row.integer(2) && isAsMarked ? nil : row.text(0)
    }
    return found.compactMap { $0 }.prefix(Ledger.auditProblemsListed).map {
      "request \($0) is to forget other rows than those that were looked up for it"
    }
  }
}

/// One thing that the tables cannot say while the chain is what it is.
private struct Contradiction {
  let what: String
  let problem: String
  /// One column: the name.
  let query: String

  static let all = [
    Contradiction(
      what: "request", problem: "is not what the audit chain says became of it",
      query: """
        SELECT r.id FROM requests r LEFT JOIN (\(lastOf)) l ON l.id = r.id LEFT JOIN audit a ON a.sequence = l.last
          WHERE a.kind IS NULL OR (a.kind = 'accepted' AND r.state <> 'accepted') OR (a.kind = 'moved' AND (
            r.state IS NOT a.payload ->> '$.to' OR r.reason IS NOT a.payload ->> '$.reason'
            OR r.version IS NOT a.payload ->> '$.version' OR r.batch IS NOT a.payload ->> '$.batch'))
        """),
    Contradiction(
      what: "request",
      problem: "was accepted, says the audit chain, of somebody else or for another model, or is not there any more",
      query: """
        SELECT a.payload ->> '$.request' FROM audit a LEFT JOIN requests r ON r.id = a.payload ->> '$.request'
          WHERE a.kind = 'accepted' AND (r.id IS NULL
            OR r.submitter IS NOT a.payload ->> '$.by' OR r.model IS NOT a.payload ->> '$.model'
            OR r.kind IS NOT a.payload ->> '$.kind')
        """),
    Contradiction(
      what: "version", problem: "is not what the audit chain says was published",
      query: """
        SELECT v.model || ' ' || v.number FROM versions v
          LEFT JOIN (\(made)) m ON m.model = v.model AND m.number = v.number
          WHERE m.number IS NULL OR 'sha256:' || lower(hex(v.record)) <> m.record
            OR v.parent IS NOT m.parent OR v.batch IS NOT m.batch
        """),
    Contradiction(
      what: "version", problem: "was published, says the audit chain, and is not there any more",
      query: """
        SELECT m.model || ' ' || m.number FROM (\(made)) m
          LEFT JOIN versions v ON v.model = m.model AND v.number = m.number WHERE v.number IS NULL
        """),
    Contradiction(
      what: "the purge of version", problem: "is not what the audit chain says of it",
      query: """
        SELECT p.model || ' ' || p.number FROM purges p LEFT JOIN (\(purged)) a ON a.model = p.model AND a.number = p.number
          WHERE p.purged_at IS NOT a.at
        UNION SELECT a.model || ' ' || a.number FROM (\(purged)) a
          LEFT JOIN purges p ON p.model = a.model AND p.number = a.number WHERE p.number IS NULL
        """),
    Contradiction(
      what: "model", problem: "has another current version, or serves another, than those that were not replaced",
      query: """
        SELECT m.name FROM models m WHERE m.current_version IS NOT NULL AND NOT EXISTS (SELECT 1 FROM versions v
            WHERE v.model = m.name AND v.number = m.current_version AND v.replaced_at IS NULL)
          OR EXISTS (SELECT 1 FROM versions v WHERE v.model = m.name AND v.replaced_at IS NULL
            AND v.number NOT IN (m.current_version, coalesce(m.served_version, m.current_version)))
        """),
    Contradiction(
      what: "request", problem: "is forgotten, and fewer rows have a tombstone than it had to forget",
      query: """
        SELECT r.id FROM requests r WHERE r.state = 'forgotten' AND r.row_count >
          (SELECT count(*) FROM tombstones t WHERE t.request = r.sequence AND t.batch IS NOT NULL)
        """),
    Contradiction(
      what: "request", problem: "has a tombstone that names a version or a batch which is not there",
      query: """
        SELECT DISTINCT r.id FROM tombstones t JOIN requests r ON r.sequence = t.request
          LEFT JOIN versions v ON v.model = t.model AND v.number = t.version
          WHERE v.number IS NULL OR r.model <> t.model
        """),
  ]

  /// What the chain says of each version.
  private static let made = """
    SELECT payload ->> '$.model' AS model, payload ->> '$.version' AS number, payload ->> '$.record' AS record,
      payload ->> '$.parent' AS parent, payload ->> '$.batch' AS batch FROM audit WHERE kind = 'version_made'
    """

  private static let purged = """
    SELECT payload ->> '$.model' AS model, payload ->> '$.version' AS number, at FROM audit WHERE kind = 'purged'
    """

  /// The last entry of the chain that speaks of each request's state.
  fileprivate static let lastOf = """
    SELECT payload ->> '$.request' AS id, max(sequence) AS last FROM audit WHERE kind IN ('accepted', 'moved') GROUP BY 1
    """
}
