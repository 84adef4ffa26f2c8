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

  @Test func replacementThatLiesAhead_countsFromNow_andNoOtherIsTouched() throws {
    let bench = try Bench()
    try bench.publish(try bench.run("a", Bench.Wish(1)))
    let honest = bench.now
    bench.pass(Self.year)
    try bench.publish(try bench.run("b", Bench.Wish(2)))
    bench.pass(.seconds(3600) - Self.year)
    try bench.ledger.countReplacements(after: bench.now + .seconds(60), from: bench.now)
    #expect(try bench.ledger.replacedVersions(of: "m").map(\.replacedAt) == [honest, bench.now])
    #expect(try bench.ledger.verifyContents().problems == [])
  }

  @Test func endThatLiesAhead_countsFromWhenItWasNoticedFirst_andTheReceiptStaysAsItIs() throws {
    let bench = try Bench()
    try bench.accept("honest", Bench.Wish(1))
    try bench.accept("ahead", Bench.Wish(2))
    try bench.ledger.cancel(try Bench.id("honest"), by: nil, at: bench.now)
    bench.pass(Self.year)
    try bench.ledger.cancel(try Bench.id("ahead"), by: nil, at: bench.now)
    let receipt = try bench.receipt("ahead")
    bench.pass(.seconds(3600) - Self.year)
    let noticed = bench.now
    for _ in 0..<2 {
      try bench.ledger.countEnds(after: bench.now + .seconds(60), from: bench.now)
      bench.pass(.seconds(3600))
    }
    #expect(try bench.ledger.manifestsDue(finishedBefore: noticed).map(\.text) == ["honest"])
    let after = noticed + .seconds(1)
    #expect(try bench.ledger.manifestsDue(finishedBefore: after).map(\.text) == ["honest", "ahead"])
    #expect(try bench.ledger.receiptsDue(finishedBefore: after).map(\.text) == ["honest", "ahead"])
    #expect(try bench.receipt("ahead") == receipt)
  }
}
