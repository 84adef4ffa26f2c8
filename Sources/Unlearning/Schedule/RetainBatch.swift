package import Networks

/// The retain side of one step: a mean over rows, each half the mean over its own rows.
package struct RetainBatch: Sendable, Equatable {
  package let rows: [Int]
  package let tasks: [RowTask]
  package let isWhole: Bool
  /// What each row counts in the mean; nil: all count alike.
  private let weights: [Double]?

  /// - Parameters:
  ///   - objectives: by position; nil: cross-entropy.
  ///   - labels: of all training rows.
  package init(_ batch: BatchRows, objectives: [RowTask.Objective]? = nil, labels: [Int32]) {
    rows = batch.rows
    isWhole = batch.isWhole
    weights = batch.weights
    let even = 1 / Float(Swift.max(1, HalfGradients.evenRows(of: rows.count)))
    let odd = 1 / Float(Swift.max(1, HalfGradients.oddRows(of: rows.count)))
    tasks = batch.rows.enumerated().map { position, row in
      RowTask(
        label: labels[row], objective: objectives?[position] ?? .crossEntropy,
        weight: Float(batch.weights?[position] ?? 1) * (position.isMultiple(of: 2) ? even : odd))
    }
  }

  /// The mean of what was seen of each row, by position.
  package func mean(_ values: [Double]) -> Double {
    let sum = weights.map { zip(values, $0).reduce(0) { $0 + $1.0 * $1.1 } } ?? values.reduce(0, +)
    return sum / Double(max(1, values.count))
  }
}
