import Platform
import Service
import Testing

@Suite struct SteadyClockTests {
  private let start = MonotonicInstant.now
  private let noon = WallClock.now
  private var clock = SteadyClock()

  private mutating func ask(after elapsed: Duration, ahead: Duration = .zero) -> Duration {
    let believed = clock.believed(noon + elapsed + ahead, at: start + elapsed)
    return believed - (noon + elapsed)
  }

  @Test mutating func clockThatGoesOn_isBelieved() {
    #expect(ask(after: .zero) == .zero)
    #expect(ask(after: .seconds(86_400)) == .zero)
    #expect(ask(after: .seconds(86_410), ahead: .seconds(30)) == .seconds(30))
  }

  @Test mutating func clockThatJumpsAhead_isBelieved_afterAnHourOfIt() {
    let year: Duration = .seconds(365 * 86_400)
    #expect(ask(after: .zero) == .zero)
    for minute in 1...60 {
      #expect(ask(after: .seconds(60 * minute), ahead: year) == .zero)
    }
    #expect(ask(after: .seconds(3660), ahead: year) == year)
    #expect(ask(after: .seconds(3670), ahead: year) == year)
  }

  @Test mutating func clockThatComesBack_wasNeverBelieved() {
    #expect(ask(after: .zero) == .zero)
    #expect(ask(after: .seconds(10), ahead: .seconds(86_400)) == .zero)
    #expect(ask(after: .seconds(3000)) == .zero)
    #expect(ask(after: .seconds(4000), ahead: .seconds(86_400)) == .zero)
  }

  @Test mutating func clockSetBack_isBelievedAtOnce() {
    #expect(ask(after: .zero) == .zero)
    #expect(ask(after: .seconds(10), ahead: .seconds(-86_400)) == .seconds(-86_400))
    #expect(ask(after: .seconds(20), ahead: .seconds(-86_400)) == .seconds(-86_400))
  }
}
