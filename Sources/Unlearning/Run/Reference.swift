import Checkpoints
import Datasets
import HAMU
import Networks

/// The model as it was before the run. What it says of rows is computed for each step's batch anew: kept from step to step, a
/// run that was stopped in between would round otherwise than one that was not.
final class Reference {
  private let engine: Engine
  private let dataset: Dataset
  private let reader: RowReader
  /// Rows that went through it since somebody counted.
  private var rows = 0

  init(_ weights: WeightMap, _ plan: RunPlan, _ reader: RowReader) throws(UnlearningError) {
    let observer = reader.observer
    engine = Engine(
      network: try Network(weights, sampleShape: plan.dataset.sampleShape), workers: plan.workers,
      alive: { observer.signOfLife() })
    dataset = plan.dataset
    self.reader = reader
  }

  func countedRows() -> Int {
    defer { rows = 0 }
    return rows
  }

  /// Logits of training rows, in the order given.
  func logits(_ rows: [Int]) throws(Interruption) -> [[Float]] {
    guard !rows.isEmpty else { return [] }
    self.rows += rows.count
    let logits = try engine.logits(rows: rows.count, fill: reader.fill(dataset.train, rows))
    let classes = logits.count / rows.count
    return rows.indices.map { Array(logits[$0 * classes..<($0 + 1) * classes]) }
  }

  /// Cross-entropies of training rows, in the order given.
  func losses(_ rows: [Int]) throws(Interruption) -> [Double] {
    guard !rows.isEmpty else { return [] }
    self.rows += rows.count
    let labels = rows.map { dataset.train.labels[$0] }
    return try engine.evaluate(labels: labels, fill: reader.fill(dataset.train, rows)).map(\.loss)
  }
}

extension RunSettings {
  /// Whether a step asks what the model before the run says.
  var looksBack: Bool {
    objective == .npo || [.kl, .scrub, .npo].contains(baseline?.method)
  }
}
