import HAMU
import Testing
import Unlearning

/// Whole runs with the controller.
@Suite struct SteeredRunTests {
  private let tiny: TinyModel

  init() throws { tiny = try TinyModel() }

  private var rows: [Int] { (0..<20).map { 3 + 7 * $0 } }

  /// With guards, more forget rows than a batch holds, and a batch that may grow.
  private func plan(_ rows: [Int]) -> RunPlan {
    let erased = EarlierErasures(rows: (230..<240).map { .init(row: $0, erasure: $0 % 3) })
    var plan = tiny.plan([ForgetRequest(key: "r", rows: rows)], erased: erased)
    plan.settings.evaluateEvery = 4
    var steering = SteeringSettings()
    (steering.batch, steering.forgetBatch) = (16, 8)
    plan.settings.steering = steering
    return plan
  }

  private func finish(_ plan: RunPlan, resuming saved: SavedRun? = nil) throws -> [[UInt32]] {
    let run = try UnlearningRun(plan, observer: RecordingObserver(), resuming: saved)
    #expect(try run.run().isReady)
    return run.weights.bits
  }

  @Test func target_isReached_withFewerRows_andEveryDecisionIsTold() throws {
    var fixed = plan(rows)
    fixed.settings.steering = nil
    let other = try UnlearningRun(fixed, observer: RecordingObserver())
    #expect(try other.run().isReady)
    let dear = try #require(try other.verify(try tiny.published(other.weights, as: "dear")).confirmed)
    let observer = RecordingObserver()
    let run = try UnlearningRun(plan(rows), observer: observer)
    #expect(try run.run().isReady)
    let result = try #require(try run.verify(try tiny.published(run.weights)).confirmed)
    #expect(result.work.gradientRows < dear.work.gradientRows)
    #expect(!result.decisions.isEmpty)
    let told = observer.events.compactMap { if case .steered(let decision) = $0 { decision } else { nil } }
    #expect(told == result.decisions)
    let steps = observer.events.compactMap { if case .stepped(let step) = $0 { step.step } else { nil } }
    #expect(told.map(\.step) == told.map(\.step).sorted() && (told.last?.step ?? 0) <= (steps.last ?? 0))
  }

  /// The record has each step with what it was to cost, and what it did cost by the rows of the next one.
  /// Also with steps so long that it has to go back.
  @Test(arguments: [1.0, 30]) func everyStep_isInTheTrace(scale: Double) throws {
    let observer = RecordingObserver()
    var plan = plan(rows)
    plan.settings.step.radius = plan.settings.step.radius.scaled(by: scale)
    let run = try UnlearningRun(plan, observer: observer)
    let outcome = try run.run()
    let confirmed = outcome.isReady ? try run.verify(try tiny.published(run.weights)).confirmed : nil
    let result = try #require(confirmed ?? outcome.result)
    #expect(result.trace.map(\.step) == Array(1...result.steps))
    #expect(result.trace.filter { $0.actual == nil }.map(\.step) == observer.stepsWithoutNext)
    #expect(result.trace.reduce(0) { $0 + $1.retainRows + $1.forgetRows } == result.work.gradientRows)
    for step in result.trace { #expect(step.radius > 0 && step.radius <= 5e-3 * scale && step.quota >= 0) }
  }

  /// Rows that become hard are found, and that is counted as work.
  @Test func screening_isCountedWithTheMeasurements() throws {
    func evaluated(_ screen: Int) throws -> (rows: Int, measured: Int) {
      var plan = plan(rows)
      plan.settings.maxSteps = 8
      plan.settings.step.radius = .relative(1e-6)
      plan.settings.steering?.screen = screen
      let observer = RecordingObserver()
      let result = try #require(try UnlearningRun(plan, observer: observer).run().result)
      return (result.work.evaluatedRows, observer.events.count { if case .measured = $0 { true } else { false } })
    }
    let none = try evaluated(0)
    let some = try evaluated(30)
    #expect(none.measured > 0 && some.measured == none.measured)
    #expect(some.rows == none.rows + 30 * some.measured)
  }

  @Test func killedAfterAnySavedPoint_goesOnToTheSameBits() throws {
    let observer = RecordingObserver()
    let run = try UnlearningRun(plan(rows), observer: observer)
    #expect(try run.run().isReady)
    #expect(observer.saves.count > 2)
    for saved in observer.saves { #expect(try finish(plan(rows), resuming: saved) == run.weights.bits) }
  }

  @Test func stoppedAnywhere_goesOnToTheSameBits_onAnyNumberOfWorkers() throws {
    let whole = try finish(plan(rows))
    let count = RecordingObserver(stopAfterQuestions: .max)
    _ = try UnlearningRun(plan(rows), observer: count).run()
    var stops = 0
    for question in stride(from: 0, to: count.questions, by: max(1, count.questions / 20)) {
      let run = try UnlearningRun(plan(rows), observer: RecordingObserver(stopAfterQuestions: question))
      guard let result = try run.run().result else { continue }
      stops += 1
      var plan = plan(rows)
      plan.workers = 1 + stops % 3
      #expect(try finish(plan, resuming: result.saved) == whole)
    }
    #expect(stops > 10)
  }

  /// Rows that do not fit each other would end the process at a later step, and again at each start.
  @Test func savedRun_whoseRowsDoNotFitEachOther_isRefused() throws {
    let count = RecordingObserver(stopAfterQuestions: .max)
    _ = try UnlearningRun(plan(rows), observer: count).run()
    let observer = RecordingObserver(stopAfterQuestions: count.questions * 3 / 4)
    let saved = try #require(try UnlearningRun(plan(rows), observer: observer).run().result?.saved)
    _ = try UnlearningRun(plan(rows), observer: observer, resuming: saved)
    // Rows 3 + 7k are the request's, and 230 to 239 were erased; all others are retained.
    let changes = [
      (#/"open":\[[0-9,]*\]/#, #""open":[0]"#), (#/"hard":\[[^\]]*\]/#, #""hard":[{"miss":0.5,"row":3}]"#),
      (#/"targets":\[[^\]]*\]/#, #""targets":[0.5]"#), (#/"rows":\[[0-9,]*\]/#, #""rows":[3,10,300]"#),
    ]
    for (pattern, other) in changes {
      // The first is in the point that it may go back to; the state itself, which stands after it, is whole.
      let state = saved.state.replacing(pattern, with: other, maxReplacements: 1)
      let range = try #require(saved.state.firstRange(of: pattern))
      #expect(range.upperBound < (try #require(saved.state.firstRange(of: #""state":{"#))).lowerBound)
      let error = #expect(throws: UnlearningError.self) {
        _ = try UnlearningRun(plan(rows), observer: observer, resuming: SavedRun(state: state, arrays: saved.arrays))
      }
      guard case .saved? = error else {
        Issue.record("\(other): \(String(describing: error))")
        continue
      }
    }
  }

  /// What costs nothing gets all its steps: how fast it went so far says little.
  @Test func paceThatIsSlow_atNoCost_isNotGivenUp() throws {
    var plan = plan(rows)
    plan.settings.maxSteps = 90
    plan.settings.step.radius = .relative(1e-6)
    let result = try #require(try UnlearningRun(plan, observer: RecordingObserver()).run().result)
    #expect(result.ending == .maxSteps)
    #expect(result.steps == 90)
    #expect(result.saved != nil)
  }

  @Test func budgetIsKept_whereFixedStepsOverspendIt() throws {
    var plan = plan(Array(0..<60))
    plan.policy.retainBudget = 0.001
    var fixed = plan
    fixed.settings.steering = nil
    let overspent = try #require(try UnlearningRun(fixed, observer: RecordingObserver()).run().result)
    #expect(overspent.ending == .retainBudget)
    let observer = RecordingObserver()
    let outcome = try UnlearningRun(plan, observer: observer).run()
    #expect(outcome.isReady || outcome.result?.ending == .maxSteps)
    let spent = observer.events.compactMap { if case .measured(let found) = $0 { found.retainSpent } else { nil } }
    #expect(try #require(spent.last) <= 0.001)
  }
}
