import Checkpoints
import Ledger
import Platform
import Requests
import Service
import Testing

/// The ledger is gone and no copy of it is left; spool and models are there.
@Suite(.timeLimit(.minutes(20))) struct LostLedgerTests {
  /// A person has recovered it; nothing runs before `unpause`.
  private func recovered(_ road: Road) async throws -> Household {
    let house = try await Household(road)
    await house.witness.wait(for: .modelUnusable)
    #expect(house.witness.events(.restoredBackup).count == 1)
    #expect(try road.current() == "versions/000003")
    try await house.call(.pause(model: Road.model, dryRun: false))
    try await house.call(.recover(signsOff: true, dryRun: false))
    await house.witness.wait(for: .modelLoaded)
    return house
  }

  private func unpause(_ house: Household) async throws {
    try await house.call(.unpause(model: Road.model, dryRun: false))
  }

  /// The manifest of `two` has ended its time: only what is served still keeps to it.
  @Test func lostLedger_goesOnFromWhatIsServed_andKeepsWhatNobodyCanAskForAgain() async throws {
    let road = try await Road.servedSinceACopy()
    try road.loseLedger()
    _ = try DurableDirectory.removeFile(road.places.acceptedManifest("two"))
    let weights = try road.weights(3)
    let house = try await recovered(road)
    let told = try #require(house.witness.events(.firstVersion).first)
    #expect(told.entry.message.contains("version 3, which is served"))
    let first = try #require(try house.ledger.versions(of: Road.model).first)
    #expect(first.number == 3 && first.origin == .initial && first.parent == 2)
    #expect(try road.current() == "versions/000003" && road.weights(3) == weights)
    // And on it goes, as any model does.
    try await unpause(house)
    try await house.submit(manifest("four", "subjects: [s-9]", "priority: urgent"))
    for id in ["one", "three", "four"] { #expect(try await house.settled(id).state == .forgotten) }
    await house.quiet()
    #expect(try house.ledger.versions(of: Road.model).map(\.number) == road.versions)
    #expect(road.versions.first == 3)
    #expect(try house.ledger.forgottenRows(of: Road.model).count == 12 * 2 + 1)
    try await house.stop()
    let report = try Verifier(places: road.places, model: nil).run()
    #expect(report.code == .success, "\(report.json.text)")
    let next = try await Household(road)
    await next.witness.wait(for: .modelLoaded)
    #expect(next.witness.events(.restoredBackup).isEmpty && next.witness.events(.firstVersion).isEmpty)
    try await next.stop()
  }

  /// Built upon is only what hamud itself has signed, and only as it was signed. What is served stays nevertheless, until all that it
  /// has forgotten was forgotten again.
  @Test(arguments: ["another key", "damaged"])
  func lostLedger_withoutAVersionToTrust_startsAnew_andServesNothingBefore(_ how: String) async throws {
    let road = try await Road.servedSinceACopy()
    try road.loseLedger()
    if how == "damaged" {
      let path = Paths.join(road.store.place(of: 3), "model.safetensors")
      var bytes = try DataFile.read(path, limit: 1 << 24)
      bytes[bytes.count - 1] ^= 1
      try DurableFile.publish(bytes, to: path)
    } else {
      _ = try DurableDirectory.removeFile(road.places.signingKey)
    }
    let house = try await recovered(road)
    let told = try #require(house.witness.events(.firstVersion).first)
    #expect(told.entry.message.contains("was copied as version 4"))
    #expect(try house.ledger.model(Road.model)?.serving == 3 && road.current() == "versions/000003")
    try await unpause(house)
    for id in ["one", "two", "three"] {
      let receipt = try await house.settled(id)
      #expect(receipt.state == .forgotten && receipt.version == 5)
    }
    await house.quiet()
    #expect(try road.store.open(5).record.parent == 4)
    #expect(try road.current() == "versions/000005" && road.versions == [4, 5])
    try await house.stop()
  }

  /// A models directory that came from another machine, without key and spool: what it serves was made by nobody knows whom, and yet
  /// nothing that remembers more takes its place unasked.
  @Test func modelsOfAnotherMachine_stayServed_untilAPersonLetsGoOfThem() async throws {
    let road = try await Road.servedSinceACopy()
    try road.loseLedger()
    for path in [road.places.signingKey, road.places.headCopy] { _ = try DurableDirectory.removeFile(path) }
    for path in [road.places.receipts, road.places.accepted] {
      for name in try DurableDirectory.list(path) { _ = try DurableDirectory.removeFile(Paths.join(path, name)) }
    }
    let house = try await Household(road)
    await house.witness.wait(for: .modelUnusable)
    let told = try #require(house.witness.events(.modelUnusable).first)
    let link = road.places.model(Road.model) + "/current"
    #expect(told.entry.message.contains("version 3 is served") && told.entry.message.contains(link))
    try await house.stop()
    #expect(try road.current() == "versions/000003" && road.versions == [3])
    _ = try DurableDirectory.removeFile(link)
    let next = try await Household(road)
    await next.witness.wait(for: .modelLoaded)
    #expect(try road.current() == "versions/000001" && road.versions == [1])
    try await next.stop()
  }

  /// A retrained model is a way out too.
  @Test func lostLedger_endsWithAnImport() async throws {
    let road = try await Road.servedSinceACopy()
    try road.loseLedger()
    let house = try await recovered(road)
    let retrained = road.source("retrained")
    try road.writeModel(SmallData.shared.weights, to: retrained)
    await house.quiet()
    let answer = try await ImportTransfer.send(
      directory: retrained, model: Road.model, dryRun: false, through: ControlClient(places: road.places))
    #expect(answer["version"]?.integerValue == 4)
    #expect(try road.current() == "versions/000004" && road.versions == [3, 4])
    try await unpause(house)
    for id in ["one", "two"] { #expect(try await house.settled(id).version == 5) }
    try await house.stop()
  }
}
