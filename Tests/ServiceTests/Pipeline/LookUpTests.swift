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
}
