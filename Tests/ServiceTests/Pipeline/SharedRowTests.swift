import Checkpoints
import Ledger
import Platform
import Requests
import Service
import Testing

/// One row that several requests name: each of their receipts speaks of it, and none may be lost for the other.
@Suite(.timeLimit(.minutes(20))) struct SharedRowTests {
  private let road: Road

  init() throws { road = try Road() }

  /// Two requests of the same subject in one batch, and a third one that found it forgotten.
  private func served() async throws -> Household {
    let house = try await Household(road)
    for id in ["a", "b"] { try await house.submit(manifest(id, "subjects: [s-3]")) }
    try await house.call(.flush(model: Road.model, dryRun: false))
    for id in ["a", "b"] { #expect(try await house.settled(id).state == .forgotten) }
    let third = try await house.submit(manifest("c", "subjects: [s-3]"))
    #expect(third.state == .forgotten)
    await house.quiet()
    return house
  }

  /// Without the original row 1, which nobody named.
  private func removeARow() throws {
    let order = (0..<240).filter { $0 != 1 }
    var rows = SmallData.Rows()
    for row in order {
      rows.samples += SmallData.shared.train.row(row)
      rows.labels.append(SmallData.shared.train.labels[row])
    }
    try road.write(rows, to: "train")
    try road.writeOwners(order)
  }

  private func notice(_ house: Household) async throws {
    try removeARow()
    await house.pipeline.look()
    await house.witness.wait(for: .dataChanged)
  }

  @Test func rematch_findsItForBoth() async throws {
    let house = try await served()
    try await notice(house)
    let answer = try await house.call(.rematch(model: Road.model, dryRun: false))
    #expect(answer["message"]?.stringValue?.contains(" 0 are gone") == true)
    let stones = try house.ledger.markedTombstones(of: Road.model)
    #expect(stones.count == 24 && Set(stones.compactMap(\.row)) == Set((0..<12).map { 3 + 20 * $0 - 1 }))
    try await house.stop()
  }

  @Test func import_bringsBothBack_andNeitherCanBeCancelled() async throws {
    let house = try await served()
    try await house.call(.pause(model: Road.model, dryRun: false))
    let client = ControlClient(places: road.places)
    let would = try await ImportTransfer.send(
      directory: road.source("model"), model: Road.model, dryRun: true, through: client)
    #expect(would["message"]?.stringValue?.contains("12 forgotten rows in its training data") == true)
    let answer = try await ImportTransfer.send(
      directory: road.source("model"), model: Road.model, dryRun: false, through: client)
    #expect(answer["settled"]?.integerValue == 0)
    #expect(answer["reopened"]?.elements?.compactMap(\.stringValue) == ["a", "b"])
    // The third one's receipt rests on them.
    for id in ["a", "b"] {
      let refusal = await house.refusal(.cancel(id: id, dryRun: false))
      #expect(refusal?.message.contains("cannot be cancelled") == true)
    }
    try await house.stop()
  }

  @Test func import_ofAModelThatIsNotWhole_isRefused() async throws {
    let house = try await Household(road)
    await house.witness.wait(for: .modelLoaded)
    let weights = SmallData.shared.weights.map { tensor in
      guard tensor.name == SmallData.shared.weights.last?.name, case .float32(var numbers) = tensor.values else {
        return tensor
      }
      numbers[0] = .nan
      return TensorArray(tensor.name, shape: tensor.shape, .float32(numbers))
    }
    let broken = road.source("broken")
    try road.writeModel(weights, to: broken)
    let error = await #expect(throws: ControlError.self) {
      try await ImportTransfer.send(
        directory: broken, model: Road.model, dryRun: false, through: ControlClient(places: road.places))
    }
    #expect(error?.message.contains("not finite") == true)
    #expect(road.versions == [1])
    try await house.stop()
  }

  /// A row number means the file as it is, also where nobody has looked at it since it was replaced.
  @Test func rowNumber_afterTheDataWereReplaced_isNotThatOfTheOldFile() async throws {
    let house = try await Household(road)
    await house.witness.wait(for: .modelLoaded)
    await house.quiet()
    try removeARow()
    let receipt = try await house.submit(manifest("late", "samples: [100]"))
    #expect(receipt.state == .accepted && receipt.rows == nil)
    #expect(house.witness.events(.dataChanged).count == 1)
    try await house.stop()
  }

  @Test func receiptThatWasRemoved_isWrittenAgain_atTheStart() async throws {
    let house = try await served()
    try await house.stop()
    let before = try DataFile.read(road.places.receipt("a"), limit: 100_000)
    try DurableDirectory.removeFile(road.places.receipt("a"))
    let next = try await Household(road)
    await next.witness.wait(for: .modelLoaded)
    await next.quiet()
    #expect(try DataFile.read(road.places.receipt("a"), limit: 100_000) == before)
    try await next.stop()
  }
}
