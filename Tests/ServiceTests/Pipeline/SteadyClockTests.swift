import Platform
import Service
import Testing

@Suite struct SteadyClockTests {
  private let start = MonotonicInstant.now
  private let noon = WallClock.now
  private var clock: SteadyClock

  init() { clock = SteadyClock(noon, at: start) }

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

  @Test mutating func clockThatIsAheadAtTheStart_isBelieved_afterAnHourOfIt() {
    let week: Duration = .seconds(7 * 86_400)
    clock = SteadyClock(noon, at: start, after: noon - week)
    #expect(ask(after: .zero) == .zero - week && clock.isDoubted)
    #expect(ask(after: .seconds(3599)) == .zero - week && clock.isDoubted)
    #expect(ask(after: .seconds(3600)) == .zero && !clock.isDoubted)
    // What was known last was wrong itself, or is a moment old.
    for known in [week, .seconds(-30)] {
      clock = SteadyClock(noon, at: start, after: noon + known)
      #expect(ask(after: .zero) == .zero && !clock.isDoubted)
    }
  }

  /// The hour is one of a clock that goes on, not of one that jumps from here to there.
  @Test mutating func clockThatJumpsAgain_isDoubtedForAnotherHour() {
    let year: Duration = .seconds(365 * 86_400)
    #expect(ask(after: .seconds(10), ahead: year) == .zero)
    #expect(ask(after: .seconds(3000), ahead: year * 2) == .zero)
    #expect(ask(after: .seconds(3700), ahead: year * 2) == .zero)
    #expect(ask(after: .seconds(6600), ahead: year * 2) == year * 2)
  }

  @Test mutating func clockSetBack_isBelievedAtOnce() {
    #expect(ask(after: .zero) == .zero)
    #expect(ask(after: .seconds(10), ahead: .seconds(-86_400)) == .seconds(-86_400))
    #expect(ask(after: .seconds(20), ahead: .seconds(-86_400)) == .seconds(-86_400))
  }
}
