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
}
