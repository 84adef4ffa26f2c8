/// What one block does in a step, and why.
package struct BlockStep: Sendable, Equatable {
  /// The case of the closed form that applied. The raw values are the words of the golden files.
  package enum Branch: String, Sendable, CaseIterable {
    /// kappa <= kappa1: the longest step down the retain gradient improves the forget side enough by itself.
    case direct
    /// On the edge of both constraints.
    case rectified
    /// a is a multiple of b: the shortest step that reaches the quota.
    case parallel
    /// The quota is beyond the radius; the step is longer than R. Never in a run.
    case infeasible
    /// A quota with nothing to improve; the block stays. Never in a run.
    case zeroForgetGradient = "zero_forget_grad"
  }

  /// d = retain * a + forget * b, of the gradients as given (unclipped).
  package var retainCoefficient: Double
  package var forgetCoefficient: Double
  package var branch: Branch
  /// R_i
  package var radius: Double
  /// Q_i; for `optimal` what the solution gives this block.
  package var quota: Double
  /// a'.d and b'.d of the substituted problem, of the clipped gradients.
  package var objectiveChange: Double
  package var constraintChange: Double
}

/// One step for all blocks. Numbers are in units of the clipped gradients; only the coefficients are of the unclipped.
package struct StepPlan: Sendable, Equatable {
  package var blocks: [BlockStep]
  /// Q for all blocks together.
  package var quota: Double
  /// False where Q > sum R_i |b'_i|: the radii do not allow it. A run does not take such a step.
  package var isFeasible: Bool
  /// m of `optimal`; nil for other allocations, and where Q is out of reach.
  package var multiplier: Double?
  /// kappa = a.b over all blocks.
  package var kappa: Double
  /// a'.d: the step's own F*, from the very batch it was fitted to.
  package var objectiveChange: Double
  /// b'.d
  package var constraintChange: Double
  /// The authors' unsigned rule Q - sum R_i sqrt(|a_i|^2|b_i|^2 - kappa_i^2)/|a_i|; for comparison only.
  package var stoppingMargin: Double
  /// What the gradients were multiplied with inside the step.
  package var retainClip: Double
  package var forgetClip: Double
  /// R_i by block, by the rule of the radius, also where `global` uses one radius for all: sum R_i^2 is its square.
  package var radii: [Double]

  /// Of no block.
  init() {
    blocks = []
    quota = 0
    isFeasible = true
    kappa = 0
    objectiveChange = 0
    constraintChange = 0
    stoppingMargin = 0
    retainClip = 1
    forgetClip = 1
    radii = []
  }
}
