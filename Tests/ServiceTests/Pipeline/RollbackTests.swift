import Checkpoints
import Ledger
import Platform
import Requests
import Service
import Testing

/// Back to a version that still remembers, and forward again, with the process ending anywhere on the way.
@Suite(.timeLimit(.minutes(20))) struct RollbackTests {
  private static let link = "/current"

  /// Two requests were served: versions 2 and 3.
  private static func served() async throws -> Road {
    let road = try Road()
    let house = try await Household(road)
    try await house.submit(manifest("one", "subjects: [s-3]", "priority: urgent"))
    try await house.settled("one")
    try await house.submit(manifest("two", "subjects: [s-7]", "priority: urgent"))
    try await house.settled("two")
    try await house.stop()
    return road
  }

  private static func current(_ road: Road) throws -> String? {
    try DurableDirectory.target(ofLink: road.places.model(Road.model) + link)
  }

  /// The weights that an undisturbed rollback and its replay end with.
  private static let undisturbed = Task {
    let road = try await served()
    let house = try await Household(road)
    await house.witness.wait(for: .modelLoaded)
    try await house.call(.rollback(model: Road.model, version: 1, servesNow: false, dryRun: false))
    try await house.settled("one")
    try await house.settled("two")
    try await house.stop()
    return try road.weights(4)
  }

  @Test func rollback_isServed_onlyAfterTheReplay() async throws {
    let road = try await Self.served()
    let witness = Witness()
    witness.close(at: .progressSaved, 1)
    let house = try await Household(road, witness: witness)
    await witness.wait(for: .modelLoaded)
    let plan = try await house.call(.rollback(model: Road.model, version: nil, servesNow: false, dryRun: true))
    #expect(plan["version"]?.integerValue == 2 && plan["dry_run"]?.boolValue == true)
    #expect(try await house.show("two").state == .forgotten)
    let answer = try await house.call(.rollback(model: Road.model, version: 1, servesNow: false, dryRun: false))
    #expect(answer["requests"]?.elements?.compactMap(\.stringValue) == ["one", "two"])
    #expect(answer["rows"]?.integerValue == 24 && answer["serving"]?.integerValue == 3)
    await witness.wait(for: .progressSaved, 1)
    #expect(try Self.current(road) == "versions/000003")
    #expect(try await house.call(.status)["models"]?.elements?.first?["owed"]?.integerValue == 2)
    #expect(try await house.call(.status)["models"]?.elements?.first?["version"]?.integerValue == 3)
    // What is served is not what runs start from, and that is as it should be.
    let report = try Verifier(places: road.places, model: nil).run()
    #expect(report.code == .success, "\(report.json.text)")
    let told = try #require(witness.events(.modelRolledBack).first)
    #expect(told.entry.priority == .warning)
    witness.open()
    for id in ["one", "two"] {
      let receipt = try await house.settled(id)
      #expect(receipt.state == .forgotten && receipt.version == 4)
    }
    #expect(try Self.current(road) == "versions/000004")
    #expect(try road.store.open(4).record.parent == 1)
    #expect(try house.ledger.verifyAudit().isWhole)
    try await house.stop()
    let wanted = try await Self.undisturbed.value
    #expect(try road.weights(4) == wanted)
  }

  @Test func serveNow_isCritical_andServesAtOnce() async throws {
    let road = try await Self.served()
    let witness = Witness()
    witness.close(at: .progressSaved, 1)
    let house = try await Household(road, witness: witness)
    await witness.wait(for: .modelLoaded)
    try await house.call(.rollback(model: Road.model, version: 1, servesNow: true, dryRun: false))
    let told = try #require(witness.events(.rolledBackServed).first)
    #expect(told.entry.priority == .critical)
    await witness.wait(for: .progressSaved, 1)
    #expect(try Self.current(road) == "versions/000001")
    witness.open()
    #expect(try await house.settled("two").version == 4)
    #expect(try Self.current(road) == "versions/000004")
    try await house.stop()
  }

  /// The process ends after the ledger's transaction, before anything else happened; and again in the middle of the replay.
  @Test func killedOnTheWay_neverServesWhatRemembers() async throws {
    let road = try await Self.served()
    let ledger = try Ledger(path: road.places.ledger)
    _ = try ledger.rollBack(Road.model, to: 1, servesNow: false, by: 0, at: WallClock.now)
    try ledger.close()
    let witness = Witness()
    witness.close(at: .progressSaved, 2)
    let killed = try await Household(road, witness: witness)
    await witness.wait(for: .progressSaved, 2)
    #expect(try Self.current(road) == "versions/000003")
    #expect(try road.receipt("one").state == .unlearning)
    await killed.vanish()
    let next = try await Household(road)
    #expect(try await next.settled("one").state == .forgotten)
    #expect(try await next.settled("two").state == .forgotten)
    #expect(next.witness.events(.runResumed).count == 1)
    #expect(try Self.current(road) == "versions/000004")
    let wanted = try await Self.undisturbed.value
    #expect(try road.weights(4) == wanted)
    try await next.stop()
    try await killed.bury()
  }

  /// The ledger has the last version, and the process ended before `current` named it.
  @Test func killedBeforeTheLink_isMended() async throws {
    let road = try await Self.served()
    let house = try await Household(road)
    await house.witness.wait(for: .modelLoaded)
    try await house.call(.rollback(model: Road.model, version: 2, servesNow: false, dryRun: false))
    try await house.settled("two")
    try await house.stop()
    try DurableDirectory.swapSymlink(at: road.places.model(Road.model) + Self.link, to: "versions/000003")
    let next = try await Household(road)
    await next.witness.wait(for: .modelLoaded)
    #expect(try Self.current(road) == "versions/000004")
    try await next.stop()
  }

  /// Where nothing else could be served, what remembers would be served at once: so that must be known, not guessed.
  @Test func whatIsServed_andCannotBeReadNow_isNotTakenForLost() async throws {
    let road = try await Self.served()
    let house = try await Household(road)
    await house.witness.wait(for: .modelLoaded)
    // Reading there fails with EIO.
    try DurableDirectory.swapSymlink(at: Paths.join(road.store.place(of: 3), "hamud.json"), to: "/proc/self/mem")
    let refusal = await house.refusal(.rollback(model: Road.model, version: 1, servesNow: false, dryRun: false))
    #expect(refusal?.code == .inputOutput && refusal?.message.contains("--serve-now") == true)
    #expect(try Self.current(road) == "versions/000003")
    #expect(try await house.show("two").state == .forgotten)
    try await house.stop()
  }

  /// It has the sizes of its record still: what a rotting disk leaves, and what nobody should be served.
  @Test func rollback_awayFromADamagedVersion_servesItNoMore() async throws {
    let road = try await Self.served()
    let path = Paths.join(road.store.place(of: 3), "model.safetensors")
    var bytes = try DataFile.read(path, limit: 1 << 24)
    bytes[bytes.count - 1] ^= 1
    try DurableFile.publish(bytes, to: path)
    let witness = Witness()
    witness.close(at: .progressSaved, 1)
    let house = try await Household(road, witness: witness)
    await witness.wait(for: .versionDamaged)
    let plan = try await house.call(.rollback(model: Road.model, version: 2, servesNow: false, dryRun: true))
    #expect(plan["serving"]?.integerValue == 2)
    try await house.call(.rollback(model: Road.model, version: 2, servesNow: false, dryRun: false))
    #expect(witness.events(.rolledBackServed).count == 1)
    await witness.wait(for: .progressSaved, 1)
    #expect(try Self.current(road) == "versions/000002")
    witness.open()
    #expect(try await house.settled("two").version == 4)
    #expect(try Self.current(road) == "versions/000004")
    try await house.stop()
  }

  @Test func rollback_toADamagedVersion_isRefused() async throws {
    let road = try await Self.served()
    let path = Paths.join(road.places.model(Road.model), "versions", "000001", "model.safetensors")
    var bytes = try DataFile.read(path, limit: 1 << 24)
    bytes[bytes.count - 1] ^= 1
    try DurableFile.publish(bytes, to: path)
    let house = try await Household(road)
    await house.witness.wait(for: .modelLoaded)
    let refusal = await house.refusal(.rollback(model: Road.model, version: 1, servesNow: false, dryRun: false))
    #expect(refusal?.code == .inputOutput)
    #expect(try await house.show("one").state == .forgotten)
    try await house.stop()
  }
}
