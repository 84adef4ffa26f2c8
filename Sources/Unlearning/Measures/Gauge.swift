import Datasets
import Networks

/// Measures rows with the weights of one network.
struct Gauge {
  let engine: Engine
  let dataset: Dataset
  let reader: RowReader

  /// Training rows; ascending.
  func train(_ rows: [Int]) throws(Interruption) -> SeenRows { try see(dataset.train, rows) }
  /// Held-out rows; ascending.
  func heldout(_ rows: [Int]) throws(Interruption) -> SeenRows { try see(dataset.heldout, rows) }

  private func see(_ split: Split, _ rows: [Int]) throws(Interruption) -> SeenRows {
    guard !rows.isEmpty else { return SeenRows(rows: [], outcomes: []) }
    let outcomes = try engine.evaluate(labels: rows.map { split.labels[$0] }, fill: reader.fill(split, rows))
    return SeenRows(rows: rows, outcomes: outcomes)
  }
}
