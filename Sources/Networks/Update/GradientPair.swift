import CKernels

/// A retain gradient a, a forget gradient b and the last step d, and the loops over them, in float64 from float32.
/// Eight lanes in fixed order, so that a chunk's sum depends on nothing but its numbers.
///
/// `@unchecked Sendable`: workers read, and write d and the weights in disjoint chunks.
package struct GradientPair: @unchecked Sendable {
  private let retain: HalfGradients
  private let forget: HalfGradients
  private let lastStep: FlatBuffer
  private let loops: UpdateLoops
  private let shares: (retainEven: Double, retainOdd: Double, forgetEven: Double, forgetOdd: Double)

  /// Above this many weights no cache holds what a step reads and writes (six vectors of float32) until the next one.
  private static let cachedAtMost = 1 << 20

  package init(retain: HalfGradients, forget: HalfGradients, lastStep: FlatBuffer, loops: UpdateLoops = .fastest) {
    precondition(retain.layout.count == lastStep.count && forget.layout.count == lastStep.count)
    self.retain = retain
    self.forget = forget
    self.lastStep = lastStep
    self.loops = loops
    shares = (retain.evenShare, retain.oddShare, forget.evenShare, forget.oddShare)
  }

  /// Both gradients from a flat place on.
  private func pair(from place: Int) -> ck_gradient_pair {
    ck_gradient_pair(
      retain_even: retain.even.start + place, retain_odd: retain.odd.start + place,
      forget_even: forget.even.start + place, forget_odd: forget.odd.start + place,
      retain_even_share: shares.retainEven, retain_odd_share: shares.retainOdd,
      forget_even_share: shares.forgetEven, forget_odd_share: shares.forgetOdd)
  }

  /// Every product of `BlockSums` over one chunk. Blocks start at cache lines and gaps hold zeros, so whole lanes are
  /// read to the end of the last line.
  func products(over range: Range<Int>) -> ck_products {
    loops.table.pointee.products(pair(from: range.lowerBound), lastStep.start + range.lowerBound, range.count)
  }

  /// `products`, by its names in `BlockSums`.
  package func sums(over range: Range<Int>) -> BlockSums {
    var sums = BlockSums()
    sums.add(products(over: range))
    return sums
  }

  /// d = alpha a + beta b, w += d; returns |w|^2. `weights` are those of the chunk alone.
  package func step(
    _ weights: UnsafeMutablePointer<Float>, over range: Range<Int>, _ coefficients: BlockCoefficients
  ) -> Double {
    let step = ck_step(
      retain: coefficients.retain, forget: coefficients.forget, last_step: lastStep.start + range.lowerBound,
      weights: weights, past_caches: lastStep.count > Self.cachedAtMost ? 1 : 0)
    return loops.table.pointee.step(pair(from: range.lowerBound), step, range.count)
  }

  /// |w|^2 as `step` adds it up, to the same bits.
  package func square(_ weights: UnsafePointer<Float>, count: Int) -> Double {
    loops.table.pointee.square(weights, count)
  }

  /// |a - ratio b|^2 over one chunk.
  package func differenceSquared(over range: Range<Int>, ratio: Double) -> Double {
    loops.table.pointee.difference_squared(pair(from: range.lowerBound), ratio, range.count)
  }
}

extension BlockSums {
  /// The next chunk's products, in the chunks' order.
  mutating func add(_ products: ck_products) {
    retainSquared += products.aa
    forgetSquared += products.bb
    kappa += products.ab
    retainHalves += products.halves_a
    forgetHalves += products.halves_b
    retainLastStep += products.ad
    forgetLastStep += products.bd
  }

  /// Where a and b are so nearly parallel that |a|^2 - kappa^2/|b|^2 loses digits, `exact` passes over the block once
  /// more: |a - ratio b|^2. The other perpendicular follows, since both are sin^2 of the same angle.
  mutating func setPerpendiculars(exact: (_ ratio: Double) -> Double) {
    guard retainSquared > 0, forgetSquared > 0 else {
      retainPerpSquared = retainSquared
      forgetPerpSquared = forgetSquared
      return
    }
    let ratio = kappa / forgetSquared
    var perpendicular = retainSquared - kappa * ratio
    if perpendicular < 1e-4 * retainSquared { perpendicular = exact(ratio) }
    retainPerpSquared = perpendicular
    forgetPerpSquared = perpendicular / retainSquared * forgetSquared
  }
}
