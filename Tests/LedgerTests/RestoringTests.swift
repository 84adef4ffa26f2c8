import Ledger
import Platform
import Requests
import Testing

@Suite struct RestoringTests {
  @Test func chain_passesEveryEndThatItHad_andNoOther() throws {
    let bench = try Bench()
    let first = try bench.ledger.chainEnd()
    try bench.accept("a", Bench.Wish(1))
    let second = try bench.ledger.chainEnd()
    #expect(second.entries > first.entries)
    #expect(try bench.ledger.chainPasses(first) && bench.ledger.chainPasses(second))
    #expect(try !bench.ledger.chainPasses(ChainEnd(entries: first.entries, head: second.head)))
    #expect(try !bench.ledger.chainPasses(ChainEnd(entries: second.entries + 1, head: second.head)))
  }

  @Test func erasures_agreeWithTheChain_untilSomebodyChangesThem() throws {
    let bench = try Bench()
    try bench.publish(try bench.run("a", Bench.Wish(1...3)))
    try bench.publish(try bench.run("b", Bench.Wish(2...4)))
    try bench.accept("c", Bench.Wish(1))
    try bench.accept("d", Bench.Wish(9))
    #expect(try bench.ledger.erasuresAgainstTheChain().isEmpty)
    try bench.tamper("DELETE FROM tombstones WHERE request = 1")
    #expect(try bench.ledger.erasuresAgainstTheChain() == ["a"])
    try bench.tamper("UPDATE requests SET state = 'cancelled' WHERE id = 'b'")
    #expect(try bench.ledger.erasuresAgainstTheChain() == ["a", "b"])
    try bench.tamper(
      "DELETE FROM changes; DELETE FROM manifests WHERE request = 3; DELETE FROM requests WHERE id = 'c'")
    #expect(try bench.ledger.erasuresAgainstTheChain() == ["a", "b", "c"])
  }

  @Test func recover_takesUpWhatWasLost_andServesNothingBefore() throws {
    let bench = try Bench()
    try bench.accept("known", Bench.Wish(5))
    try bench.ledger.pause("m", .restored, detail: "older", at: bench.now)
    #expect(throws: LedgerError.modelPaused("m")) { try bench.schedule("known") }
    var recovery = Recovery()
    recovery.submissions = [try bench.submission("lost", Bench.Wish(1...3))]
    recovery.served = [try Bench.id("known")]
    recovery.signedOff = ["gone"]
    recovery.serving = ["m": 3]
    recovery.why = "it is older"
    #expect(try bench.ledger.recover(recovery, by: 7, at: bench.now).map(\.text) == ["known", "lost"])
    let model = try #require(try bench.ledger.model("m"))
    #expect(!model.isPaused && model.serving == 3 && model.currentVersion == 1)
    let last = try #require(try bench.ledger.auditEntries().last)
    #expect(last.kind == "recovered" && last.payload.contains("gone") && last.payload.contains("\"by\":7"))
    let plan = try bench.start(try bench.schedule("known", "lost"))
    let publication = Publication(
      batch: plan.batch, generation: plan.generation, version: Bench.version(4, parent: 1),
      endings: plan.requests.map { bench.ending($0) })
    _ = try bench.ledger.publish(publication, at: bench.now)
    #expect(try bench.ledger.model("m")?.serving == 4)
    #expect(try bench.ledger.verifyAudit().isWhole)
  }

  /// Wherever the backup has it, by legal steps; its batch goes on without it.
  @Test func recover_cancelsWhatWasCancelledSince() throws {
    let bench = try Bench()
    try bench.accept("waiting", Bench.Wish(1))
    let running = try bench.run("running", Bench.Wish(2))
    let ids = try ["waiting", "running"].map(Bench.id)
    try bench.ledger.pause("m", .restored, detail: "older", at: bench.now)
    var recovery = Recovery()
    recovery.cancelled = ids
    #expect(try bench.ledger.recover(recovery, by: 7, at: bench.now).isEmpty)
    for id in ids {
      let receipt = try bench.receipt(id.text)
      #expect(receipt.state == .cancelled && receipt.reason == .cancelled && receipt.finishedAt != nil)
      #expect(receipt.detail?.contains("as its receipt said") == true)
      let moved = try bench.ledger.auditEntries().last { $0.kind == "moved" && $0.payload.contains("\"\(id.text)\"") }
      #expect(moved?.payload.contains("\"to\":\"cancelled\"") == true && moved?.payload.contains("\"by\":7") == true)
    }
    #expect(try bench.ledger.batch(running.batch)?.state == .discarded)
    #expect(try bench.ledger.verifyContents().problems.isEmpty)
  }

  /// Its rows may have been left out of others because it named them.
  @Test func recover_doesNotCancel_whatOthersRestOn() throws {
    let bench = try Bench()
    try bench.publish(try bench.run("a", Bench.Wish(1...3)))
    _ = try bench.ledger.rollBack("m", to: 1, servesNow: false, by: nil, at: bench.now)
    var recovery = Recovery()
    recovery.cancelled = [try Bench.id("a")]
    _ = try bench.ledger.recover(recovery, by: 7, at: bench.now)
    #expect(try bench.state("a") == .accepted)
  }
}
