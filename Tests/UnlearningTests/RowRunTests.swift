import Checkpoints
import Datasets
import HAMU
import Testing
import Unlearning

/// Whole runs over a small network: what they reach, and how they end.
@Suite struct RowRunTests {
  private let tiny: TinyModel

  init() throws { tiny = try TinyModel() }

  private func rows(_ count: Int, from first: Int = 5) -> [Int] { (0..<count).map { first + 7 * $0 } }

  @Test func rows_untilTheBand_thenConfirmedOnTheCandidate() throws {
    let observer = RecordingObserver()
    let run = try UnlearningRun(tiny.plan([ForgetRequest(key: "r", rows: rows(20))]), observer: observer)
    #expect(try run.run().isReady)
    let result = try #require(try run.verify(try tiny.published(run.weights)).confirmed)
    #expect(result.ending == .target)
    let group = try #require(result.groups.first)
    let (before, after) = (try #require(group.before.membershipAUC), try #require(group.after?.membershipAUC))
    #expect(before > 0.55 && after <= 0.55 && after >= 0.45)
    #expect(group.holds && group.after?.surerRows == 0)
    #expect(try #require(group.after?.excess) <= 0.25 * #require(group.before.excess) + 1e-9)
    let interval = try #require(group.after?.membershipInterval)
    #expect(interval[0] <= after && after <= interval[1])
    #expect(result.requests.map(\.key) == ["r"] && !result.requests[0].isJudgedAlone)
    #expect(result.margins.map(\.row) == rows(20))
    #expect(result.retainBefore?.accuracy == 1 && result.retainAfter != nil && result.heldoutAfter != nil)
    #expect(observer.signs > 0 && !observer.saves.isEmpty)
  }

  @Test func bigRequestsAreJudgedAlone_smallOnesTogether() throws {
    let requests = [
      ForgetRequest(key: "small1", rows: rows(5)), ForgetRequest(key: "big", rows: Array(100..<135)),
      ForgetRequest(key: "small2", rows: rows(6, from: 140)),
    ]
    var plan = tiny.plan(requests)
    plan.settings.maxSteps = 1
    let result = try #require(try UnlearningRun(plan, observer: RecordingObserver()).run().result)
    #expect(result.requests.map(\.group) == [1, 0, 1])
    #expect(result.requests.map(\.isJudgedAlone) == [false, true, false])
    #expect(result.requests.map(\.rows) == [5, 35, 6])
    #expect(result.groups.count == 2)
  }

  @Test func stepsSpent_endsHeld_andAcceptedCostGoesOnFromThere() throws {
    var plan = tiny.plan([ForgetRequest(key: "r", rows: rows(20))])
    plan.settings.maxSteps = 3
    let first = try #require(try UnlearningRun(plan, observer: RecordingObserver()).run().result)
    #expect(first.ending == .maxSteps && first.steps == 3)
    #expect(first.goingOn != nil && first.margins.isEmpty)
    let saved = try #require(first.saved)
    // Without acceptance nothing has changed.
    let again = try #require(try UnlearningRun(plan, observer: RecordingObserver(), resuming: saved).run().result)
    #expect(again.ending == .maxSteps && again.steps == 3)
    plan.policy.acceptedRetainCost = 0.5
    plan.settings.maxSteps = 100
    let run = try UnlearningRun(plan, observer: RecordingObserver(), resuming: saved)
    #expect(try run.run().isReady)
    let result = try #require(try run.verify(try tiny.published(run.weights)).confirmed)
    #expect(result.steps > 3)
    #expect(result.retainBefore == first.retainBefore)
  }

  /// Held as too slow, it goes on for steps, not for none.
  @Test func tooSlow_goesOnForSteps_afterItWasAccepted() throws {
    var plan = tiny.plan([ForgetRequest(key: "r", rows: rows(20))])
    var steering = SteeringSettings()
    // It may be given up whatever was spent.
    (steering.batch, steering.forgetBatch, steering.spareShare) = (16, 8, -1e9)
    plan.settings.steering = steering
    plan.settings.maxSteps = 100
    plan.settings.step.radius = .relative(1e-4)
    let first = try #require(try UnlearningRun(plan, observer: RecordingObserver()).run().result)
    #expect(first.ending == .maxSteps && first.steps < 100)
    plan.policy.acceptedRetainCost = 0.5
    let saved = try #require(first.saved)
    let again = try #require(try UnlearningRun(plan, observer: RecordingObserver(), resuming: saved).run().result)
    #expect(again.steps >= first.steps + steering.paceSteps)
  }

  @Test func hardRows_areUnavoidable_andHeldBeforeTheStep() throws {
    // A third of all rows by cross-entropy, with half of what the radii allow.
    var plan = tiny.plan([ForgetRequest(key: "hard", rows: (0..<80).map { 3 * $0 + $0 % 3 })])
    plan.settings.objective = .crossEntropy
    plan.settings.step.constraint = .ratio(0.9)
    plan.policy.stopsOnHardness = true
    plan.policy.retainBudget = 100
    let observer = RecordingObserver()
    let run = try UnlearningRun(plan, observer: observer)
    let result = try #require(try run.run().result)
    #expect(result.ending == .unavoidable)
    #expect(result.steps >= 5)
    let report = try #require(result.hardness)
    #expect(report.isUnavoidable && report.hardness.leastCost > 0)
    #expect(report.hardness.leastCost > 1.64 * report.hardness.leastCostError)
    let began = observer.events.filter { if case .hardnessBegan = $0 { true } else { false } }
    #expect(began.count == 1)
    // Accepted: it goes on, and the condition is not told again.
    plan.policy.acceptedRetainCost = 1000
    plan.settings.maxSteps = 3
    let second = RecordingObserver()
    let resumed = try UnlearningRun(plan, observer: second, resuming: result.saved)
    let later = try #require(try resumed.run().result)
    #expect(later.ending != .unavoidable && later.steps > result.steps)
    #expect(!second.events.contains { if case .hardnessBegan = $0 { true } else { false } })
  }

  @Test func retainLossOverBudget_isHeld() throws {
    var plan = tiny.plan([ForgetRequest(key: "r", rows: Array(0..<120))])
    plan.settings.objective = .crossEntropy
    plan.settings.step.constraint = .ratio(0.9)
    plan.settings.evaluateEvery = 1000
    plan.policy.retainBudget = 0.01
    let observer = RecordingObserver()
    let result = try #require(try UnlearningRun(plan, observer: observer).run().result)
    #expect(result.ending == .retainBudget)
    let before = try #require(result.retainBefore), after = try #require(result.retainAfter)
    #expect(after.loss > before.loss + 0.005)
    // It was noticed by the batches, long before a measurement was due.
    #expect(result.steps < 200)
  }

  @Test func absoluteQuotaOutOfReach_isInfeasible() throws {
    var plan = tiny.plan([ForgetRequest(key: "r", rows: rows(20))])
    plan.settings.step.constraint = .absolute(1e6)
    let result = try #require(try UnlearningRun(plan, observer: RecordingObserver()).run().result)
    #expect(result.ending == .infeasible && result.steps == 0)
    #expect(result.saved != nil)
  }

  @Test func explodingSteps_goBackThreeTimes_thenFail_withTheWeightsRestored() throws {
    var plan = tiny.plan([ForgetRequest(key: "r", rows: rows(20))])
    plan.settings.step.radius = .absolute(1e30)
    let observer = RecordingObserver()
    let run = try UnlearningRun(plan, observer: observer)
    let before = run.weights.bits
    let result = try #require(try run.run().result)
    #expect(result.ending == .notFinite)
    #expect(result.saved == nil)
    let attempts = observer.events.compactMap { if case .notFinite(let attempt) = $0 { attempt } else { nil } }
    #expect(attempts == [1, 2, 3])
    #expect(run.weights.bits == before)
  }

  @Test func longSteps_jumpTheBand_andComeBackWithHalfTheRadius() throws {
    var plan = tiny.plan([ForgetRequest(key: "r", rows: rows(20))])
    plan.settings.objective = .crossEntropy
    plan.settings.step.radius = .relative(0.2)
    plan.settings.step.constraint = .ratio(0.9)
    plan.policy.retainBudget = 1e6
    let observer = RecordingObserver()
    let run = try UnlearningRun(plan, observer: observer)
    let outcome = try run.run()
    let attempts = observer.events.compactMap { if case .overshot(let attempt) = $0 { attempt } else { nil } }
    #expect(!attempts.isEmpty && attempts == Array(1...attempts.count) && attempts.count <= 5)
    if let result = outcome.result { #expect(result.ending == .overshot || result.ending == .maxSteps) }
  }

  @Test func rowsThatWereNeverRemembered_haveNothingToForget() throws {
    let unsure = try unknown(20)
    let observer = RecordingObserver()
    let result = try #require(
      try UnlearningRun(tiny.plan([ForgetRequest(key: "unsure", rows: unsure)]), observer: observer).run().result)
    #expect(result.ending == .nothingToForget && result.steps == 0)
    #expect(result.requests.allSatisfy { $0.hadNothingToForget })
    #expect(result.margins.map(\.row) == unsure)
    #expect(result.groups[0].before == result.groups[0].after)
  }

  @Test func aGroupWithNothingToForget_leavesTheRunToTheOthers() throws {
    let unsure = try unknown(35)
    let requests = [ForgetRequest(key: "unsure", rows: unsure), ForgetRequest(key: "known", rows: rows(30))]
    let observer = RecordingObserver()
    let run = try UnlearningRun(tiny.plan(requests), observer: observer)
    #expect(try run.run().isReady)
    let result = try #require(try run.verify(try tiny.published(run.weights)).confirmed)
    #expect(result.requests.map(\.hadNothingToForget) == [true, false])
    #expect(result.groups.allSatisfy { $0.holds })
    #expect(result.margins.count == 65)
    let told = observer.events.compactMap { if case .nothingToForget(let keys) = $0 { keys } else { nil } }
    #expect(told == [["unsure"]])
    let phases = observer.events.compactMap { if case .phaseBegan(let phase) = $0 { phase.rows } else { nil } }
    #expect(phases == [30])
  }

  /// Ranks are taken within each judged group: with ranks among all rows of the batch the request that is remembered
  /// better would stay above the band, and the other one fall below it.
  @Test func twoRequestsThatAreRememberedDifferently_bothComeIntoTheBand() throws {
    let phi = try tiny.margins()
    let known = (0..<TinyModel.knownRows).sorted { (phi[$0], $0) < (phi[$1], $1) }
    let requests = [
      ForgetRequest(key: "weak", rows: known[60..<90].sorted()),
      ForgetRequest(key: "strong", rows: known[180..<210].sorted()),
    ]
    let run = try UnlearningRun(tiny.plan(requests), observer: RecordingObserver())
    #expect(try run.run().isReady)
    let result = try #require(try run.verify(try tiny.published(run.weights)).confirmed)
    let before = result.groups.compactMap(\.before.membershipAUC)
    #expect(before[1] > before[0] + 0.05)
    for group in result.groups {
      let auc = try #require(group.after?.membershipAUC)
      #expect((0.4499...0.5501).contains(auc))
    }
  }

  @Test func ownersBounds_takeThePlaceOfTheBand() throws {
    var plan = tiny.plan([ForgetRequest(key: "r", rows: rows(20))])
    plan.settings.objective = .crossEntropy
    plan.target.forgetAccuracy = 0.5
    plan.target.forgetLoss = 0.8
    let run = try UnlearningRun(plan, observer: RecordingObserver())
    #expect(try run.run().isReady)
    let result = try #require(try run.verify(try tiny.published(run.weights)).confirmed)
    let after = try #require(result.groups[0].after)
    #expect(after.forgetAccuracy <= 0.5 && after.forgetLoss >= 0.8)
  }

  @Test func hamuU_forgetsToo() throws {
    var plan = tiny.plan([ForgetRequest(key: "r", rows: rows(20))])
    plan.settings.step.variant = .hamuU
    let run = try UnlearningRun(plan, observer: RecordingObserver())
    #expect(try run.run().isReady)
  }

  @Test(arguments: ["grad-norm-product", "uniform", "softmax-dot", "global"])
  func everyAllocation_forgets(allocation: String) throws {
    var plan = tiny.plan([ForgetRequest(key: "r", rows: rows(20))])
    plan.settings.step.allocation = try #require(.init(rawValue: allocation))
    #expect(try UnlearningRun(plan, observer: RecordingObserver()).run().isReady)
  }

  /// Rows that the network was never shown, those with the lowest phi: none is surer than the held-out rows.
  private func unknown(_ count: Int) throws -> [Int] {
    let phi = try tiny.margins()
    return (TinyModel.knownRows..<TinyModel.trainRows).sorted { (phi[$0], $0) < (phi[$1], $1) }.prefix(count).sorted()
  }
}
