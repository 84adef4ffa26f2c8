import Ledger
import Platform
import Requests
import Testing

/// What the tables say is what the audit chain says happened.
@Suite struct ContentsTests {
  private func lived() throws -> Bench {
    let bench = try Bench()
    for index in 0..<3 { try bench.publish(try bench.run("r\(index)", Bench.Wish(index))) }
    try bench.hold(try bench.run("held", Bench.Wish(7)))
    _ = try bench.fail(try bench.run("failed", Bench.Wish(8)))
    _ = try bench.accept("waits", Bench.Wish(9))
    return bench
  }

  @Test func verifyContents_afterALife_findsNothing() throws {
    let bench = try lived()
    #expect(try bench.ledger.verifyContents().problems == [])
    #expect(try Ledger(readOnly: bench.path).verifyContents().problems == [])
  }

  @Test(arguments: [
    ("UPDATE requests SET state = 'cancelled' WHERE id = 'waits'", "request waits is not what"),
    ("UPDATE requests SET state = 'forgotten' WHERE id = 'held'", "request held is not what"),
    ("UPDATE requests SET version = 2 WHERE id = 'r2'", "request r2 is not what"),
    ("UPDATE requests SET reason = 'already_forgotten' WHERE id = 'r1'", "request r1 is not what"),
    ("UPDATE requests SET batch = NULL WHERE id = 'r1'", "request r1 is not what"),
    ("UPDATE requests SET digest = zeroblob(32) WHERE id = 'r0'", "request r0 was accepted"),
    ("UPDATE models SET salt = zeroblob(32)", "request r0 was accepted"),
    ("UPDATE requests SET id = 'other' WHERE id = 'waits'", "request waits was accepted"),
    ("UPDATE requests SET submitter = submitter + 1 WHERE id = 'r0'", "request r0 was accepted"),
    ("UPDATE requests SET kind = 'classes' WHERE id = 'waits'", "request waits was accepted"),
    ("UPDATE requests SET rows = '10' WHERE id = 'waits'", "request waits is to forget other rows"),
    ("UPDATE requests SET rows = '9-10' WHERE id = 'waits'", "request waits is to forget other rows"),
    ("UPDATE requests SET row_count = 2 WHERE id = 'held'", "request held is to forget other rows"),
    ("UPDATE versions SET record = zeroblob(32) WHERE number = 3", "version m 3 is not what"),
    ("UPDATE versions SET parent = 1 WHERE number = 3", "version m 3 is not what"),
    ("UPDATE versions SET number = 9 WHERE number = 2", "version m 2 was published"),
    ("DELETE FROM versions WHERE number = 1", "version m 1 was published"),
    ("UPDATE models SET current_version = 3", "model m has another current version"),
    ("DELETE FROM tombstones WHERE row = 1", "request r1 is forgotten, and fewer"),
    ("UPDATE tombstones SET version = 77 WHERE row = 2", "request r2 has a tombstone"),
    ("UPDATE tombstones SET request = 1 WHERE row = 2", "request r2 is forgotten, and fewer"),
  ])
  func verifyContents_whenATableIsChanged_namesIt(_ change: String, _ named: String) throws {
    let bench = try lived()
    try bench.tamper(change)
    let problems = try bench.ledger.verifyContents().problems
    #expect(problems.contains { $0.hasPrefix(named) }, "\(problems)")
  }

  /// Earlier releases wrote the digest without its salt.
  @Test func verifyContents_ofAnOlderChain_knowsTheManifestsBothWays() throws {
    let bench = try Bench()
    try bench.accept("a", Bench.Wish(1))
    let (record, last) = (try bench.record("a"), try #require(try bench.ledger.auditEntries().last))
    for (digest, problems) in [(record.digest, 0), (SHA256Digest.of("other"), 1)] {
      let payload = last.payload.replacing(record.saltedDigest.description, with: digest.description)
      let fields = ["\(last.sequence)", "\(last.at.nanosecondsSinceEpoch)", last.kind, payload]
      let text = fields.map { "\($0.utf8.count):\($0)" }.joined()
      let hash = SHA256Digest.of(Array(text.utf8) + last.previous.bytes).hex
      try bench.tamper(
        """
        UPDATE audit SET payload = '\(payload)', hash = x'\(hash)' WHERE sequence = \(last.sequence);
        UPDATE meta SET value = x'\(hash)' WHERE key = 'audit_head';
        """)
      let report = try bench.ledger.verifyContents()
      #expect(report.audit.isWhole)
      #expect(report.problems.count == problems, "\(report.problems)")
    }
  }

  @Test func forgottenRows_areNotThoseThatItNeverGaveAway() throws {
    let bench = try lived()
    let plan = try bench.run("nothing", Bench.Wish(20))
    try bench.publishNothing(plan)
    #expect(try bench.record("nothing").summary.version == 4)
    #expect(try bench.ledger.forgottenRows(of: "m", upTo: 4)?.rows == [0, 1, 2])
    _ = try bench.publish(try bench.run("next", Bench.Wish(21)))
    #expect(try bench.ledger.forgottenRows(of: "m", upTo: 5)?.rows == [0, 1, 2, 20, 21])
  }

  @Test func forgottenRows_areThoseOfTheVersionAndBefore_whileRowNumbersHold() throws {
    let bench = try lived()
    #expect(try bench.ledger.forgottenRows(of: "m", upTo: 3)?.rows == [0, 1])
    #expect(try bench.ledger.forgottenRows(of: "m", upTo: 4)?.rows == [0, 1, 2])
  }
}
