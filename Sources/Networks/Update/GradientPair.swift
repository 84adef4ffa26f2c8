/// Loops over a retain gradient a, a forget gradient b and the last step d, in float64 from float32. Eight lanes in
/// fixed order, so that a chunk's sum depends on nothing but its numbers.
///
/// `@unchecked Sendable`: workers read, and write d and the weights in disjoint chunks.
struct GradientPair: @unchecked Sendable {
  private typealias Lanes = SIMD8<Double>

  private let retain: (even: UnsafeMutablePointer<Float>, odd: UnsafeMutablePointer<Float>)
  private let forget: (even: UnsafeMutablePointer<Float>, odd: UnsafeMutablePointer<Float>)
  private let lastStep: UnsafeMutablePointer<Float>
  private let retainShares: (even: Double, odd: Double)
  private let forgetShares: (even: Double, odd: Double)

  init(retain: HalfGradients, forget: HalfGradients, lastStep: FlatBuffer) {
    precondition(retain.layout.count == lastStep.count && forget.layout.count == lastStep.count)
    self.retain = (retain.even.start, retain.odd.start)
    self.forget = (forget.even.start, forget.odd.start)
    self.lastStep = lastStep.start
    retainShares = (retain.evenShare, retain.oddShare)
    forgetShares = (forget.evenShare, forget.oddShare)
  }

  @inline(__always)
  private func load(_ address: UnsafePointer<Float>) -> Lanes {
    Lanes(UnsafeRawPointer(address).loadUnaligned(as: SIMD8<Float>.self))
  }

  /// Blocks start at cache lines and gaps hold zeros, so whole lanes may be read to the end of the last line.
  @inline(__always)
  private static func lanes(_ range: Range<Int>) -> StrideTo<Int> {
    stride(from: range.lowerBound, to: range.upperBound, by: 8)
  }

  /// Every product of `BlockSums` over one chunk.
  func products(over range: Range<Int>) -> ChunkProducts {
    var (aa, bb, ab, halvesA, halvesB) = (Lanes.zero, Lanes.zero, Lanes.zero, Lanes.zero, Lanes.zero)
    var (ad, bd) = (Lanes.zero, Lanes.zero)
    for index in Self.lanes(range) {
      let (a1, a2) = (load(retain.even + index), load(retain.odd + index))
      let (b1, b2) = (load(forget.even + index), load(forget.odd + index))
      let d = load(lastStep + index)
      let a = a1 * retainShares.even + a2 * retainShares.odd
      let b = b1 * forgetShares.even + b2 * forgetShares.odd
      aa += a * a
      bb += b * b
      ab += a * b
      halvesA += a1 * a2
      halvesB += b1 * b2
      ad += a * d
      bd += b * d
    }
    return ChunkProducts(
      aa: aa.sum(), bb: bb.sum(), ab: ab.sum(), halvesA: halvesA.sum(), halvesB: halvesB.sum(), ad: ad.sum(),
      bd: bd.sum())
  }

  /// d = alpha a + beta b, w += d; returns |w|^2. `weights` is such that `weights[i]` belongs to flat place i; a
  /// block's weights end with the block, so its last lanes go one by one.
  func step(
    _ weights: UnsafeMutablePointer<Float>, over range: Range<Int>, _ coefficients: BlockCoefficients
  ) -> Double {
    let a1 = coefficients.retain * retainShares.even
    let a2 = coefficients.retain * retainShares.odd
    let b1 = coefficients.forget * forgetShares.even
    let b2 = coefficients.forget * forgetShares.odd
    var squares = Lanes.zero
    let whole = range.lowerBound + range.count / 8 * 8
    for index in Self.lanes(range.lowerBound..<whole) {
      let step = SIMD8<Float>(
        (load(retain.even + index) * a1 + load(retain.odd + index) * a2)
          + (load(forget.even + index) * b1 + load(forget.odd + index) * b2))
      let moved = UnsafeRawPointer(weights + index).loadUnaligned(as: SIMD8<Float>.self) + step
      UnsafeMutableRawPointer(lastStep + index).storeBytes(of: step, as: SIMD8<Float>.self)
      UnsafeMutableRawPointer(weights + index).storeBytes(of: moved, as: SIMD8<Float>.self)
      let exact = Lanes(moved)
      squares += exact * exact
    }
    for index in whole..<range.upperBound {
      let fromRetain = Double(retain.even[index]) * a1 + Double(retain.odd[index]) * a2
      let fromForget = Double(forget.even[index]) * b1 + Double(forget.odd[index]) * b2
      let step = Float(fromRetain + fromForget)
      lastStep[index] = step
      weights[index] += step
      squares[index - whole] += Double(weights[index]) * Double(weights[index])
    }
    return squares.sum()
  }

  /// |w|^2 as `step` adds it up, to the same bits: `weights` as there.
  static func square(_ weights: UnsafePointer<Float>, over range: Range<Int>) -> Double {
    var squares = Lanes.zero
    let whole = range.lowerBound + range.count / 8 * 8
    for index in lanes(range.lowerBound..<whole) {
      let exact = Lanes(UnsafeRawPointer(weights + index).loadUnaligned(as: SIMD8<Float>.self))
      squares += exact * exact
    }
    for index in whole..<range.upperBound { squares[index - whole] += Double(weights[index]) * Double(weights[index]) }
    return squares.sum()
  }

  /// |a - ratio b|^2 over one chunk.
  func differenceSquared(over range: Range<Int>, ratio: Double) -> Double {
    var sum = Lanes.zero
    for index in Self.lanes(range) {
      let a = load(retain.even + index) * retainShares.even + load(retain.odd + index) * retainShares.odd
      let b = load(forget.even + index) * forgetShares.even + load(forget.odd + index) * forgetShares.odd
      let difference = a - b * ratio
      sum += difference * difference
    }
    return sum.sum()
  }
}

/// The products of one chunk; added into their block's sums in the chunks' order.
struct ChunkProducts: Sendable {
  var aa = 0.0
  var bb = 0.0
  var ab = 0.0
  var halvesA = 0.0
  var halvesB = 0.0
  var ad = 0.0
  var bd = 0.0

  func add(to sums: inout BlockSums) {
    sums.retainSquared += aa
    sums.forgetSquared += bb
    sums.kappa += ab
    sums.retainHalves += halvesA
    sums.forgetHalves += halvesB
    sums.retainLastStep += ad
    sums.forgetLastStep += bd
  }
}

extension BlockSums {
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
