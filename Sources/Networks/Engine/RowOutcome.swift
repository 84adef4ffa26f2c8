/// What was seen of one row in the forward pass; all in float64 from float32 logits.
package struct RowOutcome: Sendable, Equatable {
  /// Cross-entropy, whatever the objective was.
  package var loss: Double
  /// Log-odds of the right class: z_y - logsumexp over j != y of z_j.
  package var phi: Double
  /// The first largest logit is the label's.
  package var correct: Bool

  package init(loss: Double, phi: Double, correct: Bool) {
    self.loss = loss
    self.phi = phi
    self.correct = correct
  }
}
