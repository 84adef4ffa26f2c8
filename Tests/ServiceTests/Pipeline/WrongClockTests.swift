import Ledger
import Platform
import Requests
import Service
import Testing

/// A clock of the day that is wrong when hamud starts, or was wrong when something was dated.
@Suite(.timeLimit(.minutes(20))) struct WrongClockTests {
  private static let day: Duration = .seconds(86_400)
  private static let year = day * 365

  private let road: Road
  private let clock = HandClock()

  init() throws { road = try Road(Road.usual + "\nretention: {keep: 5, purge_after: 7d}\n") }

  private func house() async throws -> Household {
    let house = try await Household(road, clocks: clock.clocks)
    await house.witness.wait(for: .modelLoaded)
    await house.quiet()
    return house
  }

  /// Version 1 is replaced, and due in a week.
  private func lived() async throws -> Household {
    let house = try await house()
    try await serve("one", house)
    return house
  }

  private func serve(_ id: String, _ house: Household) async throws {
    try await house.submit(manifest(id, "subjects: [s-3]", "priority: urgent"))
    #expect(try await house.settled(id).state == .forgotten)
    await house.quiet()
  }

  private func pass(_ duration: Duration, _ house: Household) async {
    clock.pass(duration)
    await house.quiet()
  }

  @Test func clockThatIsAheadAtTheStart_purgesNothing_unlessItStays() async throws {
    try await lived().stop()
    clock.jump(Self.year)
    let next = try await house()
    await pass(.seconds(3500), next)
    #expect(road.versions == [1, 2])
    // Who gives the command looks at the clock themselves.
    let answer = try await next.call(.purge(model: Road.model, now: false, despiteReaders: false, dryRun: true))
    #expect(answer["versions"]?.elements?.count == 1)
    await pass(.seconds(100), next)
    #expect(road.versions == [2])
    try await next.stop()
  }

  @Test func clockThatJumped_isNotBelievedForARestart_norForWhatWasWrittenMeanwhile() async throws {
    let first = try await lived()
    clock.jump(Self.year)
    await first.quiet()
    try await first.call(.pause(model: Road.model, dryRun: false))
    try await first.stop()
    let next = try await house()
    #expect(road.versions == [1, 2])
    clock.jump(.zero - Self.year)
    await pass(.seconds(3700), next)
    try await next.stop()
    #expect(road.versions == [1, 2])
  }

  /// Which of two clocks was wrong nobody can tell: only time that went by counts.
  @Test func clockThatWasBehind_hasRemovedNothing_whenItIsRightAgain() async throws {
    let house = try await lived()
    clock.jump(.zero - Self.year)
    for _ in 0..<3 { await pass(.seconds(3600), house) }
    clock.jump(Self.year)
    for _ in 0..<3 { await pass(.seconds(3600), house) }
    #expect(road.versions == [1, 2])
    #expect(try FileStatus.ifPresent(road.places.acceptedManifest("one")) != nil)
    try await house.stop()
  }

  @Test func whatWasDatedByAClockThatWasAhead_goesInItsTimeAfterThatWasNoticed() async throws {
    let house = try await house()
    clock.jump(Self.year)
    try await serve("one", house)
    clock.jump(.zero - Self.year)
    await house.quiet()
    let receipt = try road.receipt("one")
    let ahead = try #require(try house.ledger.replacedVersions(of: Road.model).first).replacement.at
    await pass(.seconds(3600), house)
    await pass(Self.day * 6, house)
    #expect(road.versions == [1, 2])
    #expect(try house.ledger.replacedVersions(of: Road.model).first?.replacement.at == ahead)
    await pass(Self.day, house)
    #expect(road.versions == [2])
    await pass(Self.day * 22, house)
    #expect(try FileStatus.ifPresent(road.places.acceptedManifest("one")) != nil)
    await pass(Self.day * 2, house)
    #expect(try FileStatus.ifPresent(road.places.acceptedManifest("one")) == nil)
    #expect(try road.receipt("one").finishedAt == receipt.finishedAt)
    try await house.stop()
  }
}
