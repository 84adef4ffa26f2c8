import Ledger
import Platform
import Requests
import Service
import Synchronization
import Testing

/// Clocks that a test moves by hand.
final class HandClock: Sendable {
  private let state: Mutex<(wall: Timestamp, monotonic: MonotonicInstant)>

  init(_ wall: Timestamp = WallClock.now) { state = Mutex((wall, MonotonicInstant(nanoseconds: 1_000_000_000_000))) }

  var clocks: Clocks {
    Clocks(wall: { self.state.withLock { $0.wall } }, monotonic: { self.state.withLock { $0.monotonic } })
  }

  var wall: Timestamp { state.withLock { $0.wall } }

  /// Time goes by, on both.
  func pass(_ duration: Duration) {
    state.withLock { $0 = ($0.wall + duration, $0.monotonic + duration) }
  }

  /// Somebody sets the clock of the day.
  func jump(_ duration: Duration) { state.withLock { $0.wall = $0.wall + duration } }
}

@Suite(.timeLimit(.minutes(20))) struct ExpiryTests {
  private static let day: Duration = .seconds(86_400)

  private func served(_ road: Road, _ clock: HandClock) async throws -> Household {
    let house = try await Household(road, clocks: clock.clocks)
    try await house.submit(manifest("one", "subjects: [s-3]", "priority: urgent"))
    try await house.settled("one")
    try await house.drop("bad name.yaml", "hamud: 1\nmodel: small\nforget: {subjects: [nobody-knows-her]}\n")
    await house.witness.wait(for: .requestRefused)
    await house.quiet()
    return house
  }

  /// An hour by the clock that does not jump, and a look.
  private func hour(_ house: Household, _ clock: HandClock) async {
    clock.pass(.seconds(3600))
    await house.quiet()
  }

  @Test func manifestsThenReceipts_end_andWithThemEveryName() async throws {
    let road = try Road()
    let clock = HandClock()
    let house = try await served(road, clock)
    #expect(try FileStatus.ifPresent(road.places.acceptedManifest("one")) != nil)
    for _ in 0..<31 { clock.pass(Self.day); await house.quiet() }
    #expect(try FileStatus.ifPresent(road.places.acceptedManifest("one")) == nil)
    #expect(try house.ledger.manifest(of: try #require(RequestID("one"))) == nil)
    #expect(try FileStatus.ifPresent(road.places.receipt("one")) != nil)
    #expect(try DurableDirectory.list(road.places.rejected).isEmpty)
    for name in ["ledger.sqlite", "ledger.sqlite-wal"] {
      let bytes = try DataFile.read(Paths.join(road.places.state, name), limit: 1 << 26)
      #expect(!String(decoding: bytes, as: UTF8.self).contains("subjects: [s-3]"), "\(name)")
    }
    clock.pass(Self.day * (3 * 365))
    await house.quiet()
    #expect(try FileStatus.ifPresent(road.places.receipt("one")) == nil)
    let receipt = try await house.show("one")
    #expect(receipt.state == .forgotten && receipt.submittedBy == String(Accounts.effectiveUser))
    #expect(receipt.detail == nil && receipt.before == nil && receipt.after == nil && receipt.rows != nil)
    #expect(try Verifier(places: road.places, model: nil).run().code == .success)
    await hour(house, clock)
    #expect(try FileStatus.ifPresent(road.places.receipt("one")) == nil)
    #expect(try house.ledger.verifyAudit().isWhole)
    try await house.stop()
  }

  /// A clock that jumps ahead and back within the hour ends nothing.
  @Test func clockThatJumpsAhead_endsNothing_unlessItStays() async throws {
    let road = try Road()
    let clock = HandClock()
    let house = try await served(road, clock)
    await hour(house, clock)
    clock.jump(Self.day * 4000)
    await hour(house, clock)
    #expect(try FileStatus.ifPresent(road.places.acceptedManifest("one")) != nil)
    clock.jump(.zero - Self.day * 4000)
    await hour(house, clock)
    #expect(try FileStatus.ifPresent(road.places.receipt("one")) != nil)
    clock.jump(Self.day * 40)
    await hour(house, clock)
    await hour(house, clock)
    #expect(try FileStatus.ifPresent(road.places.acceptedManifest("one")) == nil)
    try await house.stop()
  }

  /// The process ended between a file's removal and the ledger's note.
  @Test func fileThatIsGoneAlready_isNoTrouble() async throws {
    let road = try Road()
    let clock = HandClock()
    let house = try await served(road, clock)
    _ = try DurableDirectory.removeFile(road.places.acceptedManifest("one"))
    for _ in 0..<31 { clock.pass(Self.day); await house.quiet() }
    #expect(try house.ledger.manifest(of: try #require(RequestID("one"))) == nil)
    #expect(house.witness.events(.trouble).isEmpty)
    try await house.stop()
  }

  /// A directory has its manifest's name, as good as an immutable file: it keeps no other from ending, and stays due.
  @Test func fileThatCannotBeRemoved_staysDueAlone_andIsSaidOnce() async throws {
    let road = try Road()
    let clock = HandClock()
    let house = try await served(road, clock)
    try await house.submit(manifest("two", "subjects: [s-5]", "priority: urgent"))
    try await house.settled("two")
    let (one, two) = (try #require(RequestID("one")), try #require(RequestID("two")))
    let blocked = road.places.acceptedManifest("one")
    try DurableDirectory.removeFile(blocked)
    try DurableDirectory.make(blocked)
    let copy = Paths.join(road.places.state, "ledger.sqlite.before-2")
    try DurableFile.publish("what there was", to: copy)
    clock.pass(Self.day * 31)
    await house.quiet()
    await hour(house, clock)
    #expect(try house.ledger.manifest(of: two) == nil)
    #expect(try FileStatus.ifPresent(road.places.acceptedManifest("two")) == nil)
    #expect(try DurableDirectory.list(road.places.rejected).isEmpty)
    #expect(try FileStatus.ifPresent(copy) == nil)
    #expect(try house.ledger.manifest(of: one) != nil)
    #expect(house.witness.events(.trouble).count { $0.entry.message.contains(blocked) } == 1)
    clock.pass(Self.day * (3 * 365))
    await house.quiet()
    #expect(try house.ledger.expiredReceipts() == [one, two])
    #expect(house.witness.events(.trouble).count == 1)
    _ = try DurableDirectory.removeTree(blocked)
    await hour(house, clock)
    #expect(try house.ledger.manifest(of: one) == nil)
    try await house.stop()
  }

  @Test func directoryThatCannotBeListed_keepsNothingElseFromEnding() async throws {
    let road = try Road()
    let clock = HandClock()
    let house = try await served(road, clock)
    let one = try #require(RequestID("one"))
    let aside = road.source("accepted")
    try DurableDirectory.rename(road.places.accepted, to: aside)
    clock.pass(Self.day * (4 * 365))
    await house.quiet()
    #expect(try house.ledger.expiredReceipts() == [one])
    #expect(try FileStatus.ifPresent(road.places.receipt("one")) == nil)
    #expect(try DurableDirectory.list(road.places.rejected).isEmpty)
    // It may come back with everything in it.
    #expect(try house.ledger.manifest(of: one) != nil)
    try DurableDirectory.rename(aside, to: road.places.accepted)
    await hour(house, clock)
    #expect(try house.ledger.manifest(of: one) == nil)
    #expect(try FileStatus.ifPresent(road.places.acceptedManifest("one")) == nil)
    try await house.stop()
  }

  @Test func lowDisk_startsNothing_losesNothing_saysItOnce() async throws {
    let road = try Road()
    try DurableFile.publish("low_disk: 100%\n", to: road.places.settingsFile)
    let house = try await Household(road)
    try await house.submit(manifest("one", "subjects: [s-3]", "priority: urgent"))
    await house.quiet()
    await house.quiet()
    #expect(house.witness.events(.lowDisk).count == 1)
    #expect(try #require(house.witness.events(.lowDisk).first).entry.priority == .critical)
    #expect(try await house.show("one").state == .scheduled)
    #expect(try road.receipt("one").state == .scheduled)
    try DurableFile.publish("low_disk: 0%\n", to: road.places.settingsFile)
    try await house.call(.reload)
    #expect(try await house.settled("one").state == .forgotten)
    #expect(house.witness.events(.diskRecovered).count == 1)
    try await house.stop()
  }
}
