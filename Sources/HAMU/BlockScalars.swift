/// What the algorithm needs to know of one block's gradients: a for the retain, b for the forget side.
package struct BlockScalars: Sendable, Equatable {
  /// |a|^2
  package var retainSquared: Double
  /// |b|^2
  package var forgetSquared: Double
  /// The hardness kappa = a.b.
  package var kappa: Double
  /// |a - (kappa/|b|^2) b|^2, summed over the elements: from the three scalars above it would lose every digit where the
  /// gradients are nearly parallel. Equals |a|^2 when b = 0.
  package var retainPerpSquared: Double
  /// |b - (kappa/|a|^2) a|^2; only HAMU-U looks at it.
  package var forgetPerpSquared: Double
  /// |w|^2 of the block's weights; only a relative radius looks at it.
  package var weightSquared: Double

  package init(
    retainSquared: Double, forgetSquared: Double, kappa: Double,
    perpSquared: (retain: Double, forget: Double), weightSquared: Double = 0
  ) {
    self.retainSquared = retainSquared
    self.forgetSquared = forgetSquared
    self.kappa = kappa
    retainPerpSquared = perpSquared.retain
    forgetPerpSquared = perpSquared.forget
    self.weightSquared = weightSquared
  }

  /// No NaN and no infinity.
  package var isFinite: Bool {
    retainSquared.isFinite && forgetSquared.isFinite && kappa.isFinite && retainPerpSquared.isFinite
      && forgetPerpSquared.isFinite && weightSquared.isFinite
  }

  /// The block of the problem that is solved, of gradients scaled by `clip`.
  func problem(_ variant: Variant, clip: ClipFactors, radius rule: TrustRadius) -> BlockProblem {
    let retain = clip.retain * clip.retain
    let forget = clip.forget * clip.forget
    let a = retainSquared * retain
    let b = forgetSquared * forget
    let kappa = kappa * clip.retain * clip.forget
    let block =
      switch variant {
      case .hamuQ:
        BlockProblem(retainSquared: a, forgetSquared: b, kappa: kappa, perpSquared: retainPerpSquared * retain)
      case .hamuU:
        BlockProblem(retainSquared: b, forgetSquared: a, kappa: kappa, perpSquared: forgetPerpSquared * forget)
      }
    return block.with(radius: rule, weightSquared: weightSquared)
  }
}

/// One block of the problem that is solved: minimise a.d subject to b.d >= Q and |d| <= R, with a and b those of the
/// substituted problem (HAMU-U: a' = -b, b' = -a; kappa keeps its value).
struct BlockProblem {
  var retainSquared: Double
  var forgetSquared: Double
  var kappa: Double
  var perpSquared: Double
  var radius = 0.0

  init(retainSquared: Double, forgetSquared: Double, kappa: Double, perpSquared: Double, radius: Double = 0) {
    self.retainSquared = retainSquared
    self.forgetSquared = forgetSquared
    self.kappa = kappa
    self.perpSquared = perpSquared
    self.radius = radius
  }

  func with(radius rule: TrustRadius, weightSquared: Double) -> BlockProblem {
    var block = self
    block.radius =
      switch rule {
      case .relative(let x): x * weightSquared.squareRoot()
      case .learningRate(let x): x * retainNorm
      case .absolute(let x): x
      }
    return block
  }

  /// |a|
  var retainNorm: Double { retainSquared.squareRoot() }
  /// |b|
  var forgetNorm: Double { forgetSquared.squareRoot() }
  /// R |b|: no step improves the constrained side by more.
  var reach: Double { radius * forgetNorm }

  /// |a_perp| <= 1e-6 |a|. A block of one element always is: its a_perp is rounding noise, never to be stretched to R.
  var isParallel: Bool { perpSquared <= 1e-12 * retainSquared }

  /// All blocks as one, without cancellation: a - c b of a block is its own perpendicular part and (kappa_i/|b_i|^2 - c)
  /// times b_i.
  static func joined(_ blocks: [BlockProblem]) -> BlockProblem {
    var sum = BlockProblem(retainSquared: 0, forgetSquared: 0, kappa: 0, perpSquared: 0)
    var radiusSquared = 0.0
    for block in blocks {
      sum.retainSquared += block.retainSquared
      sum.forgetSquared += block.forgetSquared
      sum.kappa += block.kappa
      radiusSquared += block.radius * block.radius
    }
    sum.radius = radiusSquared.squareRoot()
    let slope = sum.forgetSquared > 0 ? sum.kappa / sum.forgetSquared : 0
    for block in blocks {
      let tilt = block.forgetSquared > 0 ? block.kappa / block.forgetSquared - slope : 0
      sum.perpSquared += block.perpSquared + tilt * tilt * block.forgetSquared
    }
    return sum
  }
}
