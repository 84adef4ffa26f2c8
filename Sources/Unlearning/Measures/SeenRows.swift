import Networks

/// What a forward pass saw of some rows of one split.
struct SeenRows: Sendable {
  /// Ascending.
  let rows: [Int]
  let outcomes: [RowOutcome]

  /// What was seen of a row; it must be one of `rows`.
  subscript(row: Int) -> RowOutcome {
    guard let outcome = ifSeen(row) else { preconditionFailure("row \(row) was not measured") }
    return outcome
  }

  /// nil where it is not one of `rows`.
  func ifSeen(_ row: Int) -> RowOutcome? {
    var low = 0
    var high = rows.count
    while low < high {
      let middle = (low + high) / 2
      if rows[middle] < row { low = middle + 1 } else { high = middle }
    }
    return low < rows.count && rows[low] == row ? outcomes[low] : nil
  }

  /// Both; a row that is in both counts once.
  func merged(with other: SeenRows) -> SeenRows {
    let rows = Set(rows).union(other.rows).sorted()
    let own = Set(self.rows)
    return SeenRows(rows: rows, outcomes: rows.map { own.contains($0) ? self[$0] : other[$0] })
  }

  var isFinite: Bool { outcomes.allSatisfy { $0.loss.isFinite && $0.phi.isFinite } }

  func figures(of chosen: [Int]) -> SplitFigures { SplitFigures(chosen.map { self[$0] }) }
  func accuracy(of chosen: [Int]) -> Double { figures(of: chosen).accuracy }
}

extension SplitFigures {
  /// Means, added up in the order given; of no rows: 0.
  init(_ outcomes: [RowOutcome]) {
    let count = Double(max(1, outcomes.count))
    self.init(
      loss: outcomes.reduce(0) { $0 + $1.loss } / count,
      accuracy: Double(outcomes.count { $0.correct }) / count)
  }
}
