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
  /// The batches were all the rows there are.
  var wholeRetain: Bool
  var wholeForget: Bool

  var isFinite: Bool {
    retainLoss.isFinite && forgetLoss.isFinite && scalars.allSatisfy(\.isFinite)
  }

  var scalars: [BlockScalars] {
    sums.map {
      BlockScalars(
        retainSquared: $0.retainSquared, forgetSquared: $0.forgetSquared, kappa: $0.kappa,
        perpSquared: ($0.retainPerpSquared, $0.forgetPerpSquared), weightSquared: $0.weightSquared)
    }
  }

  /// Scalars in which no batch meets itself, unless it is everything.
  var entry: HardnessWindow.Entry {
    HardnessWindow.Entry(
      retain: sums.map { wholeRetain ? $0.retainSquared : $0.retainHalves },
      forget: sums.map { wholeForget ? $0.forgetSquared : $0.forgetHalves }, kappa: sums.map(\.kappa))
  }

  /// What the last step cost on this retain batch, which it was not fitted to.
  var costOfLastStep: Double { sums.reduce(0) { $0 + $1.retainLastStep } }
}

/// Computes gradients and takes steps on one network.
final class Stepper {
  let engine: Engine
  let algebra: BlockAlgebra
  private let retain: HalfGradients
  private let forget: HalfGradients
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
    retain = HalfGradients(layout: engine.network.layout)
    forget = HalfGradients(layout: engine.network.layout)
  }

  func gradients(retain rows: BatchRows, forget batch: ForgetBatch) throws(Interruption) -> PairedGradients {
    let labels = dataset.train.labels
    let seen = try engine.pairedGradients(
      retain: GradientBatch(tasks: .retain(rows.rows, labels: labels), gradients: retain),
      retainFill: reader.fill(dataset.train, rows.rows),
      forget: GradientBatch(tasks: batch.tasks, gradients: forget), forgetFill: reader.fill(dataset.train, batch.rows))
    forget.evenShare = batch.evenShare
    forget.oddShare = batch.oddShare
    algebra.sums(retain: retain, forget: forget, into: &sums)
    return PairedGradients(
      retainLoss: SplitFigures(seen.retain).loss,
      forgetLoss: SplitFigures(Array(seen.forget.prefix(batch.phaseRows))).loss,
      rows: rows.rows.count + batch.rows.count, sums: sums, wholeRetain: rows.isWhole, wholeForget: batch.isWhole)
  }

  /// Takes the step of the gradients that were computed last.
  func take(_ plan: StepPlan) {
    coefficients.removeAll(keepingCapacity: true)
    for block in plan.blocks {
      coefficients.append(BlockCoefficients(retain: block.retainCoefficient, forget: block.forgetCoefficient))
    }
    algebra.apply(coefficients, retain: retain, forget: forget)
  }

  func snapshot() -> WeightSnapshot { WeightSnapshot(network, algebra) }
  func restore(_ snapshot: WeightSnapshot) { snapshot.restore(to: network, algebra) }
}
