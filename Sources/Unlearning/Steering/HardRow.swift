import Glibc
import Networks

/// A retain row that is not quite known any more, and how much: 1 - p of its class, to which its gradient is in proportion.
package struct HardRow: Sendable, Equatable, Codable {
  package var row: Int
  package var miss: Double

  package init(row: Int, miss: Double) {
    self.row = row
    self.miss = miss
  }

  init(row: Int, _ outcome: RowOutcome) {
    self.row = row
    miss = -expm1(-outcome.loss)
  }
}

extension [HardRow] {
  /// With what was seen since, newest first where a row was seen twice: the `count` rows that miss most, ascending by row.
  package func updated(by seen: [HardRow], keeping count: Int) -> [HardRow] {
    var newest: [Int: HardRow] = [:]
    for hard in self + seen { newest[hard.row] = hard }
    let hardest = newest.values.sorted { ($1.miss, $0.row) < ($0.miss, $1.row) }.prefix(count)
    return hardest.sorted { $0.row < $1.row }
  }
}

/// Draws retain batches: a part evenly from all rows, the rest in proportion to how much a row misses. Weighted so that the
/// batch's gradient is that of the mean over all rows, whose noise is far below an even draw's: of a model that knows its
/// rows by heart, a few hundred of them have nearly all of the gradient (importance sampling, arXiv:1401.2753).
package struct RetainSampler: Sendable {
  private let rows: [Int]
  private let hard: [HardRow]
  /// Sums of `miss` up to and with each hard row.
  private let sums: [Double]
  private let hardShare: Double
  private let misses: [Int: Double]

  /// - Parameter hard: ascending by row, all of them in `rows`.
  package init(_ rows: [Int], hard: [HardRow], hardShare: Double) {
    self.rows = rows
    self.hard = hard
    var sum = 0.0
    sums = hard.map {
      sum += $0.miss
      return sum
    }
    self.hardShare = sum > 0 ? hardShare : 0
    misses = Dictionary(hard.map { ($0.row, $0.miss) }, uniquingKeysWith: { first, _ in first })
  }

  package func draw(_ size: Int, with generator: SeededGenerator) -> BatchRows {
    guard rows.count > size, hardShare > 0, let total = sums.last else {
      return .draw(size, of: rows, with: generator)
    }
    var generator = generator
    // In fours, so that each half of the batch, even and odd positions, has its part of both.
    let hardCount = Int((Double(size) * hardShare / 2).rounded()) * 2
    var batch = BatchRows(rows: generator.places(size - hardCount, of: rows.count).map { rows[$0] }, isWhole: false)
    for _ in 0..<hardCount { batch.rows.append(hard[place(generator.unit() * total)].row) }
    let share = Double(hardCount) / Double(size)
    batch.weights = batch.rows.map { row in
      1 / (1 - share + share * Double(rows.count) * (misses[row] ?? 0) / total)
    }
    return batch
  }

  /// The first hard row whose sum is above.
  private func place(_ value: Double) -> Int {
    var low = 0
    var high = sums.count - 1
    while low < high {
      let middle = (low + high) / 2
      if sums[middle] > value { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
