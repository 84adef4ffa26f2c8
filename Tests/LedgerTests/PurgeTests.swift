import Ledger
import Platform
import Requests
import Testing

@Suite struct PurgeTests {
  /// Version 2 forgot a, version 3 b; c waits.
  private func lived() throws -> Bench {
    let bench = try Bench()
    try bench.publish(try bench.run("a", Bench.Wish(1...3)))
    bench.pass(.seconds(3600))
    try bench.publish(try bench.run("b", Bench.Wish(3...4)))
    _ = try bench.accept("c", Bench.Wish(9))
    for due in try bench.ledger.dueReceipts() {
      try bench.ledger.markAnnounced(due.request, through: due.through)
      try bench.ledger.acknowledgeReceipt(of: due.request, through: due.through)
    }
    bench.pass(.seconds(60))
    return bench
  }

  private func order(_ number: Int, _ cause: PurgeCause = .retention) -> PurgeOrder { PurgeOrder("m", number, cause) }

  @Test func replacedVersions_areThoseThatMayGo_andSayWhen() throws {
    let bench = try lived()
    let replaced = try bench.ledger.replacedVersions(of: "m")
    let replacements = replaced.map(\.replacement)
    #expect(replaced.map(\.number) == [1, 2] && replacements.map(\.newer) == [1, 0])
    let week: Duration = .seconds(604_800)
    #expect(replacements[0].purgeDue(keep: 1, after: week, at: bench.now) == replacements[0].at)
    #expect(replacements[1].purgeDue(keep: 1, after: week, at: bench.now) == replacements[1].at + week)
    try bench.ledger.beginPurge(order(1), at: bench.now)
    #expect(try bench.ledger.replacedVersions(of: "m").map(\.number) == [2])
    #expect(throws: LedgerError.self) { try bench.ledger.beginPurge(order(3), at: bench.now) }
    #expect(throws: LedgerError.self) { try bench.ledger.beginPurge(order(7), at: bench.now) }
  }

  @Test func purge_isNotedOnce_andItsReceiptsSayWhen() throws {
    let bench = try lived()
    let bytes = Array("record of version 1".utf8)
    #expect(
      try bench.ledger.beginPurge(PurgeOrder("m", 1, .retention, record: bytes, by: 7), at: bench.now))
    #expect(try !bench.ledger.beginPurge(order(1), at: bench.now))
    #expect(try bench.ledger.pendingPurges().map(\.number) == [1])
    #expect(try bench.receipt("a").purged == [])
    try bench.crash()
    #expect(try bench.ledger.pendingPurges().map(\.cause) == [.retention])
    let told = try bench.ledger.finishPurge(1, of: "m", at: bench.now)
    #expect(told == [try Bench.id("a"), try Bench.id("b")])
    #expect(try bench.ledger.dueReceipts().map(\.request) == told)
    #expect(try bench.ledger.dueReceipts().allSatisfy { $0.changes.isEmpty })
    let at = bench.now.rfc3339()
    bench.pass(.seconds(60))
    #expect(try bench.ledger.finishPurge(1, of: "m", at: bench.now) == [])
    #expect(try bench.receipt("a").purged == [Receipt.Purge(version: 1, at: at)])
    #expect(try bench.receipt("c").purged == [])
    #expect(try bench.ledger.pendingPurges() == [] && bench.ledger.purgedVersions(of: "m") == [1])
    #expect(try bench.ledger.keptRecords(of: "m") == [1: bytes])
    #expect(try bench.ledger.versions(of: "m").map { $0.purgedAt != nil } == [true, false, false])
    // Version 2 remembers b's rows alone.
    try bench.ledger.beginPurge(order(2), at: bench.now)
    #expect(try bench.ledger.finishPurge(2, of: "m", at: bench.now) == [try Bench.id("b")])
    #expect(try bench.receipt("b").purged.map(\.version) == [1, 2])
    let contents = try bench.ledger.verifyContents()
    #expect(contents.audit.isWhole && contents.problems == [])
  }

  @Test func receipt_ofARequestThatCameLater_saysNothingOfEarlierPurges() throws {
    let bench = try lived()
    try bench.ledger.beginPurge(order(1), at: bench.now)
    _ = try bench.ledger.finishPurge(1, of: "m", at: bench.now)
    bench.pass(.seconds(1))
    try bench.publish(try bench.run("late", Bench.Wish(20)))
    #expect(try bench.receipt("late").purged == [])
  }

  @Test func waitingPurge_whenItMayNotWait_isHurriedOnce() throws {
    let bench = try lived()
    try bench.ledger.beginPurge(order(1, .person), at: bench.now)
    #expect(try !bench.ledger.beginPurge(order(1, .despiteReaders), at: bench.now))
    #expect(try bench.ledger.pendingPurges().map(\.cause) == [.despiteReaders])
    try bench.ledger.beginPurge(order(1, .retention), at: bench.now)
    #expect(try bench.ledger.pendingPurges().map(\.cause) == [.despiteReaders])
  }

  @Test(arguments: [
    "UPDATE purges SET purged_at = NULL", "UPDATE purges SET purged_at = purged_at + 1", "DELETE FROM purges",
    "INSERT INTO purges SELECT model, 2, cause, began_at, purged_at, record FROM purges",
  ])
  func verifyContents_whenAPurgeIsChanged_namesIt(_ change: String) throws {
    let bench = try lived()
    try bench.ledger.beginPurge(order(1), at: bench.now)
    _ = try bench.ledger.finishPurge(1, of: "m", at: bench.now)
    try bench.tamper(change)
    let problems = try bench.ledger.verifyContents().problems
    #expect(problems.contains { $0.hasPrefix("the purge of version m ") }, "\(problems)")
  }

  @Test func purgedVersion_isNoneToGoBackTo() throws {
    let bench = try lived()
    try bench.ledger.beginPurge(order(1), at: bench.now)
    #expect(throws: LedgerError.self) { try bench.ledger.rollbackPlan(of: "m", to: 1, servesNow: false) }
    #expect(try bench.ledger.rollbackPlan(of: "m", to: 2, servesNow: false).rows == 1)
  }
}
