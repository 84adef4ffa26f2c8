import Ledger
import Platform
import Requests
import Testing

@Suite struct AuditTests {
  /// A short life in the ledger: a dozen entries.
  private func lived() throws -> Bench {
    let bench = try Bench()
    for index in 0..<3 {
      bench.pass(.seconds(1))
      try bench.publish(try bench.run("r\(index)", Bench.Wish(index)))
    }
    return bench
  }

  @Test func chain_afterALife_isWhole() throws {
    let report = try lived().ledger.verifyAudit()
    #expect(report.isWhole)
    #expect(report.entries > 12)
  }

  @Test func chain_linksEveryEntryToTheOneBefore() throws {
    let entries = try lived().ledger.auditEntries()
    #expect(entries.map(\.sequence) == Array(1...Int64(entries.count)))
    #expect(zip(entries, entries.dropFirst()).allSatisfy { $0.hash == $1.previous })
    #expect(Set(entries.map(\.hash)).count == entries.count)
  }

  @Test func everyFieldOfEveryEntry_whenChanged_isNoticed() throws {
    let bench = try lived()
    let count = try bench.ledger.verifyAudit().entries
    for sequence in 1...count {
      for change in [
        "at = at + 1", "kind = kind || 'x'", "payload = payload || ' '", "payload = substr(payload, 2)",
        "previous = zeroblob(32)", "hash = zeroblob(32)",
      ] {
        try bench.tamper(
          """
          CREATE TABLE kept AS SELECT * FROM audit WHERE sequence = \(sequence);
          UPDATE audit SET \(change) WHERE sequence = \(sequence);
          """)
        #expect(try !bench.ledger.verifyAudit().isWhole, "\(change) of \(sequence)")
        try bench.tamper(
          "DELETE FROM audit WHERE sequence = \(sequence); INSERT INTO audit SELECT * FROM kept; DROP TABLE kept")
        #expect(try bench.ledger.verifyAudit().isWhole)
      }
    }
  }

  @Test func anyEntry_whenRemoved_isNoticed() throws {
    let bench = try lived()
    let count = try bench.ledger.verifyAudit().entries
    for sequence in 1...count {
      try bench.tamper(
        """
        CREATE TABLE kept AS SELECT * FROM audit WHERE sequence = \(sequence);
        DELETE FROM audit WHERE sequence = \(sequence);
        """)
      let report = try bench.ledger.verifyAudit()
      #expect(report.problems.contains(.wrongEnd(expected: count, found: count - 1)))
      try bench.tamper("INSERT INTO audit SELECT * FROM kept; DROP TABLE kept")
      #expect(try bench.ledger.verifyAudit().isWhole)
    }
  }

  @Test func removal_closedUpByRenumbering_isNoticed() throws {
    let bench = try lived()
    try bench.tamper(
      """
      DELETE FROM audit WHERE sequence = 5;
      UPDATE audit SET sequence = sequence - 1 WHERE sequence > 5;
      UPDATE meta SET value = value - 1 WHERE key = 'audit_count';
      """)
    let report = try bench.ledger.verifyAudit()
    #expect(report.problems.contains(.broken(at: 5)))
    #expect(report.problems.contains(.altered(sequence: 5)))
  }

  @Test func swap_ofTwoEntries_isNoticed() throws {
    let bench = try lived()
    try bench.tamper(
      """
      UPDATE audit SET sequence = -5 WHERE sequence = 5;
      UPDATE audit SET sequence = 5 WHERE sequence = 6;
      UPDATE audit SET sequence = 6 WHERE sequence = -5;
      """)
    #expect(try bench.ledger.verifyAudit().problems.contains(.altered(sequence: 5)))
  }

  @Test(arguments: [1, 2, 7])
  func truncation_isNoticed(_ entries: Int) throws {
    let bench = try lived()
    let count = try bench.ledger.verifyAudit().entries
    try bench.tamper("DELETE FROM audit WHERE sequence > \(count) - \(entries)")
    let report = try bench.ledger.verifyAudit()
    #expect(report.problems == [.wrongEnd(expected: count, found: count - Int64(entries)), .wrongHead])
  }

  @Test func truncation_withACorrectedCount_isNoticedByTheHead() throws {
    let bench = try lived()
    try bench.tamper(
      """
      DELETE FROM audit WHERE sequence = (SELECT max(sequence) FROM audit);
      UPDATE meta SET value = value - 1 WHERE key = 'audit_count';
      """)
    #expect(try bench.ledger.verifyAudit().problems == [.wrongHead])
  }

  @Test func entry_addedByHand_isNoticed() throws {
    let bench = try lived()
    let count = try bench.ledger.verifyAudit().entries
    try bench.tamper(
      "INSERT INTO audit SELECT sequence + 1, at, kind, payload, previous, hash FROM audit WHERE sequence = \(count)")
    #expect(try bench.ledger.verifyAudit().problems.contains(.altered(sequence: count + 1)))
  }

  @Test func chain_holdsNoWordOfAManifest() throws {
    let bench = try Bench()
    let text = """
      hamud: 1
      id: a
      model: m
      forget: {samples: ["planted-sample"], subjects: ["planted-subject"]}
      reason: planted-reason
      """
    let bytes = Array(text.utf8)
    let submission = Submission(
      manifest: try Manifest.parse(bytes, fileStem: "a"), bytes: bytes,
      submitter: Submitter(uid: 1000, name: "planted-user"), receivedAt: bench.now,
      resolution: Resolution(rows: RowSet([1]), marks: [Bench.mark(1)], trainingRows: 10, maxForgetShare: 1))
    _ = try bench.ledger.accept(submission, quotas: .none, at: bench.now)
    try bench.publish(try bench.start(try bench.schedule("a")))
    for entry in try bench.ledger.auditEntries() { #expect(!entry.payload.contains("planted")) }
    for due in try bench.ledger.dueReceipts() { #expect(!"\(due)".contains("planted")) }
  }
}
