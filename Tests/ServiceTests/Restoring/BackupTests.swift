import Checkpoints
import Ledger
import Platform
import Requests
import Service
import Testing

/// The walk of the README: a backup while the daemon runs, further erasures, the disk's loss, the backup brought back.
@Suite(.timeLimit(.minutes(20))) struct BackupTests {
  @Test func backup_whileADaemonRuns_bringsEverythingBack_andForgetsAgain() async throws {
    let road = try Road()
    let house = try await Household(road)
    try await house.submit(manifest("one", "subjects: [s-3]", "priority: urgent"))
    try await house.settled("one")
    try await house.submit(manifest("waiting", "samples: [50]"))
    let directory = Paths.join(road.root, "backup")
    let answer = try Backup(of: road.places, to: directory).take(at: WallClock.now)
    #expect(answer["versions"]?.integerValue == 2)
    // Once it is there it is not written over.
    #expect(throws: (any Error).self) { try Backup(of: road.places, to: directory).take(at: WallClock.now) }
    try await house.submit(manifest("two", "subjects: [s-7]", "priority: urgent"))
    try await house.settled("two")
    #expect(try house.ledger.copiedAt() == nil)
    try await house.stop()

    // The disk with /var/lib/hamud is lost; the spool is another one.
    try DurableDirectory.removeTree(road.places.state)
    try copyTree(Paths.join(directory, "var", "lib", "hamud"), to: road.places.state)
    let back = try await Household(road)
    await back.witness.wait(for: .modelLoaded)
    #expect(back.witness.events(.restoredBackup).count == 1)
    #expect(try await back.show("one").state == .forgotten)
    #expect(try await back.show("waiting").state == .accepted)
    let found = try await back.call(.recover(signsOff: false, dryRun: false))
    // The waiting one was in the same batch, and its receipt said so.
    #expect(found["requests"]?.elements?.compactMap(\.stringValue) == ["waiting", "two"])
    #expect(try await back.settled("two").state == .forgotten)
    #expect(try back.ledger.copiedAt() == nil)
    #expect(try back.ledger.verifyAudit().isWhole)
    try await back.stop()
  }

  @Test func backupThatDidNotEnd_isNeverStartedFrom_norTakenForOne() async throws {
    let road = try Road()
    let house = try await Household(road)
    await house.witness.wait(for: .modelLoaded)
    try await house.stop()
    // What cannot be read back ends it in the middle.
    try DurableFile.publish("{}\n", to: Paths.join(road.store.place(of: 1), "hamud.json"))
    let directory = Paths.join(road.root, "backup")
    #expect(throws: CheckpointError.self) { try Backup(of: road.places, to: directory).take(at: WallClock.now) }
    let places = Places(root: directory)
    #expect(try FileStatus.ifPresent(places.unfinishedBackup) != nil)
    #expect(throws: ControlError.self) { try Backup(of: road.places, to: directory).take(at: WallClock.now) }
    let findings = try Verifier(places: places, model: nil).run().json["findings"]?.elements ?? []
    #expect(findings.contains { $0["where"]?.stringValue == places.unfinishedBackup })
    let before = try DurableDirectory.list(places.state)
    #expect(await Daemon(root: directory).run() == 78)
    #expect(try DurableDirectory.list(places.state) == before)
  }

  /// On a machine where nothing is known but the backup.
  @Test func backup_onANewMachine_saysWhatItIs_andGoesOnWhenSignedOff() async throws {
    let road = try Road()
    let house = try await Household(road)
    try await house.submit(manifest("one", "subjects: [s-3]", "priority: urgent"))
    try await house.settled("one")
    let directory = Paths.join(road.root, "backup")
    _ = try Backup(of: road.places, to: directory).take(at: WallClock.now)
    try await house.stop()
    for path in [road.places.state, road.places.spool] {
      try DurableDirectory.removeTree(path)
      try copyTree(directory + path.dropFirst(road.places.prefix.count), to: path)
    }
    let back = try await Household(road)
    await back.witness.wait(for: .modelLoaded)
    let told = try #require(back.witness.events(.restoredBackup).first)
    #expect(told.entry.message.contains("a backup that was taken at"))
    try await back.call(.recover(signsOff: false, dryRun: false))
    try await back.submit(manifest("three", "subjects: [s-9]", "priority: urgent"))
    #expect(try await back.settled("three").version == 3)
    #expect(try road.receipt("one").state == .forgotten)
    try await back.stop()
  }

  /// After an older ledger was brought back, what is served is a version that it does not know: the copy serves it too, for the
  /// others remember what it has forgotten.
  @Test func backup_whileWhatIsServedIsUnknownToTheLedger_servesThatToo() async throws {
    let road = try await Road.servedSinceACopy()
    try road.bringLedgerBack()
    let house = try await Household(road)
    await house.witness.wait(for: .modelLoaded)
    try await house.call(.pause(model: Road.model, dryRun: false))
    try await house.call(.recover(signsOff: false, dryRun: false))
    #expect(try house.ledger.model(Road.model)?.serving == 3)
    let directory = Paths.join(road.root, "backup")
    let answer = try Backup(of: road.places, to: directory).take(at: WallClock.now)
    #expect(answer["versions"]?.integerValue == 3)
    try await house.stop()

    try DurableDirectory.removeTree(road.places.state)
    try copyTree(Paths.join(directory, "var", "lib", "hamud"), to: road.places.state)
    #expect(try road.current() == "versions/000003")
    let back = try await Household(road)
    await back.witness.wait(for: .modelLoaded)
    try await back.call(.recover(signsOff: false, dryRun: false))
    await back.witness.wait(for: .modelLoaded, 2)
    #expect(try road.current() == "versions/000003")
    try await back.call(.unpause(model: Road.model, dryRun: false))
    for id in ["two", "three"] { #expect(try await back.settled(id).state == .forgotten) }
    await back.quiet()
    #expect(try road.current() == "versions/000004" && road.versions == [1, 2, 4])
    try await back.stop()
  }
}
