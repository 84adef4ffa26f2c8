import Ledger
import Platform
import Requests
import Service
import Testing

/// Requests that were accepted while nobody could say which rows they mean: before that is known, nothing is trained on
/// what may be theirs.
@Suite(.timeLimit(.minutes(20))) struct LookUpTests {
  /// Leaves a request whose rows are known, and of which something would begin at the next look: its run, or else its
  /// batch.
  private func leaveReady(_ road: Road, model: String, _ isScheduled: Bool) async throws -> RequestState {
    try DurableFile.publish("low_disk: 100%\n", to: road.places.settingsFile)
    let house = try await Household(road)
    try await house.submit(manifest("ready", "samples: [100]", isScheduled ? "priority: urgent" : "", model: model))
    await house.quiet()
    let state = try house.record("ready").state
    #expect(state == (isScheduled ? .scheduled : .accepted))
    try await house.stop()
    _ = try DurableDirectory.removeFile(road.places.settingsFile)
    return state
  }

  @Test(arguments: [true, false])
  func manyOfThem_areLookedUpSomeAtATime_andNothingBeginsBefore(_ isScheduled: Bool) async throws {
    let road = try Road()
    let before = try await leaveReady(road, model: Road.model, isScheduled)
    // Two are looked up until five seconds are over.
    let house = try await Household(road, clocks: HandClock().clocks(passing: .seconds(2)), looks: false)
    let late = (0..<5).map { "late-\($0)" }
    for (row, id) in late.enumerated() {
      try house.acceptUnresolved(manifest(id, "samples: [\(row)]", "priority: urgent"))
    }
    await house.openModels()
    try await house.call(.flush(model: nil, dryRun: false))
    house.witness.close(at: .runBegan, 1)
    for left in [3, 1] {
      await house.pipeline.look()
      #expect(try house.ledger.unresolvedRequests(of: Road.model).count == left)
      #expect(try house.record("ready").state == before)
      #expect(try late.allSatisfy { try house.record($0).summary.batch == nil })
      #expect(house.witness.events(.runBegan).isEmpty)
    }
    await house.pipeline.look()
    #expect(try house.ledger.unresolvedRequests(of: Road.model).isEmpty)
    await house.witness.wait(for: .runBegan)
    #expect(try house.record("ready").state == .unlearning)
    // What was scheduled before stays as it was; a batch that is made now has them all.
    #expect(try late.allSatisfy { try house.record($0).summary.batch == (isScheduled ? nil : 1) })
    house.witness.open()
    try await house.stop()
  }

  @Test(arguments: [true, false])
  func oneThatCannotBeLookedUp_holdsUpItsModelAndNoOther(_ isScheduled: Bool) async throws {
    let road = try Road()
    let table = try Table(road)
    let before = try await leaveReady(road, model: Table.model, isScheduled)
    let house = try await Household(road, looks: false)
    try house.acceptUnresolved(
      manifest("late", "samples: [\(Table.spoiltRow)]", "priority: urgent", model: Table.model))
    try house.acceptUnresolved(manifest("other", "samples: [50]", "priority: urgent"))
    await house.openModels()
    try await house.call(.flush(model: nil, dryRun: false))
    try table.spoil()
    for look in 1...2 {
      await house.pipeline.look()
      #expect(try house.ledger.unresolvedRequests(of: Table.model).map(\.text) == ["late"])
      #expect(try house.record("ready").state == before)
      #expect(house.witness.events(.trouble).count == look)
      // It has been looked up, and what became of it does not matter here.
      #expect(try await house.settled("other").batch != nil)
      #expect(house.witness.events(.runBegan).count == 1)
    }
    try table.mend()
    house.witness.close(at: .runBegan, 2)
    await house.pipeline.look()
    await house.witness.wait(for: .runBegan, 2)
    #expect(try house.record("late").summary.rows == 1 && house.witness.events(.trouble).count == 2)
    #expect(try house.record("ready").state == .unlearning)
    house.witness.open()
    try await house.stop()
  }

  /// A request of each name; while the table is spoilt only the last can be looked up.
  private func leaveUnreadable(_ ids: [String], _ house: Household) throws {
    for id in ids {
      let row = id == ids.last ? Table.spoiltRow + 1 : Table.spoiltRow
      try house.acceptUnresolved(manifest(id, "samples: [\(row)]", "priority: urgent", model: Table.model))
    }
  }

  /// As one whose disk is not mounted is tried again every minute, which may be sooner than the others are through.
  @Test func modelThatIsTriedAgain_startsNoOthersLookUpsOver() async throws {
    let road = try Road()
    let table = try Table(road)
    let usual = String(decoding: try DataFile.read(road.configuration(), limit: 10_000), as: UTF8.self)
    try DurableFile.publish(
      usual.replacing(road.source("train"), with: road.source("away")), to: road.configuration("away"))
    // One is looked up until five seconds are over.
    let house = try await Household(road, clocks: HandClock().clocks(passing: .seconds(3)), looks: false)
    try leaveUnreadable(["bad-0", "bad-1", "good"], house)
    await house.openModels()
    try table.spoil()
    for looked in 1...3 {
      #expect(try house.ledger.unresolvedRequests(of: Table.model).count == 3)
      await house.pipeline.look()
      #expect(house.witness.events(.trouble).count == min(looked, 2))
      await house.pipeline.openModels()
    }
    #expect(house.witness.events(.modelUnusable).count == 1)
    #expect(try house.record("good").summary.rows == 1)
    try await house.stop()
  }

  /// The one that comes first in every order is never through, as it is opened again after each look.
  @Test func modelThatIsNeverThrough_leavesTheOthersTheirTurn() async throws {
    let road = try Road()
    let table = try Table(road)
    let house = try await Household(road, clocks: HandClock().clocks(passing: .seconds(3)), looks: false)
    try leaveUnreadable(["bad-0", "bad-1", "good"], house)
    for (row, id) in ["late-0", "late-1"].enumerated() {
      try house.acceptUnresolved(manifest(id, "samples: [\(row)]", "priority: urgent"))
    }
    await house.openModels()
    try table.spoil()
    house.witness.close(at: .runBegan, 1)
    for _ in 1...4 {
      #expect(house.witness.events(.runBegan).isEmpty)
      await house.pipeline.look()
      // Whatever it answers, the model was held for it, and may be another one now.
      _ = await house.refusal(.rematch(model: Table.model, dryRun: true))
    }
    await house.witness.wait(for: .runBegan)
    for id in ["late-0", "late-1"] { #expect(try house.record(id).summary.batch == 1) }
    #expect(try house.ledger.unresolvedRequests(of: Table.model).count == 3)
    house.witness.open()
    try await house.stop()
  }
}
