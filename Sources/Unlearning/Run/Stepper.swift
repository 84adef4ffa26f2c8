import Datasets
import HAMU
import Networks

/// The two gradients of a step, at the weights as they are.
struct PairedGradients {
  /// Mean cross-entropies of the retain batch and of the phase's part of the forget batch.
  var retainLoss: Double
  var forgetLoss: Double
  /// Of both sides, guards counted in.
  var rows: Int
  var sums: [BlockSums]
  /// What was seen of the retain batch.
  var seen: [HardRow]
  /// The batches were all the rows there are.
  var wholeRetain: Bool
  var wholeForget: Bool

  /// The method looks at one side only.
  var retainIsEmpty = false
  var forgetIsEmpty = false

  var isFinite: Bool {
    retainLoss.isFinite && forgetLoss.isFinite && scalars.allSatisfy(\.isFinite)
  }

  var scalars: [BlockScalars] { sums.map { BlockScalars($0) } }

  var entry: HardnessWindow.Entry {
    HardnessWindow.Entry(sums, wholeRetain: wholeRetain, wholeForget: wholeForget)
  }

  /// What the last step cost on this retain batch, which it was not fitted to.
  var costOfLastStep: Double { sums.reduce(0) { $0 + $1.retainLastStep } }
}

extension BlockScalars {
  init(_ sums: BlockSums) {
    self.init(
      retainSquared: sums.retainSquared, forgetSquared: sums.forgetSquared, kappa: sums.kappa,
      perpSquared: (sums.retainPerpSquared, sums.forgetPerpSquared), weightSquared: sums.weightSquared)
  }
}

extension HardnessWindow.Entry {
  /// Scalars in which no batch meets itself, unless it is everything.
  init(_ sums: [BlockSums], wholeRetain: Bool, wholeForget: Bool) {
    self.init(
      retain: sums.map { wholeRetain ? $0.retainSquared : $0.retainHalves },
      forget: sums.map { wholeForget ? $0.forgetSquared : $0.forgetHalves }, kappa: sums.map(\.kappa))
  }
}

/// Computes gradients and takes steps on one network.
final class Stepper {
  let engine: Engine
  let algebra: BlockAlgebra
  private let retainGradient: HalfGradients
  private let forgetGradient: HalfGradients
  private let dataset: Dataset
  private let reader: RowReader
  private var sums: [BlockSums] = []
  private var coefficients: [BlockCoefficients] = []

  var network: Network { engine.network }

  init(engine: Engine, dataset: Dataset, reader: RowReader) {
    self.engine = engine
    self.dataset = dataset
    self.reader = reader
    algebra = BlockAlgebra(network: engine.network, team: engine.team)
    retainGradient = HalfGradients(layout: engine.network.layout)
    forgetGradient = HalfGradients(layout: engine.network.layout)
  }

  func gradients(retain: RetainBatch, forget batch: ForgetBatch) throws(Interruption) -> PairedGradients {
    let seen = try engine.pairedGradients(
      retain: GradientBatch(tasks: retain.tasks, gradients: retainGradient),
      retainFill: reader.fill(dataset.train, retain.rows),
      forget: GradientBatch(tasks: batch.tasks, gradients: forgetGradient),
      forgetFill: reader.fill(dataset.train, batch.rows))
    forgetGradient.evenShare = batch.evenShare
    forgetGradient.oddShare = batch.oddShare
    algebra.sums(retain: retainGradient, forget: forgetGradient, into: &sums)
    return PairedGradients(
      retainLoss: retain.mean(seen.retain.map(\.loss)),
      forgetLoss: SplitFigures(Array(seen.forget.prefix(batch.phaseRows))).loss,
      rows: retain.rows.count + batch.rows.count,
      sums: sums, seen: zip(retain.rows, seen.retain).map { HardRow(row: $0, $1) }, wholeRetain: retain.isWhole,
      wholeForget: batch.isWhole, retainIsEmpty: retain.rows.isEmpty, forgetIsEmpty: batch.phaseRows == 0)
  }

  /// A gradient by itself, into a buffer of the caller's.
  func gradient(_ rows: [Int], _ tasks: [RowTask], into gradients: HalfGradients) throws(Interruption) {
    _ = try engine.gradients(of: tasks, into: gradients, fill: reader.fill(dataset.train, rows))
  }

  /// Takes the step of the gradients that were computed last.
  func take(_ plan: StepPlan) {
    coefficients.removeAll(keepingCapacity: true)
    for block in plan.blocks {
      coefficients.append(BlockCoefficients(retain: block.retainCoefficient, forget: block.forgetCoefficient))
    }
    algebra.apply(coefficients, retain: retainGradient, forget: forgetGradient)
  }

  /// The same of a method that HAMU is compared with: w <- w - rate * g.
  func take(_ baseline: BaselineSettings, _ pair: PairedGradients, rate: Double) {
    let g = baseline.method.direction(pair.scalars)
    let step = BlockCoefficients(retain: -rate * g.retain, forget: -rate * g.forget)
    algebra.apply(pair.sums.map { _ in step }, retain: retainGradient, forget: forgetGradient)
  }

  func snapshot() -> WeightSnapshot { WeightSnapshot(network, algebra) }
  func restore(_ snapshot: WeightSnapshot) { snapshot.restore(to: network, algebra) }
}
