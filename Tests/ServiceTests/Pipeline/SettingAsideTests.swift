import Checkpoints
import Ledger
import Platform
import Requests
import Service
import Testing

/// A batch of which one request cannot be forgotten for free, because the data hold copies of its rows that stay.
@Suite(.timeLimit(.minutes(20))) struct SettingAsideTests {
  private static let hard = (0..<35).map { 6 * $0 + 4 }
  private static let easy = (0..<30).map { 7 * $0 + 2 }.filter { !hard.contains($0) }
  private static let settings = """
    unlearning:
      {batch_size: 300, radius: {relative: 2e-3}, constraint: {ratio: 0.5}, max_steps: 400, evaluate_every: 5,
      controller: off}
    policy: {on_hardness: stop, retain_budget: 10, max_forget_share: 1}
    batching: {max_wait: 1h}
    """

  private static var data: SmallData.Rows {
    var rows = SmallData.shared.train
    for row in hard {
      rows.samples += rows.row(row)
      rows.labels.append(rows.labels[row])
    }
    return rows
  }

  private static func samples(_ rows: [Int]) -> String {
    "samples: [\(rows.map(String.init).joined(separator: ", "))]"
  }

  private func house(_ witness: Witness = Witness()) async throws -> (Road, Household) {
    let road = try Road(Self.settings, data: Self.data)
    return (road, try await Household(road, witness: witness))
  }

  private func submit(_ house: Household) async throws {
    try await house.submit(manifest("easy", Self.samples(Self.easy)))
    try await house.submit(manifest("hard", Self.samples(Self.hard), "priority: urgent"))
  }

  @Test func hardRequest_isHeld_andTheOtherIsForgotten() async throws {
    let (road, house) = try await house()
    try await submit(house)
    let (easy, hard) = (try await house.settled("easy"), try await house.settled("hard"))
    #expect(easy.state == .forgotten && easy.reason == .target && easy.version == 2 && easy.batch == 1)
    #expect(hard.state == .held && hard.reason == .unavoidable && hard.version == nil && hard.batch == 2)
    let own = try #require(hard.hardness)
    #expect(own.isUnavoidable && (own.leastCost ?? 0) > 0 && own.leastCostError != nil)
    #expect(easy.hardness?.leastCost != own.leastCost)
    #expect(hard.goingOn?.retainCostPerStep != nil && hard.after?.membershipAUC != nil)
    #expect(hard.detail?.contains("the others of its batch are forgotten in version 2") == true)
    #expect(try house.ledger.batch(1)?.state == .published)
    #expect(try house.ledger.batch(2)?.state == .held)
    // The version speaks of what it serves, and keeps the hard rows out of what it retained.
    let record = try road.store.verifyDigests(2).record
    #expect(record.requests.map(\.id) == ["easy"])
    #expect(RowSet(ranges: record.retainRows).intersection(RowSet(Self.hard + Self.easy)).isEmpty)
    #expect(try house.ledger.tombstones(of: Road.model).map(\.row) == Self.easy)
    #expect(road.savedProgress.isEmpty)
    #expect(try house.ledger.verifyAudit().isWhole)
    let told = try #require(house.witness.events(.requestSetAside).first)
    #expect(told.entry.priority == .warning)
    #expect(told.entry.fields.filter { $0.name == "HAMUD_REQUEST_ID" }.map(\.value) == ["hard"])
    // Why it is hard: copies of its rows stay.
    let copies = try #require(hard.nearDuplicates)
    #expect(copies.count == Self.hard.count && easy.nearDuplicates == nil)
    #expect(copies.pairs.first == .init(Self.hard[0], stays: SmallData.trainRows) && copies.pairs.count == 20)
    let warned = house.witness.events(.nearDuplicates)
    #expect(warned.count == 1 && warned.first?.entry.priority == .warning)
    #expect(warned.first?.entry.fields.filter { $0.name == "HAMUD_REQUEST_ID" }.map(\.value) == ["hard"])
    try await house.stop()
  }

  @Test func heldOne_canBePaidFor_orCancelled() async throws {
    let (road, house) = try await house()
    try await submit(house)
    _ = try await house.settled("hard")
    _ = try await house.settled("easy")
    try await house.call(.resume(id: "hard", acceptRetainCost: 1000, dryRun: false))
    let paid = try await house.settled("hard")
    // Whatever its run came to, it is a run of its own, from the version that forgot the other.
    #expect(paid.batch == 2 && paid.reason != .unavoidable && (paid.steps ?? 0) > 0)
    if paid.state == .forgotten {
      #expect(paid.version == 3)
    } else {
      try await house.call(.cancel(id: "hard", dryRun: false))
      #expect(try await house.settled("hard").state == .cancelled)
      #expect(road.versions == [1, 2])
    }
    try await house.stop()
  }

  @Test func killWhileItIsSetAside_comesToTheSameEnd() async throws {
    let (calm, undisturbed) = try await house()
    try await submit(undisturbed)
    let wanted = (try await undisturbed.settled("easy"), try await undisturbed.settled("hard"))
    try await undisturbed.stop()
    let witness = Witness()
    witness.close(at: .requestSetAside, 1)
    let (road, killed) = try await house(witness)
    try await submit(killed)
    await witness.wait(for: .requestSetAside)
    await killed.vanish()
    let next = try await Household(road)
    let found = (try await next.settled("easy"), try await next.settled("hard"))
    #expect(found.0.state == .forgotten && found.1.state == .held && found.1.batch == 2)
    #expect(found.0.after == wanted.0.after && found.1.hardness == wanted.1.hardness)
    #expect(try road.weights(2) == calm.weights(2))
    try await next.stop()
    try await killed.bury()
  }

  @Test func batchHeldAltogether_saysOfEachWhy() async throws {
    let road = try Road(Self.settings.replacing("max_steps: 400", with: "max_steps: 24"), data: Self.data)
    let house = try await Household(road)
    try await submit(house)
    let (easy, hard) = (try await house.settled("easy"), try await house.settled("hard"))
    #expect(easy.state == .held && easy.reason == .maxSteps && easy.batch == 1)
    #expect(hard.state == .held && hard.reason == .unavoidable && hard.batch == 1)
    #expect(hard.detail?.contains("its run went on without it") == true)
    #expect(road.versions == [1] && road.savedProgress == ["1.safetensors"])
    try await house.stop()
  }
}
