import Networks

/// Standardised rows, and for each the nearest of all rows that it was compared with so far.
///
/// |x - y|^2 = |x|^2 + |y|^2 - 2 x y: a matrix product has the distances of a whole block, rounded, and a pair that may be
/// nearer than the nearest so far is computed again, difference by difference, so that what is the same has distance 0.
struct NearestRows {
  struct Nearest {
    var row = -1
    /// Of the distance.
    var squared = Double.infinity
  }

  /// Training rows; each compared with every other row but itself.
  let rows: [Int]
  private let elements: Int
  /// [rows, elements]
  private let samples: [Float]
  private let norms: [Float]
  private(set) var nearest: [Nearest]

  /// How far a float32 product of rows can be off, as a share of the squares' sum; generously.
  private static let rounding: Float = 1e-5

  init(_ rows: [Int], of space: StandardSamples, mirrored: Bool = false) throws(Interruption) {
    self.rows = rows
    elements = space.elements
    var samples = [Float](repeating: 0, count: rows.count * elements)
    try space.read(rows, mirrored: mirrored, into: &samples)
    self.samples = samples
    norms = Self.norms(samples, rows.count, elements)
    nearest = Array(repeating: Nearest(), count: rows.count)
  }

  /// Compares all rows with a block of others.
  ///
  /// - Parameters:
  ///   - block: training rows, ascending from block to block; the first of equally near ones is taken.
  ///   - others: [block, elements] at its front.
  ///   - products: room for [rows, block].
  mutating func compare(with block: ArraySlice<Int>, _ others: [Float], _ products: inout [Float]) {
    let count = block.count
    multiply(others, count, &products)
    let otherNorms = Self.norms(others, count, elements)
    for index in rows.indices {
      var best = nearest[index]
      for (column, row) in block.enumerated() where best.squared > 0 {
        let size = norms[index] + otherNorms[column]
        let least = size - 2 * products[index * count + column] - Self.rounding * size
        guard Double(least) < best.squared, row != rows[index] else { continue }
        let squared = distance(index, others, column, below: best.squared)
        if squared < best.squared { best = Nearest(row: row, squared: squared) }
      }
      nearest[index] = best
    }
  }

  /// samples * others^T
  private func multiply(_ others: [Float], _ count: Int, _ products: inout [Float]) {
    samples.withUnsafeBufferPointer { left in
      others.withUnsafeBufferPointer { right in
        products.withUnsafeMutableBufferPointer { out in
          guard let left = left.baseAddress, let right = right.baseAddress, let out = out.baseAddress else { return }
          var product = Product<Float>(
            (m: rows.count, n: count, k: elements), left: (left, elements), right: (right, elements), out: (out, count),
            keep: 0)
          product.rightTransposed = true
          Float.multiply(product)
        }
      }
    }
  }

  /// The squared distance, or a part of it that is not below the bound already.
  private func distance(_ index: Int, _ others: [Float], _ column: Int, below bound: Double) -> Double {
    var (sum, start) = (0.0, 0)
    while start < elements && sum < bound {
      let end = min(start + 256, elements)
      for feature in start..<end {
        let difference = Double(samples[index * elements + feature] - others[column * elements + feature])
        sum += difference * difference
      }
      start = end
    }
    return sum
  }

  private static func norms(_ samples: [Float], _ count: Int, _ elements: Int) -> [Float] {
    samples.withUnsafeBufferPointer { samples in
      (0..<count).map { row in
        // Sixteen sums side by side, as the processor adds them up.
        let sample = UnsafeBufferPointer(rebasing: samples[row * elements..<(row + 1) * elements])
        var sums = SIMD16<Float>()
        let whole = elements / 16 * 16
        for start in stride(from: 0, to: whole, by: 16) {
          let part = SIMD16<Float>(sample[start..<start + 16])
          sums += part * part
        }
        return sample[whole...].reduce(sums.sum()) { $0 + $1 * $1 }
      }
    }
  }
}
