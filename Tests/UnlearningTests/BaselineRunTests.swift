import Checkpoints
import Datasets
import HAMU
import Networks
import Testing
import Unlearning

/// The methods that HAMU is compared with, through the same run: their steps, what they ask for, and how they end.
@Suite struct BaselineRunTests {
  private let tiny: TinyModel
  private let rows = (0..<20).map { 5 + 7 * $0 }

  init() throws { tiny = try TinyModel() }

  private func plan(_ method: Baseline, rate: Double, steps: Int = 200) -> RunPlan {
    var plan = tiny.plan([ForgetRequest(key: "r", rows: rows)])
    plan.settings.baseline = BaselineSettings(method, learningRate: rate)
    plan.settings.maxSteps = steps
    return plan
  }

  /// The weights after one step of a run over everything at once, and before.
  private func oneStep(_ plan: RunPlan) throws -> (before: [[Float]], after: [[Float]]) {
    var plan = plan
    plan.settings.batchSize = 1000
    plan.settings.maxSteps = 1
    let run = try UnlearningRun(plan, observer: RecordingObserver())
    let before = run.weights.tensors.map { $0.withFloats { Array($0) } }
    _ = try run.run()
    return (before, run.weights.tensors.map { $0.withFloats { Array($0) } })
  }

  /// Mean-loss gradient over training rows by the engine, tensor by tensor in the order of the weights.
  private func gradient(_ rows: [Int], _ objective: (Int) -> RowTask.Objective = { _ in .crossEntropy }) throws
    -> [[Float]]
  {
    let weights = try WeightMap.read(tiny.model) { $0.hasSuffix("weight") || $0.hasSuffix("bias") }
    let network = try Network(weights, sampleShape: tiny.dataset.sampleShape)
    let gradients = HalfGradients(layout: network.layout)
    let split = tiny.dataset.train
    let tasks = rows.enumerated().map { position, row in
      RowTask(
        label: split.labels[row], objective: objective(row),
        weight: 1
          / Float(position % 2 == 0 ? HalfGradients.evenRows(of: rows.count) : HalfGradients.oddRows(of: rows.count)))
    }
    _ = try Engine(network: network, workers: 1).gradients(of: tasks, into: gradients) {
      (positions, buffer) throws(DatasetError) in
      try split.read(rows: positions.map { rows[$0] }, into: buffer)
    }
    let mean = gradients.mean()
    let flat = Dictionary(
      uniqueKeysWithValues: network.layout.blocks.map { ($0.name, Array(mean[$0.range])) })
    return weights.tensors.map { flat[$0.name] ?? [] }
  }

  private func expect(_ step: (before: [[Float]], after: [[Float]]), moved by: (Int, Int) -> Double) {
    var largest = 0.0
    for tensor in step.before.indices {
      for place in step.before[tensor].indices {
        let moved = Double(step.after[tensor][place]) - Double(step.before[tensor][place])
        let wanted = by(tensor, place)
        largest = max(largest, abs(wanted))
        // The weights themselves are float32.
        #expect(abs(moved - wanted) < 1e-5 * max(abs(wanted), 1e-2) + 2e-7)
      }
    }
    #expect(largest > 1e-4)
  }

  private var retained: [Int] { (0..<TinyModel.knownRows).filter { !Set(rows).contains($0) } }

  @Test func finetuning_andAscent_stepAlongOneRawGradient() throws {
    let (a, b) = (try gradient(retained), try gradient(rows))
    expect(try oneStep(plan(.ft, rate: 20))) { -20 * Double(a[$0][$1]) }
    expect(try oneStep(plan(.ga, rate: 0.5))) { 0.5 * Double(b[$0][$1]) }
    expect(try oneStep(plan(.gdiff, rate: 0.5))) { -0.25 * (Double(a[$0][$1]) - Double(b[$0][$1])) }
  }

  @Test func ascentOfMargins_takesTheObjectiveThatIsWritten() throws {
    var margins = plan(.ga, rate: 0.01)
    margins.settings.objective = .margin
    let step = try oneStep(margins)
    #expect(step.before != step.after)
    let plain = try oneStep(plan(.ga, rate: 0.01))
    #expect(step.after != plain.after)
  }

  /// Before the first step nothing diverges from the model before, so its gradient is 0.
  @Test func methodsThatLookBack_beginAtTheModelBefore() throws {
    let (a, b) = (try gradient(retained), try gradient(rows))
    expect(try oneStep(plan(.kl, rate: 0.5))) { 0.25 * Double(b[$0][$1]) }
    expect(try oneStep(plan(.scrub, rate: 40))) { -40 * 0.99 / 2 * Double(a[$0][$1]) }
    // 2 * sigmoid(0) = 1: the first step of npo is ascent's.
    expect(try oneStep(plan(.npo, rate: 0.5))) { 0.5 * Double(b[$0][$1]) }
  }

  @Test(arguments: [
    (Baseline.ga, 0.01), (.gdiff, 0.02), (.kl, 0.02), (.gru, 0.01), (.pcgrad, 0.02), (.npo, 0.02),
  ])
  func methodThatRaisesTheForgetLoss_runsToAnEnding(_ method: Baseline, _ rate: Double) throws {
    let observer = RecordingObserver()
    let run = try UnlearningRun(plan(method, rate: rate), observer: observer)
    let outcome = try run.run()
    let steps = observer.events.compactMap { if case .stepped(let step) = $0 { step } else { nil } }
    #expect(!steps.isEmpty && steps.allSatisfy { $0.hardness == nil && $0.forgetLoss.isFinite && $0.retainLoss > 0 })
    let measured = observer.events.compactMap {
      if case .measured(let found) = $0 { found.groups[0].forgetLoss } else { nil }
    }
    #expect(try #require(measured.last) > (try #require(measured.first)) - 1e-9)
    if case .ended(let result) = outcome {
      #expect(result.hardness == nil && [.overshot, .maxSteps, .retainBudget].contains(result.ending))
      #expect(try #require(result.groups[0].after).forgetLoss > result.groups[0].before.forgetLoss)
    } else {
      let result = try #require(try run.verify(try tiny.published(run.weights)).confirmed)
      #expect(result.hardness == nil && result.groups[0].holds)
    }
  }

  @Test func finetuning_neverForgets_andIsHeldWhenItsStepsAreSpent() throws {
    let result = try #require(
      try UnlearningRun(plan(.ft, rate: 0.1, steps: 30), observer: RecordingObserver()).run().result)
    #expect(result.ending == .maxSteps && result.steps == 30 && result.hardness == nil)
    #expect(try #require(result.retainAfter).loss < #require(result.retainBefore).loss)
  }

  @Test func scrub_keepsTheRetainRows_andMovesAway() throws {
    let result = try UnlearningRun(plan(.scrub, rate: 0.2, steps: 60), observer: RecordingObserver()).run().result
    if let result {
      #expect([.maxSteps, .overshot, .retainBudget].contains(result.ending))
      #expect(try #require(result.groups[0].after).forgetLoss > 0)
    }
  }

  /// Going on from a saved point must see the same model before, to the same bits.
  @Test(arguments: [Baseline.kl, .scrub, .npo])
  func stoppedRunThatLooksBack_goesOnToTheSameBits(_ method: Baseline) throws {
    let plan = plan(method, rate: 0.05, steps: 14)
    let whole = try UnlearningRun(plan, observer: RecordingObserver())
    _ = try whole.run()
    let observer = RecordingObserver()
    _ = try UnlearningRun(plan, observer: observer).run()
    let saved = try #require(observer.saves.first { ($0.step ?? 0) > 0 })
    let resumed = try UnlearningRun(plan, observer: RecordingObserver(), resuming: saved)
    _ = try resumed.run()
    #expect(resumed.weights.bits == whole.weights.bits)
  }

  @Test func preferenceAsHAMUsObjective_forgets() throws {
    var plan = tiny.plan([ForgetRequest(key: "r", rows: rows)])
    plan.settings.objective = .npo
    plan.settings.step.radius = .relative(2e-3)
    let outcome = try UnlearningRun(plan, observer: RecordingObserver()).run()
    #expect(outcome.isReady || outcome.result?.ending == .maxSteps || outcome.result?.ending == .overshot)
  }
}
