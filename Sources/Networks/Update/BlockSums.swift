/// The scalar products of one block, unclipped, accumulated in float64. a is the retain gradient, b the forget
/// gradient (the direction in which the forget side improves), d the last step; 1 and 2 are the halves of a batch.
package struct BlockSums: Sendable, Equatable {
  /// |a|^2 and |b|^2.
  package var retainSquared = 0.0
  package var forgetSquared = 0.0
  /// kappa = a.b
  package var kappa = 0.0
  /// |a - (a.b/|b|^2) b|^2 and |b - (a.b/|a|^2) a|^2, without cancellation where a and b are nearly parallel.
  package var retainPerpSquared = 0.0
  package var forgetPerpSquared = 0.0
  /// a1.a2 and b1.b2 of the two halves: no batch meets itself.
  package var retainHalves = 0.0
  package var forgetHalves = 0.0
  /// a.d and b.d with the last step: the cross-fitted change of either side.
  package var retainLastStep = 0.0
  package var forgetLastStep = 0.0
  /// |w|^2
  package var weightSquared = 0.0

  package init() {}
}

/// The step of one block: d = retain * a + forget * b, of the unclipped gradients.
package struct BlockCoefficients: Sendable, Equatable {
  package var retain: Double
  package var forget: Double

  package init(retain: Double, forget: Double) {
    self.retain = retain
    self.forget = forget
  }
}
