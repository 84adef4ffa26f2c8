import Checkpoints
import Ledger
import Platform
import Requests
import Service
import Testing

/// Training data that their owner writes to, in place and without another size, while a batch runs.
@Suite(.timeLimit(.minutes(20))) struct ChangedDuringRunTests {
  private let road: Road
  private let witness = Witness()
  private let (before, after): ([UInt8], [UInt8])

  init() throws {
    road = try Road()
    // Of a row without any content the model knows less than of most that it never saw: there is nothing to forget.
    var rows = SmallData.shared.train
    rows.samples = Array(repeating: 0, count: rows.samples.count)
    try road.write(rows, to: "other")
    before = try DataFile.read(road.source("train.safetensors"), limit: 1 << 20)
    after = try DataFile.read(road.source("other.safetensors"), limit: 1 << 20)
  }

  private func write(_ bytes: [UInt8]) throws {
    try Neighbour.overwrite(road.source("train.safetensors"), with: bytes)
  }

  /// A request whose run stands still where it says this for the first time.
  private func standing(at kind: EventKind) async throws -> Household {
    witness.close(at: kind, 1)
    let house = try await Household(road, witness: witness)
    try await house.submit(manifest("a", "subjects: [s-3]", "priority: urgent"))
    await witness.wait(for: kind)
    return house
  }

  /// The owner brings the old data back, and the model can be used again.
  private func restore(_ house: Household) async throws {
    await house.quiet()
    try write(before)
    await house.pipeline.look()
    await witness.wait(for: .modelUnpaused)
  }

  @Test func whatWasMeasuredOfOtherData_countsForNothing_andTheBatchRunsAgain() async throws {
    let house = try await standing(at: .runBegan)
    try write(after)
    witness.open()
    await witness.wait(for: .dataChanged)
    #expect(try await house.show("a").state == .unlearning)
    #expect(road.savedProgress.isEmpty && road.versions == [1])
    try await restore(house)
    let receipt = try await house.settled("a")
    #expect(receipt.state == .forgotten && receipt.reason == .target && receipt.version == 2)
    #expect(try house.ledger.verifyAudit().problems.isEmpty)
    try await house.stop()
  }

  /// The run notices at its next save, and what was saved before is of the old data.
  @Test func runOverOtherData_stopsByItself_andGoesOnFromWhatWasSavedBefore() async throws {
    let house = try await standing(at: .progressSaved)
    #expect(road.savedProgress == ["1.safetensors"])
    try write(after)
    witness.open()
    await witness.wait(for: .dataChanged)
    #expect(try await house.show("a").state == .unlearning)
    #expect(road.savedProgress == ["1.safetensors"] && road.versions == [1])
    #expect(witness.events(.progressSaved).count == 1 && witness.events(.dataChangedInRun).count <= 1)
    try await restore(house)
    #expect(try await house.settled("a").state == .forgotten)
    #expect(witness.events(.runResumed).count == 1 && witness.events(.runBegan).count == 1)
    try await house.stop()
  }

  /// Its rows cannot be looked up before the run has ended. That is said without a digest by which its subject could be guessed.
  @Test func manifestThatWaitsForTheRun_isNamedByItsFilesName() async throws {
    let house = try await standing(at: .progressSaved)
    try write(after)
    let text = manifest("b", "subjects: [s-4]")
    try await house.drop("b.yaml", text)
    await witness.wait(for: .fileDeferred)
    let told = try #require(witness.events(.fileDeferred).first)
    #expect(told.entry.fields.map(\.value) == [SHA256Digest.of("b.yaml").description])
    #expect(!told.entry.message.contains(SHA256Digest.of(text).prefix(12)))
    witness.open()
    await witness.wait(for: .dataChanged)
    try await restore(house)
    #expect(try await house.settled("a").state == .forgotten)
    try await house.stop()
  }

  /// What was saved before the change is of the old data, and is gone on from when they are back.
  @Test func stopAfterTheChange_savesNothing() async throws {
    let house = try await standing(at: .progressSaved)
    let path = road.store.progressPath(batch: 1)
    let saved = try DataFile(path: path).sha256()
    try write(after)
    try await house.call(.pause(model: Road.model, dryRun: false))
    witness.open()
    await witness.wait(for: .runInterrupted)
    #expect(try DataFile(path: path).sha256() == saved)
    // Neither a full disk nor a run that goes on; and said once.
    let told = witness.events(.dataChangedInRun).map(\.entry.message)
    #expect(told.map { $0.contains("hamuctl rematch \(Road.model)") } == [true])
    #expect(witness.events(.progressNotSaved).isEmpty)
    await witness.wait(for: .dataChanged)
    try await restore(house)
    try await house.call(.unpause(model: Road.model, dryRun: false))
    #expect(try await house.settled("a").state == .forgotten)
    #expect(witness.events(.runResumed).count == 1)
    let other = try Road()
    let undisturbed = try await Household(other)
    try await undisturbed.submit(manifest("a", "subjects: [s-3]", "priority: urgent"))
    try await undisturbed.settled("a")
    try await undisturbed.stop()
    #expect(try road.weights(2) == other.weights(2))
    try await house.stop()
  }

  /// Where a row is gone with the change, the batch is over: by `rematch` its request is held, by `import` it has ended. What was saved
  /// before the change still remembers.
  @Test(arguments: [true, false])
  func savedProgressOfABatchThatOtherDataEnd_isRemoved(_ isRematched: Bool) async throws {
    let house = try await standing(at: .progressSaved)
    try write(after)
    witness.open()
    await witness.wait(for: .dataChanged)
    await house.quiet()
    try leaveOut { $0 % 20 == 3 }
    await house.quiet()
    #expect(road.savedProgress == ["1.safetensors"])
    if isRematched {
      try await house.call(.rematch(model: Road.model, dryRun: false))
    } else {
      try road.writeModel(SmallData.shared.retrained, to: road.source("retrained"))
      _ = try await ImportTransfer.send(
        directory: road.source("retrained"), model: Road.model, dryRun: false,
        through: ControlClient(places: road.places))
    }
    #expect(try await house.settled("a").state == (isRematched ? .held : .forgotten))
    #expect(road.savedProgress.isEmpty)
    try await house.stop()
  }

  /// Of the training rows and of those that own them, as when the file is made anew.
  private func leaveOut(_ isMeant: (Int) -> Bool) throws {
    var rows = SmallData.Rows()
    let kept = (0..<SmallData.trainRows).filter { !isMeant($0) }
    for row in kept {
      rows.samples += SmallData.shared.train.row(row)
      rows.labels.append(SmallData.shared.train.labels[row])
    }
    try road.write(rows, to: "train")
    try road.writeOwners(kept)
  }
}
