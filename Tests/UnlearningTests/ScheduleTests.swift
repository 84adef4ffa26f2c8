import Datasets
import HAMU
import Testing
import Unlearning

/// What a run draws, seen from outside: the events and the saved points of runs that differ in one thing.
@Suite struct ScheduleTests {
  private let tiny: TinyModel

  init() throws { tiny = try TinyModel() }

  private func measuredSteps(_ plan: RunPlan) throws -> [Int] {
    let observer = RecordingObserver()
    _ = try UnlearningRun(plan, observer: observer).run()
    return observer.events.compactMap { if case .measured(let found) = $0 { found.step } else { nil } }
  }

  private var rows: [Int] { (0..<20).map { 3 + 7 * $0 } }

  @Test func measurements_comeEveryTenSteps_andEveryFiveNearTheBand() throws {
    var plan = tiny.plan([ForgetRequest(key: "r", rows: rows)])
    plan.settings.step.radius = .relative(1e-3)
    plan.settings.maxSteps = 400
    let observer = RecordingObserver()
    _ = try UnlearningRun(plan, observer: observer).run()
    let found = observer.events.compactMap { if case .measured(let found) = $0 { found } else { nil } }
    #expect(found.count > 4)
    for (now, next) in zip(found, found.dropFirst()) {
      let auc = try #require(now.groups[0].membershipAUC)
      #expect(next.step - now.step == (auc <= 0.6 ? 5 : 10))
    }
  }

  @Test func lastStep_isAlwaysMeasured() throws {
    var plan = tiny.plan([ForgetRequest(key: "r", rows: rows)])
    plan.settings.maxSteps = 7
    #expect(try measuredSteps(plan) == [7])
  }

  @Test func noStepsAllowed_measuresAndIsHeld() throws {
    var plan = tiny.plan([ForgetRequest(key: "r", rows: rows)])
    plan.settings.maxSteps = 0
    let result = try #require(try UnlearningRun(plan, observer: RecordingObserver()).run().result)
    #expect(result.ending == .maxSteps && result.steps == 0)
  }

  @Test func hardness_isNotKnownBeforeTheSixthPair() throws {
    let observer = RecordingObserver()
    _ = try UnlearningRun(tiny.plan([ForgetRequest(key: "r", rows: rows)]), observer: observer).run()
    let steps = observer.events.compactMap { if case .stepped(let step) = $0 { step } else { nil } }
    #expect(steps.prefix(5).allSatisfy { $0.hardness == nil })
    #expect(steps.dropFirst(5).allSatisfy { $0.hardness != nil })
    #expect(steps.map(\.step) == Array(1...steps.count))
  }

  @Test func wholeSets_andSingleRows_work() throws {
    // A batch larger than everything there is, and a request of one row.
    for requested in [rows, [11]] {
      var plan = tiny.plan([ForgetRequest(key: "r", rows: requested)])
      plan.settings.batchSize = 1000
      let run = try UnlearningRun(plan, observer: RecordingObserver())
      let outcome = try run.run()
      #expect(outcome.isReady || outcome.result?.ending == .maxSteps || outcome.result?.ending == .nothingToForget)
    }
  }

  @Test func sharedRows_ofTwoRequests_countOnce() throws {
    let requests = [ForgetRequest(key: "a", rows: rows), ForgetRequest(key: "b", rows: Array(rows.prefix(5)))]
    let observer = RecordingObserver()
    let run = try UnlearningRun(tiny.plan(requests), observer: observer)
    #expect(try run.run().isReady)
    let phases = observer.events.compactMap { if case .phaseBegan(let phase) = $0 { phase.rows } else { nil } }
    #expect(phases == [20])
    let result = try #require(try run.verify(try tiny.published(run.weights)).confirmed)
    #expect(result.requests.map(\.rows) == [20, 5])
    #expect(result.margins.count == 20)
  }

  @Test func candidateThatLostTheTarget_isNotConfirmed_andTheRunGoesOn() throws {
    let run = try UnlearningRun(tiny.plan([ForgetRequest(key: "r", rows: rows)]), observer: RecordingObserver())
    guard case .ready(let step) = try run.run() else {
      Issue.record("it did not reach its target")
      return
    }
    // As if rounding had brought the old weights back.
    guard case .lost = try run.verify(tiny.model) else {
      Issue.record("the old model was taken for forgetful")
      return
    }
    switch try run.run() {
    case .ready(let later): #expect(later > step)
    case .ended(let result): #expect(result.steps > step)
    }
  }

  @Test func candidateThatLostTheTarget_atTheLastStep_isHeld() throws {
    var plan = tiny.plan([ForgetRequest(key: "r", rows: rows)])
    let first = try UnlearningRun(plan, observer: RecordingObserver())
    guard case .ready(let step) = try first.run() else {
      Issue.record("it did not reach its target")
      return
    }
    plan.settings.maxSteps = step
    let run = try UnlearningRun(plan, observer: RecordingObserver())
    #expect(try run.run().isReady)
    guard case .lost = try run.verify(tiny.model) else {
      Issue.record("the old model was taken for forgetful")
      return
    }
    #expect(try run.run().result?.ending == .maxSteps)
  }

  @Test func stopWhileVerifying_comesBackWithTheSavedRun() throws {
    let observer = RecordingObserver()
    let run = try UnlearningRun(tiny.plan([ForgetRequest(key: "r", rows: rows)]), observer: observer)
    #expect(try run.run().isReady)
    let candidate = try tiny.published(run.weights)
    observer.stop()
    guard case .ended(let result) = try run.verify(candidate) else {
      Issue.record("it did not stop")
      return
    }
    #expect(result.ending == .stopped)
    let resumed = try UnlearningRun(
      tiny.plan([ForgetRequest(key: "r", rows: rows)]), observer: RecordingObserver(), resuming: result.saved)
    #expect(try resumed.run().isReady)
    #expect(resumed.weights.bits == run.weights.bits)
  }
}
