import Ledger
import Platform
import Requests
import Service
import Testing

/// Clocks that jump, machines that sleep, dates that are past.
@Suite(.timeLimit(.minutes(20))) struct TimeTests {
  private static let waits = """
    unlearning: {batch_size: 64, radius: {relative: 5e-3}, evaluate_every: 5}
    policy: {on_hardness: continue, retain_budget: 0.5, max_forget_share: 0.5}
    batching: {max_wait: 10min}
    """
  private static let day: Duration = .seconds(86_400)

  /// One request waits; low_disk keeps its run from starting, so that only the waiting is seen.
  private func waiting(_ clock: HandClock, _ more: String = "") async throws -> Household {
    let road = try Road(Self.waits)
    try DurableFile.publish("low_disk: 100%\n", to: road.places.settingsFile)
    let house = try await Household(road, clocks: clock.clocks)
    await house.witness.wait(for: .modelLoaded)
    try await house.submit(manifest("one", "subjects: [s-3]", more))
    await house.quiet()
    return house
  }

  private func state(_ house: Household) async throws -> RequestState { try await house.show("one").state }

  @Test func clockSetBack_doesNotProlongTheWait() async throws {
    let clock = HandClock()
    let house = try await waiting(clock)
    // Each time by less than max_wait, so that nothing about the date is strange.
    for _ in 0..<3 {
      clock.jump(.zero - .seconds(150))
      clock.pass(.seconds(150))
      await house.quiet()
      #expect(try await state(house) == .accepted)
    }
    clock.pass(.seconds(150))
    await house.quiet()
    #expect(try await state(house) == .scheduled)
    try await house.stop()
  }

  /// What seems to have been accepted days ahead has waited enough.
  @Test func clockSetBackFar_startsAtOnce() async throws {
    let clock = HandClock()
    let house = try await waiting(clock)
    clock.jump(.zero - Self.day * 400)
    await house.quiet()
    #expect(try await state(house) == .scheduled)
    try await house.stop()
  }

  /// Early rather than late: what was promised is a most.
  @Test func clockSetForward_startsEarly_andTellsNoLies() async throws {
    let clock = HandClock()
    let house = try await waiting(clock)
    clock.jump(Self.day)
    await house.quiet()
    #expect(try await state(house) == .scheduled)
    clock.jump(.zero - Self.day)
    await house.quiet()
    #expect(try await state(house) == .scheduled)
    #expect(house.witness.events(.trouble).isEmpty && house.witness.events(.ledgerTrouble).isEmpty)
    try await house.stop()
  }

  @Test func sleepOfTheMachine_countsAsWaiting() async throws {
    let clock = HandClock()
    let house = try await waiting(clock)
    clock.pass(.seconds(540))
    await house.quiet()
    #expect(try await state(house) == .accepted)
    clock.pass(.seconds(3 * 3600))
    await house.quiet()
    #expect(try await state(house) == .scheduled)
    try await house.stop()
  }

  /// The last is none that a count of nanoseconds reaches.
  @Test(arguments: ["2020-02-29", "0001-01-01"])
  func deadlineInThePast_startsAtOnce_withAWarning(_ date: String) async throws {
    let clock = HandClock()
    let house = try await waiting(clock, "deadline: \(date)")
    #expect(try await state(house) == .scheduled)
    let told = try #require(house.witness.events(.deadlinePassed).first)
    #expect(told.entry.priority == .warning)
    try await house.stop()
  }

  @Test func deadlineThatNobodyLivesToSee_waitsItsTurn() async throws {
    let house = try await waiting(HandClock(), "deadline: 9999-12-31")
    #expect(try await state(house) == .accepted)
    #expect(house.witness.events(.deadlinePassed).isEmpty)
    try await house.stop()
  }

  /// A day of warnings is a day of the calendar, whichever way the clock went.
  @Test func deadlineNear_isWarnedOfOnceADay_acrossALeapDay() async throws {
    let clock = HandClock(try #require(Timestamp(rfc3339: "2028-02-27T12:00:00Z")))
    let road = try Road(Self.waits.replacing("10min", with: "60d"))
    try DurableFile.publish("low_disk: 100%\n", to: road.places.settingsFile)
    let house = try await Household(road, clocks: clock.clocks)
    await house.witness.wait(for: .modelLoaded)
    try await house.submit(manifest("one", "subjects: [s-3]", "deadline: 2028-03-02"))
    await house.quiet()
    #expect(house.witness.events(.deadlineNear).isEmpty)
    var counts: [Int] = []
    for _ in 0..<4 {
      clock.pass(Self.day)
      await house.quiet()
      await house.quiet()
      counts.append(house.witness.events(.deadlineNear).count)
    }
    // From 28 February on the end of 2 March is less than three days and a half away: 29 February is one of them.
    #expect(counts == [0, 1, 2, 3])
    try await house.stop()
  }
}
