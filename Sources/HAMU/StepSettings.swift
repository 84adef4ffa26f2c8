/// Which of the paper's two problems is solved. The raw values are the words of a configuration (`method`).
package enum Variant: String, Sendable, CaseIterable, Codable {
  /// Best for the retain side, subject to the forget side improving by Q.
  case hamuQ = "hamu-q"
  /// Best for the forget side, subject to the retain side improving by U.
  case hamuU = "hamu-u"
}

/// How the quota is shared among the blocks. The raw values are the words of a configuration (`allocation`).
package enum Allocation: String, Sendable, CaseIterable, Codable {
  /// The exact solution for all blocks at once.
  case optimal
  /// Q_i in proportion to |a_i||b_i|: the paper's choice.
  case gradNormProduct = "grad-norm-product"
  /// The same for every block: an ablation of the paper's.
  case uniform
  /// In proportion to exp(-a_i.b_i): an ablation of the paper's.
  case softmaxDot = "softmax-dot"
  /// One block of all weights: an ablation of the paper's.
  case global
}

/// The longest step of a block, R_i.
package enum TrustRadius: Sendable, Equatable, Codable {
  /// R_i = x |w_i|
  case relative(Double)
  /// R_i = x |a'_i|, of the clipped gradient: the paper's.
  case learningRate(Double)
  /// R_i = x
  case absolute(Double)

  /// The same rule with steps `factor` times as long.
  package func scaled(by factor: Double) -> TrustRadius {
    switch self {
    case .relative(let x): .relative(x * factor)
    case .learningRate(let x): .learningRate(x * factor)
    case .absolute(let x): .absolute(x * factor)
    }
  }
}

/// How much the constrained side must improve in one step.
package enum Constraint: Sendable, Equatable, Codable {
  /// Q = x * sum R_i |b'_i|, 0 <= x < 1: a share of the greatest first-order improvement that the radii allow.
  case ratio(Double)
  /// The paper's Q, in units of the clipped gradients.
  case absolute(Double)
}

/// What a layer-wise share beyond a block's reach (Q_i > R_i |b'_i|) leads to.
package enum ShareRule: Sendable, Codable {
  /// It is cut to what the block can reach and the remainder shared among the others in proportion: what runs do.
  case capped
  /// It stays, the step becomes longer than R_i and is called `infeasible`: what the authors' code does.
  case literal
}

/// Everything that is fixed about a step besides the gradients.
package struct StepSettings: Sendable, Equatable, Codable {
  package var variant: Variant
  package var allocation: Allocation
  package var radius: TrustRadius
  package var constraint: Constraint
  /// Both gradients are scaled to at most this norm over all blocks, each on its own; nil: never.
  package var maxGradNorm: Double?
  package var shares: ShareRule

  package init(
    variant: Variant = .hamuQ, allocation: Allocation = .optimal, radius: TrustRadius = .relative(2e-4),
    constraint: Constraint = .ratio(0.3), maxGradNorm: Double? = 1
  ) {
    self.variant = variant
    self.allocation = allocation
    self.radius = radius
    self.constraint = constraint
    self.maxGradNorm = maxGradNorm
    shares = .capped
  }
}
