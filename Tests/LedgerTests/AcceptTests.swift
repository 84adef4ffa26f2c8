import Ledger
import Platform
import Requests
import Testing

@Suite struct AcceptTests {
  @Test func accept_ofANewRequest_keepsAllOfIt() throws {
    let bench = try Bench()
    var wish = Bench.Wish(5...9)
    wish.more = "deadline: 2026-12-23\npriority: urgent\non_hardness: continue\n"
    try bench.accept("a", wish)
    let record = try bench.record("a")
    #expect(record.state == .accepted)
    #expect(record.summary.rows == 5)
    #expect(record.summary.kind == .rows)
    #expect(record.summary.deadline?.text == "2026-12-23")
    #expect(record.summary.priority == .urgent)
    #expect(record.onHardness == .continue)
    #expect(record.submitterName == "alice")
    #expect(try bench.ledger.rows(of: record.id) == RowSet(5...9))
    #expect(try bench.ledger.manifest(of: record.id) == bench.submission("a", wish).bytes)
    #expect(try bench.ledger.markedRequests(of: "m").first?.marks == (5...9).map(Bench.mark))
  }

  /// Whoever has a version or reads the journal, and not the ledger, must not find the manifest by guessing.
  @Test func saltedDigest_isOfTheManifestAndTheModelsSecret() throws {
    let (bench, other) = (try Bench(), try Bench())
    let plan = try bench.run("a", Bench.Wish(1))
    try other.accept("a", Bench.Wish(1))
    let record = try bench.record("a")
    #expect(try other.record("a").digest == record.digest)
    #expect(try other.record("a").saltedDigest != record.saltedDigest)
    let salt = try #require(try bench.ledger.model("m")).salt
    let wanted = SHA256Digest.salted(Array("manifest\0".utf8) + record.digest.bytes, salt: salt)
    #expect(record.saltedDigest.description == "hmac-sha256:\(wanted.hex)")
    #expect(plan.requests.map(\.saltedDigest) == [record.saltedDigest])
    let chain = try bench.ledger.auditEntries().map(\.payload)
    #expect(chain.contains { $0.contains(record.saltedDigest.description) })
    #expect(!chain.contains { $0.contains(record.digest.hex) })
    // Who asked has the bytes, and can compare.
    #expect(try bench.receipt("a").digest == record.digest.description)
  }

  @Test func accept_ofTheSameAgain_answersWithWhatIsThere() throws {
    let bench = try Bench()
    try bench.accept("a", Bench.Wish(1))
    let plan = try bench.start(try bench.schedule("a"))
    let audit = try bench.ledger.verifyAudit().entries
    let again = try bench.accept("a", Bench.Wish(1))
    #expect(again == .existing(try bench.record("a")))
    #expect(try bench.ledger.verifyAudit().entries == audit)
    try bench.publish(plan)
    #expect(try bench.accept("a", Bench.Wish(1)) == .existing(try bench.record("a")))
  }

  @Test func accept_ofATakenId_refusesAndTouchesNothing() throws {
    let bench = try Bench()
    try bench.accept("a", Bench.Wish(1))
    let before = try bench.record("a")
    #expect(try bench.accept("a", Bench.Wish(2)) == .refused(.idTaken(try Bench.id("a"))))
    #expect(try bench.record("a") == before)
  }

  @Test func refusal_always_burnsNoId() throws {
    let bench = try Bench()
    try bench.ledger.recordRefusal(
      digest: SHA256Digest.of("bad"), reason: .invalid, by: 1000, countedFor: 1001, at: bench.now)
    #expect(try bench.ledger.requests(RequestFilter()).isEmpty)
    #expect(try bench.ledger.dueReceipts().isEmpty)
    let last = try #require(try bench.ledger.auditEntries().last)
    #expect(last.kind == "refused")
    #expect(last.payload == #"{"digest":"\#(SHA256Digest.of("bad"))","reason":"invalid","by":1000}"#)
    try bench.accept("bad", Bench.Wish(1))
    #expect(try bench.state("bad") == .accepted)
  }

  @Test func accept_whenSomeRowsWereForgotten_leavesThemOut() throws {
    let bench = try Bench()
    try bench.publish(try bench.run("a", Bench.Wish(1...4)))
    try bench.accept("b", Bench.Wish(3...6))
    let receipt = try bench.receipt("b")
    #expect(receipt.state == .accepted)
    #expect(receipt.rows == 2)
    #expect(receipt.alreadyForgotten == 2)
    #expect(try bench.ledger.rows(of: try Bench.id("b")) == RowSet(5...6))
  }

  @Test func accept_whenEveryRowWasForgotten_endsAtOnce() throws {
    let bench = try Bench()
    try bench.publish(try bench.run("a", Bench.Wish(1...4)))
    try bench.accept("b", Bench.Wish(2, 3))
    let receipt = try bench.receipt("b")
    #expect(receipt.state == .forgotten)
    #expect(receipt.reason == .alreadyForgotten)
    #expect(receipt.version == 2)
    #expect(receipt.rows == 0)
    #expect(receipt.alreadyForgotten == 2)
    #expect(receipt.record == SHA256Digest.of("record of version 2").description)
    #expect(receipt.finishedAt == bench.now.rfc3339())
  }

  @Test func accept_ofMoreThanItsShare_isHeldAtOnce() throws {
    let bench = try Bench()
    // 100 of 1000 are forgotten, 900 are left, a fifth of them is 180.
    try bench.publish(try bench.run("a", Bench.Wish(0...99)))
    var wish = Bench.Wish(100...279)
    wish.share = 0.2
    try bench.accept("just", wish)
    #expect(try bench.state("just") == .accepted)
    wish.rows = RowSet(ranges: [300...480])
    try bench.accept("over", wish)
    let receipt = try bench.receipt("over")
    #expect(receipt.state == .held)
    #expect(receipt.reason == .maxForgetShare)
    #expect(receipt.detail?.contains("181 rows of the 900") == true)
    #expect(receipt.finishedAt == nil)
    let goesOn = try bench.ledger.resume(try Bench.id("over"), acceptRetainCost: nil, by: 0, at: bench.now)
    #expect(goesOn.map(\.text) == ["over"])
    #expect(try bench.state("over") == .accepted)
  }

  @Test func accept_withoutAModel_isHeldUntilItIsBack() throws {
    let bench = try Bench()
    var wish = Bench.Wish(1, 2)
    wish.isResolved = false
    try bench.accept("a", wish)
    #expect(try bench.receipt("a").reason == .noModel)
    #expect(try bench.receipt("a").rows == nil)
    let id = try Bench.id("a")
    #expect(throws: LedgerError.notPossible(command: "resume", id, state: .held)) {
      try bench.ledger.resume(id, acceptRetainCost: nil, by: nil, at: bench.now)
    }
    let resolution = Resolution(rows: RowSet([1, 2]), trainingRows: 1000, maxForgetShare: 1)
    #expect(try bench.ledger.readmit(id, resolution: resolution, at: bench.now).state == .accepted)
    #expect(try bench.receipt("a").rows == 2)
  }

  @Test func readmit_whenItsRowsWereForgottenMeanwhile_endsTheRequest() throws {
    let bench = try Bench()
    try bench.accept("a", Bench.Wish(1, 2))
    #expect(try bench.ledger.holdForMissingModel("m", detail: "gone", at: bench.now).count == 1)
    var wish = Bench.Wish(1...3)
    wish.more = "priority: urgent\n"
    try bench.publish(try bench.run("b", wish))
    #expect(try bench.ledger.readmit(try Bench.id("a"), resolution: nil, at: bench.now).state == .forgotten)
    #expect(try bench.receipt("a").alreadyForgotten == 2)
  }
}
