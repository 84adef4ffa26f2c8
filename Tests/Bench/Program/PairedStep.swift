import HAMU
import Networks

/// One step as a run takes it: the gradients of a retain and of a forget batch at the same weights, the sums over their
/// blocks, the optimal plan, and the step. Everything is kept from step to step.
final class PairedStep {
  let engine: Engine
  let algebra: BlockAlgebra
  private let rows: Rows
  private let batch: Int
  private let retain: HalfGradients
  private let forget: HalfGradients
  private let settings = StepSettings()
  private var outcomes = PairedOutcomes()
  private var sums: [BlockSums] = []
  private var scalars: [BlockScalars] = []
  private var planner = StepPlanner()
  private var coefficients: [BlockCoefficients] = []
  private var sides: (retain: GradientBatch, forget: GradientBatch)
  private var deliveries: (retain: RowDelivery<Never>, forget: RowDelivery<Never>)

  /// Both batches have `batch` rows, the retain batch from row `first`, the forget batch from there on.
  init(_ network: Network, _ rows: Rows, batch: Int, workers: Int, first: Int = 0) {
    engine = Engine(network: network, workers: workers)
    algebra = BlockAlgebra(network: network, team: engine.team)
    self.rows = rows
    self.batch = batch
    retain = HalfGradients(layout: network.layout)
    forget = HalfGradients(layout: network.layout)
    sides = Self.sides(rows, first, batch, retain, forget)
    deliveries = (RowDelivery(rows.fill(from: first)), RowDelivery(rows.fill(from: first + batch)))
  }

  /// Other rows for the next steps.
  func draw(from first: Int) {
    sides = Self.sides(rows, first, batch, retain, forget)
    deliveries = (RowDelivery(rows.fill(from: first)), RowDelivery(rows.fill(from: first + batch)))
  }

  private static func sides(
    _ rows: Rows, _ first: Int, _ batch: Int, _ retain: HalfGradients, _ forget: HalfGradients
  ) -> (GradientBatch, GradientBatch) {
    func tasks(from start: Int) -> [RowTask] {
      (0..<batch).map { position in
        let half = position.isMultiple(of: 2) ? HalfGradients.evenRows(of: batch) : HalfGradients.oddRows(of: batch)
        return RowTask(label: rows.label(start + position), weight: 1 / Float(half))
      }
    }
    return (
      GradientBatch(tasks: tasks(from: first), gradients: retain),
      GradientBatch(tasks: tasks(from: first + batch), gradients: forget)
    )
  }

  func take() {
    engine.pairedGradients(
      retain: sides.retain, from: deliveries.retain, forget: sides.forget, from: deliveries.forget,
      outcomes: &outcomes)
    algebra.sums(retain: retain, forget: forget, into: &sums)
    scalars.removeAll(keepingCapacity: true)
    for sum in sums { scalars.append(BlockScalars(sum)) }
    planner.plan(scalars, settings)
    coefficients.removeAll(keepingCapacity: true)
    for block in planner.plan.blocks {
      coefficients.append(BlockCoefficients(retain: block.retainCoefficient, forget: block.forgetCoefficient))
    }
    algebra.apply(coefficients, retain: retain, forget: forget)
  }

  /// Mean cross-entropy of the last retain batch: a step that went wrong shows here.
  var retainLoss: Double { outcomes.retain.reduce(0) { $0 + $1.loss } / Double(batch) }
}

extension BlockScalars {
  init(_ sums: BlockSums) {
    self.init(
      retainSquared: sums.retainSquared, forgetSquared: sums.forgetSquared, kappa: sums.kappa,
      perpSquared: (sums.retainPerpSquared, sums.forgetPerpSquared), weightSquared: sums.weightSquared)
  }
}

extension StepPlan {
  var coefficients: [BlockCoefficients] {
    blocks.map { BlockCoefficients(retain: $0.retainCoefficient, forget: $0.forgetCoefficient) }
  }
}
