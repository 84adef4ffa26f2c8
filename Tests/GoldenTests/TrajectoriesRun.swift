import Checkpoints
import Datasets
import HAMU
import Networks
import Unlearning

/// Takes the steps of a golden file with our own engine: rows, gradients, plan, update, as a run does them.
final class TrajectoriesRun {
  struct Seen {
    var retainLoss: Double
    var pushed: Double
    /// Of the clipped gradients.
    var kappa: Double
  }

  enum Failure: Error {
    case settings(String)
  }

  let network: Network
  private let file: TrajectoriesFile
  private let settings: StepSettings
  private let dataset: Dataset
  private let engine: Engine
  private let algebra: BlockAlgebra
  private let retain: HalfGradients
  private let forget: HalfGradients
  private let retainRows: [Int]
  private let forgetRows: [Int]
  /// By place among the forget rows; nil for cross-entropy.
  private(set) var targets: [Double]?
  /// phi of each forget row before the first step.
  private(set) var margins: [Double] = []

  /// `shared` is the folder that the file's paths start from.
  init(_ file: TrajectoriesFile, shared: String) throws {
    guard let settings = file.stepSettings else { throw Failure.settings("an unknown variant, allocation or radius") }
    guard let pushesMargin = file.pushesMargin else { throw Failure.settings("an unknown forget objective") }
    self.file = file
    self.settings = settings
    let data = shared + "/" + file.data
    let dataset = try Dataset.open(
      DatasetDescription(
        source: .cifar10(train: data + "/data_batch_*.bin", heldout: data + "/test_batch.bin")))
    self.dataset = dataset
    guard let rows = file.forgetRows(labels: dataset.train.labels), rows.allSatisfy({ $0 < dataset.train.count })
    else { throw Failure.settings("'\(file.forget)' names no rows") }
    forgetRows = rows
    let forgotten = Set(rows)
    retainRows = (0..<dataset.train.count).filter { !forgotten.contains($0) }
    let model = try ModelDirectory.open(shared + "/" + file.model)
    network = try Network(WeightMap.read(model, trainable: Self.trains), sampleShape: dataset.sampleShape)
    engine = Engine(network: network, workers: 2)
    algebra = BlockAlgebra(network: network, team: engine.team)
    retain = HalfGradients(layout: network.layout)
    forget = HalfGradients(layout: network.layout)
    if pushesMargin { try setTargets() }
  }

  /// BatchNorm's statistics stay as they are.
  static func trains(_ name: String) -> Bool { name.hasSuffix(".weight") || name.hasSuffix(".bias") }

  /// Gradients and update of step `number`; what was seen before the update.
  func step(_ number: Int) throws -> Seen {
    let retained = places(number, of: retainRows.count, once: false).map { retainRows[$0] }
    let forgotten = places(number, of: forgetRows.count, once: file.takesForgetRowsOnce)
    let labels = dataset.train.labels
    let outcomes = try engine.pairedGradients(
      retain: GradientBatch(
        tasks: retained.enumerated().map { place, row in
          RowTask(label: labels[row], weight: weight(place, of: retained.count))
        }, gradients: retain), retainFill: fill(dataset.train, retained),
      forget: GradientBatch(
        tasks: forgotten.enumerated().map { place, index in
          task(index, weight: weight(place, of: forgotten.count))
        }, gradients: forget), forgetFill: fill(dataset.train, forgotten.map { forgetRows[$0] }))
    let plan = StepPlan(algebra.sums(retain: retain, forget: forget).map { BlockScalars($0) }, settings)
    algebra.apply(
      plan.blocks.map { BlockCoefficients(retain: $0.retainCoefficient, forget: $0.forgetCoefficient) },
      retain: retain, forget: forget)
    let pushed = zip(outcomes.forget, forgotten).reduce(0.0) { sum, entry in
      sum + (targets.map { max(entry.0.phi - $0[entry.1], 0) } ?? entry.0.loss)
    }
    return Seen(
      retainLoss: outcomes.retain.reduce(0) { $0 + $1.loss } / Double(retained.count),
      pushed: pushed / Double(forgotten.count), kappa: plan.kappa)
  }

  /// Step t takes t*B ... t*B+B-1, wrapping round.
  private func places(_ step: Int, of count: Int, once: Bool) -> [Int] {
    let batch = once ? min(file.batch_size, count) : file.batch_size
    return (0..<batch).map { (step * file.batch_size + $0) % count }
  }

  /// A half is the mean over its own rows.
  private func weight(_ place: Int, of count: Int) -> Float {
    1 / Float(place % 2 == 0 ? HalfGradients.evenRows(of: count) : HalfGradients.oddRows(of: count))
  }

  /// What is to grow: the mean cross-entropy, or -F.
  private func task(_ index: Int, weight: Float) -> RowTask {
    let label = dataset.train.labels[forgetRows[index]]
    guard let targets else { return RowTask(label: label, weight: weight) }
    return RowTask(label: label, objective: .hingeMargin(target: targets[index]), weight: -weight)
  }

  /// The rank-matched targets of algorithm.md, "What is pushed".
  private func setTargets() throws {
    let labels = forgetRows.map { dataset.train.labels[$0] }
    margins = try engine.evaluate(labels: labels, fill: fill(dataset.train, forgetRows)).map(\.phi)
    let heldout = try engine.evaluate(
      labels: dataset.heldout.labels, fill: fill(dataset.heldout, Array(0..<dataset.heldout.count))
    ).map(\.phi)
    var targets = [Double](repeating: 0, count: margins.count)
    for label in Set(labels) {
      let places = labels.indices.filter { labels[$0] == label }
      let ranked = places.sorted { (margins[$0], $0) < (margins[$1], $1) }
      let reference = zip(dataset.heldout.labels, heldout).filter { $0.0 == label }.map(\.1).sorted()
      guard let last = reference.last else { throw Failure.settings("a class without held-out rows") }
      for (rank, place) in ranked.enumerated() {
        let position = (Double(rank) + 0.5) / Double(ranked.count) * Double(reference.count - 1)
        let lower = Int(position)
        let upper = lower + 1 < reference.count ? reference[lower + 1] : last
        targets[place] = reference[lower] + (position - Double(lower)) * (upper - reference[lower])
      }
    }
    self.targets = targets
  }

  private func fill(_ split: Split, _ rows: [Int]) -> Engine.Fill<DatasetError> {
    { (positions, samples) throws(DatasetError) in
      try split.read(rows: positions.map { rows[$0] }, into: samples)
    }
  }
}

extension BlockScalars {
  fileprivate init(_ sums: BlockSums) {
    self.init(
      retainSquared: sums.retainSquared, forgetSquared: sums.forgetSquared, kappa: sums.kappa,
      perpSquared: (sums.retainPerpSquared, sums.forgetPerpSquared), weightSquared: sums.weightSquared)
  }
}
