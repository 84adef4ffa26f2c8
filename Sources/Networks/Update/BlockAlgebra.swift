/// The scalars of a step and the step itself, over flat half-batch gradients; one pass each. Bit for bit the same for
/// any number of workers: sums go over chunks of fixed size, joined in order.
package final class BlockAlgebra {
  package let network: Network
  /// d of the last step, float32; zero before the first. Save and restore it with a run's progress.
  package let lastStep: FlatBuffer
  let team: WorkerTeam

  package init(network: Network, team: WorkerTeam) {
    self.network = network
    self.team = team
    lastStep = FlatBuffer(count: network.layout.count)
  }

  /// One entry a block, in the layout's order.
  package func sums(retain: HalfGradients, forget: HalfGradients) -> [BlockSums] {
    preconditionFailure()
  }

  /// w <- w + d, d = coefficient.retain * a + coefficient.forget * b in float64, rounded to float32 and kept in
  /// `lastStep`.
  package func apply(_ coefficients: [BlockCoefficients], retain: HalfGradients, forget: HalfGradients) {
    preconditionFailure()
  }

  /// To be called when somebody else changed the weights (a progress point was restored): |w|^2 is measured anew.
  package func weightsChanged() {}
}
