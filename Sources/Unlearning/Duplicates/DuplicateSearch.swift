package import Datasets

/// Looks for rows that stay and are nearly the same as rows to forget. By samples alone, whatever their labels: no model
/// is asked. The same data, seed and requests give the same answer.
package struct DuplicateSearch {
  package var limits = DuplicateLimits()
  private let dataset: Dataset
  private let seed: UInt64
  private let observer: any RunObserver
  private let reader: RowReader

  package init(_ dataset: Dataset, seed: UInt64, observer: any RunObserver) {
    self.dataset = dataset
    self.seed = seed
    self.observer = observer
    reader = RowReader(observer: observer)
  }

  /// Reads the retain rows once and the training rows once, in blocks.
  ///
  /// - Parameter retainRows: ascending.
  package func look(
    for requests: [ForgetRequest], among retainRows: [Int]
  ) throws(Interruption) -> NearDuplicates {
    let rows = Set(requests.flatMap(\.rows)).sorted()
    let train = Array(0..<dataset.train.count)
    let space = try StandardSamples(
      dataset, over: draw(limits.scaleRows, of: train, .duplicateScale).sorted(), blockRows: blockRows, reader)
    let usual = try usualDistance(space, train)
    let seen = Array(rows.prefix(rowsWithin(limits.products, space, rows.count, among: retainRows.count)))
    var sides = [try NearestRows(seen, of: space)]
    if space.isOfPictures { sides.append(try NearestRows(seen, of: space, mirrored: true)) }
    try compare(&sides, with: retainRows, space)
    let found = named(sides, usual)
    let pairs = requests.flatMap { request in
      request.rows.compactMap { row in
        found[row].map { near in
          NearDuplicate(
            key: request.key, row: row, retainRow: near.row, ratio: usual > 0 ? near.distance / usual : 0,
            isMirrored: near.isMirrored)
        }
      }
    }
    return NearDuplicates(pairs: pairs, usualDistance: usual, rows: rows.count, rowsSeen: seen.count)
  }

  private typealias Near = (row: Int, distance: Double, isMirrored: Bool)

  /// By forget row.
  private func named(_ sides: [NearestRows], _ usual: Double) -> [Int: Near] {
    var found: [Int: Near] = [:]
    for (side, isMirrored) in zip(sides, [false, true]) {
      for (row, nearest) in zip(side.rows, side.nearest) {
        let distance = nearest.squared.squareRoot()
        if distance <= limits.ratio * usual, distance < found[row]?.distance ?? .infinity {
          found[row] = (nearest.row, distance, isMirrored)
        }
      }
    }
    return found
  }

  /// The median distance of drawn training rows to their nearest other row; 0 where there is no other.
  private func usualDistance(_ space: StandardSamples, _ train: [Int]) throws(Interruption) -> Double {
    let affordable = limits.products / 4 / max(1, train.count * space.elements)
    let wanted = min(limits.usualRows, max(limits.usualRowsLeast, affordable))
    let count = min(wanted, max(1, limits.heldNumbers / space.elements))
    var rows = [try NearestRows(draw(count, of: train, .duplicateDistance), of: space)]
    try compare(&rows, with: train, space)
    let distances = rows[0].nearest.map { $0.squared.squareRoot() }.filter(\.isFinite).sorted()
    return distances.isEmpty ? 0 : distances[distances.count / 2]
  }

  private func compare(
    _ sides: inout [NearestRows], with rows: [Int], _ space: StandardSamples
  ) throws(Interruption) {
    let size = min(blockRows, rows.count)
    var samples = [Float](repeating: 0, count: size * space.elements)
    var products = [Float](repeating: 0, count: size * (sides.map(\.rows.count).max() ?? 0))
    for start in stride(from: 0, to: rows.count, by: max(1, size)) {
      let block = rows[start..<min(start + size, rows.count)]
      try space.read(block, into: &samples)
      for side in sides.indices { sides[side].compare(with: block, samples, &products) }
      observer.signOfLife()
    }
  }

  private var blockRows: Int { max(1, min(limits.blockRows, limits.blockNumbers / dataset.train.elements)) }

  /// How many of `count` rows may be compared with `others` rows; at least one.
  private func rowsWithin(_ products: Int, _ space: StandardSamples, _ count: Int, among others: Int) -> Int {
    let sides = space.isOfPictures ? 2 : 1
    let affordable = min(products / max(1, others * space.elements), limits.heldNumbers / space.elements)
    return min(count, max(1, affordable / sides))
  }

  private func draw(_ count: Int, of rows: [Int], _ purpose: SeededGenerator.Purpose) -> [Int] {
    BatchRows.draw(count, of: rows, with: SeededGenerator(seed: seed, purpose: purpose, step: 0)).rows
  }
}
