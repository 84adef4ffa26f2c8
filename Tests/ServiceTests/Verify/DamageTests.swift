import Checkpoints
import Glibc
import Ledger
import Platform
import Requests
import Service
import Testing

/// A damaged version is never built upon, and holds up nobody else.
@Suite(.timeLimit(.minutes(20))) struct DamageTests {
  private let road: Road
  private var weights: String { Paths.join(places.model(Road.model), "versions/000001/model.safetensors") }
  private var places: Places { road.places }

  init() throws { road = try Road() }

  /// Flips a bit in the middle of a file, where it is, as a disk does; twice is as before.
  private func flip(_ path: String) throws {
    let file = open(path, O_RDWR)
    defer { close(file) }
    let middle = off_t(try FileStatus.of(path).size / 2)
    var byte: UInt8 = 0
    #expect(pread(file, &byte, 1, middle) == 1)
    byte ^= 4
    #expect(pwrite(file, &byte, 1, middle) == 1)
  }

  @Test func aVersionThatCouldNotBeLookedAt_isNotTakenForUntouched() async throws {
    let house = try await Household(road)
    try await house.stop()
    let verified = try road.store.verified(1, recordDigest: nil)
    #expect(road.store.isUntouched(verified))
    let unseen = VerifiedVersion(version: verified.version, stamp: nil)
    #expect(!road.store.isUntouched(unseen))
    try DurableDirectory.removeTree(Paths.join(places.model(Road.model), "versions/000001"))
    #expect(!road.store.isUntouched(verified))
    #expect(!road.store.isUntouched(unseen), "nothing seen twice is not the same seen twice")
  }

  @Test func damagedAtStart_pausesTheModel_andGoesOnWhenItIsBroughtBack() async throws {
    let before = try await Household(road)
    try await before.submit(manifest("early", "subjects: [s-3]"))
    try await before.stop()
    try flip(weights)
    let house = try await Household(road)
    await house.witness.wait(for: .versionDamaged)
    let event = try #require(house.witness.events(.versionDamaged).first)
    #expect(event.entry.priority == .critical)
    #expect(event.entry.message.contains("model.safetensors"))
    #expect(try house.ledger.model(Road.model)?.pauses.map(\.reason) == [.damaged])
    try await house.call(.flush(model: nil, dryRun: false))
    await house.quiet()
    #expect(try await house.show("early").state != .forgotten)
    #expect(road.versions == [1])
    try flip(weights)
    await house.quiet()
    await house.witness.wait(for: .modelUnpaused)
    try await house.call(.flush(model: nil, dryRun: false))
    #expect(try await house.settled("early").state == .forgotten)
    #expect(house.witness.events(.versionDamaged).count == 1)
    #expect(house.witness.events(.modelUnpaused).count == 1)
    #expect(try house.ledger.model(Road.model)?.pauses == [])
    try await house.stop()
  }

  /// Without a copy of the version another model takes its place, and the requests that it remembers are served again.
  @Test(arguments: ["damaged", "gone", "gone with its record"])
  func damagedWithoutACopy_endsWithAnImport(_ how: String) async throws {
    let before = try await Household(road)
    try await before.submit(manifest("one", "subjects: [s-3]", "priority: urgent"))
    #expect(try await before.settled("one").version == 2)
    try await before.call(.purge(model: Road.model, now: true, despiteReaders: false, dryRun: false))
    try await before.stop()
    let second = Paths.join(places.model(Road.model), "versions/000002")
    switch how {
    case "damaged": try flip(Paths.join(second, "model.safetensors"))
    case "gone": try DurableDirectory.removeTree(second)
    default: try DurableDirectory.removeFile(Paths.join(second, "hamud.json"))
    }
    let house = try await Household(road)
    await house.witness.wait(for: .versionDamaged)
    // By number: nobody can look it up now, and the data stay the same.
    try await house.submit(manifest("two", "samples: [4]", "priority: urgent"))
    let retrained = road.source("retrained")
    try road.writeModel(SmallData.shared.weights, to: retrained)
    let client = ControlClient(places: places)
    let would = try await ImportTransfer.send(directory: retrained, model: Road.model, dryRun: true, through: client)
    #expect(would["dry_run"]?.boolValue == true)
    let answer = try await ImportTransfer.send(directory: retrained, model: Road.model, dryRun: false, through: client)
    #expect(answer["version"]?.integerValue == 3)
    #expect(answer["reopened"]?.elements?.compactMap(\.stringValue) == ["one"])
    for id in ["one", "two"] { #expect(try await house.settled(id).state == .forgotten) }
    #expect(try house.ledger.model(Road.model)?.pauses == [])
    try await house.call(.purge(model: Road.model, now: true, despiteReaders: false, dryRun: false))
    try await house.stop()
    let report = try Verifier(places: places, model: nil).run()
    #expect(report.code == .success, "\(report.json)")
  }

  @Test func damagedWhileItIsServed_isFoundAtTheNextLook_andOtherModelsGoOn() async throws {
    try road.configure(Road.usual, model: "other")
    let house = try await Household(road)
    await house.witness.wait(for: .modelLoaded, 2)
    try flip(weights)
    await house.quiet()
    await house.witness.wait(for: .versionDamaged)
    try await house.submit(manifest("here", "subjects: [s-3]", "priority: urgent"))
    try await house.submit(manifest("there", "subjects: [s-3]", "priority: urgent", model: "other"), as: "there.yaml")
    #expect(try await house.settled("there").state == .forgotten)
    #expect(try await house.show("here").state != .forgotten)
    #expect(road.versions == [1])
    try await house.stop()
  }

  @Test func damagedAfterTheLastLook_isFoundByTheRunItself() async throws {
    let witness = Witness()
    // Between the look at the files' status and the run's own reading: as damage that no status shows.
    witness.close(at: .requestUnlearning, 1)
    let house = try await Household(road, witness: witness)
    try await house.submit(manifest("one", "subjects: [s-3]", "priority: urgent"))
    await witness.wait(for: .requestUnlearning)
    try flip(weights)
    witness.open()
    await witness.wait(for: .requestFailed)
    #expect(witness.events(.versionDamaged).count == 1 && witness.events(.runBegan).isEmpty)
    let receipt = try await house.show("one")
    #expect(receipt.state == .failed && receipt.detail?.contains("model.safetensors") == true)
    #expect(road.versions == [1])
    try await house.stop()
  }

  @Test func damagedParent_isNotBuiltUpon_whenItChangesDuringTheRun() async throws {
    let witness = Witness()
    witness.close(at: .progressSaved, 1)
    let house = try await Household(road, witness: witness)
    try await house.submit(manifest("one", "subjects: [s-3]", "priority: urgent"))
    await witness.wait(for: .progressSaved)
    try flip(weights)
    witness.open()
    await witness.wait(for: .versionDamaged)
    await house.quiet()
    #expect(road.versions == [1])
    #expect(try await house.show("one").state != .forgotten)
    try await house.stop()
  }
}
