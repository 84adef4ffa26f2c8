/// What one row of a batch contributes to the gradient: weight * grad l(row).
package struct RowTask: Sendable, Equatable {
  /// The loss l of a row (algorithm.md, "What is pushed").
  package enum Objective: Sendable, Equatable {
    /// l = -log softmax(z)_y
    case crossEntropy
    /// l = max(phi - target, 0) with phi = z_y - logsumexp over j != y of z_j
    case hingeMargin(target: Double)
    /// l = divergence * KL(before || now) + crossEntropy * cross-entropy; `reference` are the logits of the model before,
    /// as many as there are classes.
    case distillation(reference: [Float], divergence: Double, crossEntropy: Double)
    /// l = 2/beta log(1 + (p_y / before_y)^beta), the negative-preference loss (arXiv:2404.05868, equation 3);
    /// `referenceLoss` is the row's cross-entropy in the model before.
    case preference(referenceLoss: Double, beta: Double)
  }

  package let label: Int32
  package let objective: Objective
  package let weight: Float

  package init(label: Int32, objective: Objective = .crossEntropy, weight: Float) {
    self.label = label
    self.objective = objective
    self.weight = weight
  }
}
