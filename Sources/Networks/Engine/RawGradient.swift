import Glibc

/// A gradient in the form in which it accumulates (`Folding`): per unit the products xᵀ dy (or their transpose), and the column sums of dy
/// in float64. What becomes of it is linear, so slots are added in this form and unfolded once.
///
/// `@unchecked Sendable`: each belongs to one worker, or to the slot whose turn it is.
final class RawGradient<S: Scalar>: @unchecked Sendable {
  let products: UnsafeMutablePointer<S>
  let productCount: Int
  let sums: UnsafeMutablePointer<Double>
  let sumCount: Int
  private let productOffsets: [Int]
  private let sumOffsets: [Int]

  init(_ weights: FoldedWeights<S>) {
    var size = 0
    productOffsets = weights.program.units.map { unit in
      defer { size += (unit.geometry.weightCount + 15) / 16 * 16 }
      return size
    }
    productCount = size
    sumOffsets = weights.plan.sums.map { weights.channelOffsets[$0] }
    sumCount = weights.channelCount
    products = AlignedMemory.allocate(S.self, count: productCount)
    sums = AlignedMemory.allocate(Double.self, count: sumCount)
    zero()
  }

  deinit {
    free(products)
    free(sums)
  }

  func products(_ unit: Int) -> UnsafeMutablePointer<S> { products + productOffsets[unit] }
  func sums(_ unit: Int) -> UnsafeMutablePointer<Double> { sums + sumOffsets[unit] }

  func zero() {
    products.update(repeating: 0, count: productCount)
    sums.update(repeating: 0, count: sumCount)
  }

  func add(_ other: RawGradient<S>) {
    for index in 0..<productCount { products[index] += other.products[index] }
    for index in 0..<sumCount { sums[index] += other.sums[index] }
  }
}
