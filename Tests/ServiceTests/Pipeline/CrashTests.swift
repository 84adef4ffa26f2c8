import Checkpoints
import Ledger
import Platform
import Requests
import Service
import Testing

/// A process that ends anywhere, and what the next one makes of what it left.
@Suite(.timeLimit(.minutes(20))) struct CrashTests {
  private let urgent = manifest("one", "subjects: [s-3]", "priority: urgent")

  /// The weights that an undisturbed run ends with.
  private static let undisturbed = Task {
    let road = try Road()
    let house = try await Household(road)
    try await house.submit(manifest("one", "subjects: [s-3]", "priority: urgent"))
    try await house.settled("one")
    try await house.stop()
    return try road.weights(2)
  }

  @Test func stop_tellsWhatNoLookHasTold() async throws {
    let road = try Road()
    let house = try await Household(road)
    try await house.submit(manifest("one", "subjects: [s-3]"))
    await house.quiet()
    let id = try #require(RequestID("one"))
    try house.ledger.cancel(id, by: nil, at: Clocks.system.wall())
    try await house.stop()
    #expect(try road.receipt("one").state == .cancelled)
  }

  @Test func stopInMidRun_goesOnToTheSameBits() async throws {
    let road = try Road()
    let witness = Witness()
    witness.close(at: .progressSaved, 2)
    let house = try await Household(road, witness: witness)
    try await house.submit(urgent)
    await witness.wait(for: .progressSaved, 2)
    let stopping = Task { try await house.stop() }
    while !(await house.pipeline.isStopping) { await Task.yield() }
    witness.open()
    try await stopping.value
    #expect(witness.events(.runInterrupted).count == 1)
    #expect(try OfflineReader(places: road.places).show(id: "one")["state"]?.stringValue == "unlearning")
    let next = try await Household(road)
    #expect(try await next.settled("one").state == .forgotten)
    #expect(next.witness.events(.runResumed).count == 1)
    try await next.stop()
    let wanted = try await Self.undisturbed.value
    #expect(try road.weights(2) == wanted)
  }

  @Test func killInMidRun_goesOnToTheSameBits() async throws {
    let road = try Road()
    let witness = Witness()
    witness.close(at: .progressSaved, 2)
    let killed = try await Household(road, witness: witness)
    try await killed.submit(urgent)
    await witness.wait(for: .progressSaved, 2)
    await killed.vanish()
    // Requests that came in meanwhile do not change what the run goes on to.
    let next = try await Household(road)
    try await next.submit(manifest("later", "samples: [0-9]"))
    #expect(try await next.settled("one").state == .forgotten)
    #expect(next.witness.events(.runResumed).count == 1)
    let wanted = try await Self.undisturbed.value
    #expect(try road.weights(2) == wanted)
    try await next.stop()
    try await killed.bury()
  }

  @Test func pauseInMidRun_savesIt_andUnpauseGoesOn() async throws {
    let road = try Road()
    let witness = Witness()
    witness.close(at: .progressSaved, 2)
    let house = try await Household(road, witness: witness)
    try await house.submit(urgent)
    await witness.wait(for: .progressSaved, 2)
    try await house.call(.pause(model: Road.model, dryRun: false))
    witness.open()
    await witness.wait(for: .runInterrupted)
    #expect(try await house.show("one").state == .unlearning)
    try await house.call(.unpause(model: Road.model, dryRun: false))
    #expect(try await house.settled("one").state == .forgotten)
    let wanted = try await Self.undisturbed.value
    #expect(try road.weights(2) == wanted)
    try await house.stop()
  }

  @Test func endBetweenLedgerAndReceipt_isTold() async throws {
    let road = try Road()
    let first = try await Household(road)
    await first.witness.wait(for: .modelLoaded)
    try await first.stop()
    let ledger = try Ledger(path: road.places.ledger)
    let text = manifest("one", "samples: [1, 2]")
    let parsed = try Manifest.parse(Array(text.utf8), fileStem: "one")
    _ = try ledger.accept(
      Submission(
        manifest: parsed, bytes: Array(text.utf8), submitter: Submitter(uid: 0, name: "root"),
        receivedAt: WallClock.now,
        resolution: Resolution(rows: RowSet([1, 2]), trainingRows: 240, maxForgetShare: 1)),
      quotas: .none, at: WallClock.now)
    try ledger.close()
    // The file was not removed either.
    try road.drop("one.yaml", text)
    let next = try await Household(road)
    await next.pipeline.note(.movedIn("one.yaml"))
    await next.witness.wait(for: .requestAccepted)
    await next.witness.wait(for: .requestKnown)
    await next.pipeline.look()
    #expect(try road.receipt("one").state == .accepted)
    #expect(try DataFile.read(road.places.acceptedManifest("one"), limit: 1000) == Array(text.utf8))
    #expect(next.witness.events(.requestAccepted).count == 1)
    #expect(try DurableDirectory.list(road.places.incoming).isEmpty)
    try await next.stop()
  }

  @Test func endBetweenAdoptingAndLedger_isDoneAgain() async throws {
    let road = try Road()
    let witness = Witness()
    witness.close(at: .progressSaved, 2)
    let killed = try await Household(road, witness: witness)
    try await killed.submit(urgent)
    await witness.wait(for: .progressSaved, 2)
    await killed.vanish()
    // What the dead process had adopted: a version of which the ledger knows nothing.
    let candidate = try road.store.importDirectory(from: road.source("model"), number: 2)
    var record = VersionRecord(model: Road.model, version: 2, created: WallClock.now.rfc3339())
    record.parent = 1
    _ = try road.store.adopt(try road.store.seal(candidate, record: record))
    let next = try await Household(road)
    #expect(try await next.settled("one").version == 2)
    let wanted = try await Self.undisturbed.value
    #expect(try road.weights(2) == wanted)
    try await next.stop()
    try await killed.bury()
  }

  @Test func endBetweenLedgerAndLink_isMended() async throws {
    let road = try Road()
    let house = try await Household(road)
    try await house.submit(urgent)
    try await house.settled("one")
    try await house.stop()
    let link = road.places.model(Road.model) + "/current"
    try DurableDirectory.swapSymlink(at: link, to: "versions/000001")
    // And its progress was not removed, whose weights still remember.
    try DurableFile.publish("left", to: road.store.progressPath(batch: 1))
    let next = try await Household(road)
    await next.witness.wait(for: .modelLoaded)
    #expect(try DurableDirectory.target(ofLink: link) == "versions/000002")
    #expect(road.savedProgress.isEmpty)
    #expect(try await next.show("one").state == .forgotten)
    try await next.stop()
  }

  @Test func mark_tellsAnOrderlyEndFromAnother() throws {
    let road = try Road()
    let first = try RunningMark(road.places)
    #expect(!first.wasLeft)
    let second = try RunningMark(road.places)
    #expect(second.wasLeft)
    try second.remove()
    #expect(!(try RunningMark(road.places).wasLeft))
  }
}
