import Ledger
import Platform
import Requests
import Service
import Testing

/// The circuit breaker: a queue that wears its model out.
@Suite(.timeLimit(.minutes(20))) struct DamageBudgetTests {
  private static func settings(_ budget: Double) -> String {
    """
    unlearning: {batch_size: 64, radius: {relative: 5e-3}, evaluate_every: 5}
    policy: {on_hardness: continue, retain_budget: 5, max_forget_share: 1, damage_budget: \(budget)}
    batching: {max_wait: 1h}
    """
  }

  private func paused(_ house: Household) async throws -> String? {
    try await house.call(.status)["models"]?.elements?.first?["paused"]?.stringValue
  }

  @Test func spentBudget_stopsTheQueue_untilItIsRaised() async throws {
    let road = try Road(Self.settings(0))
    let house = try await Household(road)
    try await house.submit(manifest("one", "samples: [0-119]", "priority: urgent"))
    try #require(try await house.settled("one").state == .forgotten)
    let version = try #require(try house.ledger.versions(of: Road.model).last)
    let (before, after) = (try #require(try road.receipt("one").before), try #require(try road.receipt("one").after))
    let fall = try #require(before.heldoutAccuracy) - (try #require(after.heldoutAccuracy))
    #expect(abs(try #require(version.heldoutFall) - fall) < 1e-5)
    // Half of what it was trained on is gone.
    try #require(fall > 0)
    await house.witness.wait(for: .damageBudgetSpent)
    #expect(try #require(house.witness.events(.damageBudgetSpent).first).entry.priority == .critical)
    #expect(try await paused(house) == "damage_budget")
    try await house.submit(manifest("two", "samples: [200]", "priority: urgent"))
    await house.quiet()
    #expect(try await house.show("two").state == .accepted)
    #expect(house.witness.events(.damageBudgetSpent).count == 1)
    try road.configure(Self.settings(1))
    try await house.call(.reload)
    #expect(try await house.settled("two").state == .forgotten)
    #expect(try await paused(house) == nil)
    try await house.stop()
  }

  /// A run ended after the models were looked at, and the same look goes on to the next run.
  @Test func budgetSpentSinceTheModelsWereLookedAt_startsNoRun() async throws {
    let road = try Road(Self.settings(0))
    // Nothing looks but this test.
    let house = try await Household(road, looks: false)
    await house.pipeline.prepareToOpen()
    await house.pipeline.openModels()
    try await house.submit(manifest("one", "samples: [0-119]", "priority: urgent"))
    await house.pipeline.look()
    try #require(try await house.settled("one").state == .forgotten)
    try #require(try house.ledger.damage(of: Road.model) > 0)
    try await house.submit(manifest("two", "samples: [200]", "priority: urgent"))
    let two = try #require(RequestID("two"))
    try #require(try house.ledger.createBatch(of: [two], at: WallClock.now).number != nil)
    try await house.pipeline.beginRun()
    #expect(try await house.show("two").state == .scheduled)
    #expect(house.witness.events(.runBegan).count == 1)
    #expect(house.witness.events(.damageBudgetSpent).count == 1)
    #expect(try await paused(house) == "damage_budget")
    try await house.stop()
  }

  @Test func modelThatCannotBeServed_keepsNoOtherFromBeingWatched() async throws {
    let road = try Road(Self.settings(0))
    try road.configure(Road.usual, model: "before")
    let house = try await Household(road)
    await house.witness.wait(for: .modelLoaded, 2)
    let current = Paths.join(road.places.model("before"), "current")
    try DurableDirectory.removeFile(current)
    try DurableFile.publish("no link", to: current)
    try await house.submit(manifest("one", "samples: [0-119]", "priority: urgent"))
    try #require(try await house.settled("one").state == .forgotten)
    await house.quiet()
    #expect(!house.witness.events(.trouble).isEmpty)
    #expect(house.witness.events(.damageBudgetSpent).count == 1)
    try await house.stop()
  }

  @Test func rollback_toAHealthierVersion_letsTheQueueGoOn() async throws {
    let road = try Road(Self.settings(0))
    let house = try await Household(road)
    try await house.submit(manifest("one", "samples: [0-119]", "priority: urgent"))
    try await house.settled("one")
    await house.witness.wait(for: .damageBudgetSpent)
    try await house.call(.rollback(model: Road.model, version: 1, servesNow: false, dryRun: false))
    // Served again, with the same harm: it stops again, and nothing is lost by that.
    #expect(try await house.settled("one").version == 3)
    await house.witness.wait(for: .damageBudgetSpent, 2)
    #expect(try await paused(house) == "damage_budget")
    try await house.stop()
  }
}
