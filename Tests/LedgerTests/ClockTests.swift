import Ledger
import Platform
import Requests
import Testing

@Suite struct ClockTests {
  @Test func lastBelieved_isTheLastEntrysTime_untilTheClockIsDoubted() throws {
    let bench = try Bench()
    #expect(bench.ledger.lastBelieved == nil)
    bench.pass(.seconds(60))
    try bench.accept("a", Bench.Wish(1))
    try bench.crash()
    #expect(bench.ledger.lastBelieved == bench.now)
    let believed = bench.now + .seconds(1)
    try bench.ledger.noteBelieved(believed)
    // What is written meanwhile has the wrong clock's dates.
    bench.pass(.seconds(86_400 * 365))
    try bench.accept("b", Bench.Wish(2))
    try bench.crash()
    #expect(bench.ledger.lastBelieved == believed)
    try bench.ledger.noteBelieved(nil)
    try bench.crash()
    #expect(bench.ledger.lastBelieved == bench.now)
    let contents = try bench.ledger.verifyContents()
    #expect(contents.audit.isWhole && contents.problems == [])
  }

  private static let year: Duration = .seconds(86_400 * 365)

  private static let week: Duration = .seconds(86_400 * 7)

  /// Dated a year ahead: gone when its time has gone by, and its date is what it was.
  @Test func replacementThatLiesAhead_agesByTimeThatWentBy() throws {
    let bench = try Bench()
    try bench.publish(try bench.run("a", Bench.Wish(1)))
    bench.pass(Self.year)
    try bench.publish(try bench.run("b", Bench.Wish(2)))
    let dates = try bench.ledger.replacedVersions(of: "m").map(\.replacement.at)
    bench.pass(.seconds(3600) - Self.year)
    func due() throws -> [Duration] {
      try bench.ledger.replacedVersions(of: "m").map {
        $0.replacement.purgeDue(keep: 9, after: Self.week, at: bench.now) - bench.now
      }
    }
    #expect(try due() == [Self.week - .seconds(3600), Self.week])
    for _ in 0..<2 { try bench.ledger.age(by: .seconds(1800), datedAfter: bench.now + .seconds(60)) }
    #expect(try due() == [Self.week - .seconds(3600), Self.week - .seconds(3600)])
    #expect(try bench.ledger.replacedVersions(of: "m").map(\.replacement.at) == dates)
    // One too many goes at once, whatever its date.
    let replacements = try bench.ledger.replacedVersions(of: "m").map(\.replacement)
    let over = replacements.map { $0.purgeDue(keep: 0, after: Self.week, at: bench.now) }
    #expect(over == [dates[0], bench.now])
    // What a person is shown is what the purge goes by.
    #expect(try bench.ledger.versions(of: "m").compactMap(\.replacement) == replacements)
    // A clock that is behind ages honest dates by what goes by, and is put right again.
    bench.pass(.zero - Self.year)
    try bench.ledger.age(by: .seconds(3600), datedAfter: bench.now + .seconds(60))
    bench.pass(Self.year)
    #expect(try due() == [Self.week - .seconds(3600), Self.week - .seconds(7200)])
    #expect(try bench.ledger.verifyContents().problems == [])
  }

  @Test func endThatLiesAhead_agesByTimeThatWentBy_andTheReceiptStaysAsItIs() throws {
    let bench = try Bench()
    try bench.accept("honest", Bench.Wish(1))
    try bench.accept("ahead", Bench.Wish(2))
    try bench.ledger.cancel(try Bench.id("honest"), by: nil, at: bench.now)
    bench.pass(Self.year)
    try bench.ledger.cancel(try Bench.id("ahead"), by: nil, at: bench.now)
    let receipt = try bench.receipt("ahead")
    bench.pass(.seconds(3600) - Self.year)
    try bench.ledger.age(by: Self.week, datedAfter: bench.now + .seconds(60))
    let longer = Self.week + .seconds(1)
    #expect(try bench.ledger.manifestsDue(finishedBefore: bench.now, orAged: longer).map(\.text) == ["honest"])
    #expect(try bench.ledger.manifestsDue(finishedBefore: bench.now).map(\.text) == ["honest"])
    let both = ["honest", "ahead"]
    #expect(try bench.ledger.manifestsDue(finishedBefore: bench.now, orAged: Self.week).map(\.text) == both)
    #expect(try bench.ledger.receiptsDue(finishedBefore: bench.now, orAged: Self.week).map(\.text) == both)
    #expect(try bench.receipt("ahead") == receipt)
    // Its receipt may end first: the manifest ages on.
    try bench.ledger.expireReceipts([try Bench.id("ahead")], at: bench.now)
    try bench.ledger.age(by: Self.week, datedAfter: bench.now + .seconds(60))
    #expect(try bench.ledger.manifestsDue(finishedBefore: bench.now, orAged: Self.week * 2).map(\.text) == both)
  }
}
