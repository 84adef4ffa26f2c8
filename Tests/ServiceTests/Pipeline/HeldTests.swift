import Checkpoints
import Ledger
import Platform
import Requests
import Service
import Testing

/// Runs that are held or fail, and how they go on.
@Suite(.timeLimit(.minutes(20))) struct HeldTests {
  private static let short = Road.usual.replacing("evaluate_every: 5", with: "evaluate_every: 2, max_steps: 4")

  private func house(_ settings: String) async throws -> (Road, Household) {
    let road = try Road(settings)
    return (road, try await Household(road))
  }

  @Test func maxSteps_isHeld_andGoesOnFromWhereItWas() async throws {
    let (road, house) = try await house(Self.short)
    try await house.submit(manifest("a", "subjects: [s-1]", "priority: urgent"))
    let held = try await house.settled("a")
    #expect(held.state == .held && held.reason == .maxSteps && held.version == nil && held.batch == 1)
    #expect(held.steps == 4 && held.after != nil && held.finishedAt == nil && held.expectedAt == nil)
    #expect(held.detail?.contains("hamuctl resume a --accept-retain-cost X") == true)
    #expect(road.savedProgress == ["1.safetensors"] && road.versions == [1])
    try road.configure(Road.usual)
    try await house.call(.reload)
    let plain = try await house.call(.resume(id: "a", acceptRetainCost: nil, dryRun: true))
    #expect(plain["message"]?.stringValue?.contains("--accept-retain-cost X") == true)
    try await house.call(.resume(id: "a", acceptRetainCost: 0.5, dryRun: false))
    await house.witness.wait(for: .requestForgotten)
    let receipt = try await house.settled("a")
    #expect(receipt.state == .forgotten && receipt.version == 2 && (receipt.steps ?? 0) > 4)
    #expect(receipt.before == held.before && receipt.expectedAt != nil)
    #expect(house.witness.events(.runResumed).count == 1)
    #expect(road.savedProgress.isEmpty)
    try await house.stop()
  }

  /// A right that is missing, or a limit that is reached, says nothing of what was saved.
  @Test func progressThatCannotBeReadNow_isKeptForTheNextTry() async throws {
    // Nobody may read it, not even root.
    let unreadable = "/sys/bus/cpu/uevent"
    guard try FileStatus.ifPresent(unreadable) != nil else { return print("SKIPPED: unreadable progress (no sysfs)") }
    let (road, clock) = (try Road(Self.short), HandClock())
    let house = try await Household(road, clocks: clock.clocks)
    try await house.submit(manifest("a", "subjects: [s-1]", "priority: urgent"))
    #expect(try await house.settled("a").state == .held)
    let (path, aside) = (road.store.progressPath(batch: 1), road.source("aside"))
    try DurableDirectory.rename(path, to: aside)
    try DurableDirectory.swapSymlink(at: path, to: unreadable)
    try road.configure(Road.usual)
    try await house.call(.reload)
    try await house.call(.resume(id: "a", acceptRetainCost: 0.5, dryRun: false))
    var found = try await house.show("a")
    while found.state == .scheduled || found.state == .unlearning {
      try await Task.sleep(for: .milliseconds(20))
      found = try await house.show("a")
    }
    #expect(found.state == .failed && found.reason == .error)
    #expect(house.witness.events(.progressUnusable).isEmpty && road.savedProgress == ["1.safetensors"])
    try DurableDirectory.rename(aside, to: path, replacing: true)
    clock.pass(.seconds(60))
    await house.quiet()
    #expect(try await house.settled("a").state == .forgotten)
    #expect(house.witness.events(.runResumed).count == 1)
    try await house.stop()
  }

  /// They are in the retain set of the saved run, and its weights may have learnt them.
  @Test func rowsForgottenWhileItWasHeld_areNotRetainedWhenItGoesOn() async throws {
    let (road, house) = try await house(Self.short)
    try await house.submit(manifest("a", "subjects: [s-1]", "priority: urgent"))
    #expect(try await house.settled("a").state == .held)
    try road.configure(Road.usual + "\ntarget: {membership_auc: 0.98}")
    try await house.call(.reload)
    try await house.submit(manifest("b", "samples: [2-20, 22-39]", "priority: urgent"))
    let nothing = try await house.settled("b")
    #expect(nothing.reason == .nothingToForget && nothing.version == 1 && road.savedProgress == ["1.safetensors"])
    try road.configure(Road.usual)
    try await house.call(.reload)
    try await house.call(.resume(id: "a", acceptRetainCost: 0.5, dryRun: false))
    await house.witness.wait(for: .requestForgotten, 2)
    #expect(try await house.settled("a").version == 2)
    let retained = RowSet(ranges: try road.store.open(2).record.retainRows)
    #expect(!retained.isEmpty && retained.intersection(RowSet(2...39)).isEmpty)
    #expect(house.witness.events(.progressUnusable).count == 1 && house.witness.events(.runResumed).isEmpty)
    try await house.stop()
  }

  @Test func retry_startsOver_andCancelDiscardsProgress() async throws {
    let (road, house) = try await house(Self.short)
    try await house.submit(manifest("a", "subjects: [s-1]", "priority: urgent"))
    #expect(try await house.settled("a").state == .held)
    #expect(try await house.call(.retry(id: "a", dryRun: true))["dry_run"]?.boolValue == true)
    try await house.call(.retry(id: "a", dryRun: false))
    await house.witness.wait(for: .requestHeld, 2)
    #expect(try await house.settled("a").steps == 4)
    #expect(house.witness.events(.runResumed).isEmpty && house.witness.events(.progressUnusable).isEmpty)
    #expect(road.savedProgress == ["1.safetensors"])
    let would = try await house.call(.cancel(id: "a", dryRun: true))
    #expect(would["message"]?.stringValue?.contains("saved progress is discarded") == true)
    try await house.call(.cancel(id: "a", dryRun: false))
    #expect(road.savedProgress.isEmpty)
    #expect(try await house.settled("a").state == .cancelled)
    try await house.stop()
  }

  @Test func smallBudget_isHeld_withItsSentence() async throws {
    let hard = """
      unlearning:
        {batch_size: 64, objective: cross-entropy, constraint: {ratio: 0.9}, radius: {relative: 5e-3}, controller: off}
      policy: {on_hardness: continue, retain_budget: 0.01, max_forget_share: 1}
      batching: {max_wait: 1h}
      """
    let (_, house) = try await house(hard)
    try await house.submit(manifest("hard", "samples: [0-119]", "priority: urgent"))
    let held = try await house.settled("hard")
    #expect(held.state == .held && held.reason == .retainBudget)
    #expect(held.detail?.contains("more than the budget of 0.01") == true)
    let event = try #require(house.witness.events(.requestHeld).first)
    #expect(event.entry.message.contains("held (retain_budget)"))
    try await house.stop()
  }

  @Test func unavoidable_isAWarningWithItsFigures_andHeld() async throws {
    let hard = """
      unlearning: {batch_size: 64, objective: cross-entropy, constraint: {ratio: 0.9}, radius: {relative: 5e-3}}
      policy: {on_hardness: continue, retain_budget: 100, max_forget_share: 1}
      batching: {max_wait: 1h}
      """
    let (_, house) = try await house(hard)
    let rows = (0..<80).map { String(3 * $0 + $0 % 3) }.joined(separator: ", ")
    try await house.submit(manifest("hard", "samples: [\(rows)]", "priority: urgent\non_hardness: stop"))
    let held = try await house.settled("hard")
    #expect(held.state == .held && held.reason == .unavoidable)
    let hardness = try #require(held.hardness)
    #expect(hardness.isUnavoidable && (hardness.leastCost ?? 0) > 0 && held.goingOn?.retainCostPerStep != nil)
    let warning = try #require(house.witness.events(.hardnessBegan).first)
    #expect(warning.entry.priority == .warning && warning.entry.message.contains("the run stops"))
    let fields = Set(warning.entry.fields.map(\.name))
    for name in ["KAPPA", "KAPPA1", "KAPPA2", "QUOTA", "LEAST_COST", "RETAIN_COST", "FREE_IMPROVEMENT", "RETAIN_SPENT"]
    {
      #expect(fields.contains("HAMUD_" + name))
    }
    try await house.stop()
  }

  @Test func infeasible_saysWhatToMend() async throws {
    let (_, house) = try await house(
      "unlearning: {constraint: {absolute: 1e6}}\nbatching: {max_wait: 1h}\npolicy: {max_forget_share: 1}")
    try await house.submit(manifest("a", "subjects: [s-1]", "priority: urgent"))
    let held = try await house.settled("a")
    #expect(held.reason == .infeasible)
    #expect(held.detail?.contains("hamuctl retry a starts over") == true && held.detail?.contains("resume") == false)
    try await house.stop()
  }

  @Test func explodingSteps_fail_andAreTriedAgain() async throws {
    let (_, house) = try await house(
      "unlearning: {radius: {absolute: 1e30}}\nbatching: {max_wait: 1h}\npolicy: {max_forget_share: 1}")
    try await house.submit(manifest("a", "subjects: [s-1]", "priority: urgent"))
    await house.witness.wait(for: .requestFailed)
    let failed = try await house.show("a")
    #expect(failed.state == .failed && failed.reason == .nonFinite)
    #expect(failed.detail?.contains("It is tried again at 20") == true)
    let event = try #require(house.witness.events(.requestFailed).first)
    #expect(event.entry.message.hasSuffix("Z") && event.entry.message.contains("; will be tried again at 20"))
    #expect(!event.entry.message.contains("It is tried again"))
    try await house.call(.retry(id: "a", dryRun: false))
    await house.witness.wait(for: .requestFailed, 2)
    try await house.stop()
  }

  @Test func classWithoutHeldoutRows_isHeldAtOnce_notTriedAgain() async throws {
    let road = try Road()
    var few = SmallData.Rows()
    for index in 0..<SmallData.heldoutRows where SmallData.shared.heldout.labels[index] != 2 {
      few.samples += SmallData.shared.heldout.row(index)
      few.labels.append(SmallData.shared.heldout.labels[index])
    }
    try road.write(few, to: "heldout")
    let house = try await Household(road)
    try await house.submit(manifest("a", "samples: [2, 5]", "priority: urgent"))
    let held = try await house.settled("a")
    #expect(held.state == .held && held.reason == .error)
    #expect(held.detail?.contains("hamuctl retry a starts over") == true)
    #expect(house.witness.events(.modelDisappoints).count == 1)
    try await house.stop()
  }
}
