package import Networks

/// The retain side of one step: a mean over rows, each half the mean over its own rows.
package struct RetainBatch: Sendable, Equatable {
  package let rows: [Int]
  package let tasks: [RowTask]
  package let isWhole: Bool

  /// - Parameters:
  ///   - objectives: by position; nil: cross-entropy.
  ///   - labels: of all training rows.
  package init(_ batch: BatchRows, objectives: [RowTask.Objective]? = nil, labels: [Int32]) {
    rows = batch.rows
    isWhole = batch.isWhole
    let even = 1 / Float(Swift.max(1, HalfGradients.evenRows(of: rows.count)))
    let odd = 1 / Float(Swift.max(1, HalfGradients.oddRows(of: rows.count)))
    tasks = batch.rows.enumerated().map { position, row in
      RowTask(
        label: labels[row], objective: objectives?[position] ?? .crossEntropy,
        weight: position.isMultiple(of: 2) ? even : odd)
    }
  }
}
