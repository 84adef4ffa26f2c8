/// Gradients for training from the start: BatchNorm takes the statistics of the whole batch and moves the running
/// ones (`torch.nn.BatchNorm2d` in training mode). All activations of a batch are kept at once, and workers meet at
/// every layer; results do not depend on the number of workers. For networks without BatchNorm it gives the same
/// gradient as `Engine`, up to rounding.
package final class TrainingEngine {
  package let network: Network
  package let team: WorkerTeam
  package let maximumBatch: Int

  /// - Parameters:
  ///   - maximumBatch: rows of the largest batch; memory grows with it.
  ///   - alive: called after each layer as a sign of life.
  package init(
    network: Network, maximumBatch: Int, workers: Int, alive: @escaping @Sendable () -> Void = {}
  ) {
    self.network = network
    self.maximumBatch = maximumBatch
    team = WorkerTeam(count: workers)
  }

  /// Gradient of the mean cross-entropy over the batch into `gradient` (laid out as `network.layout`, overwritten).
  /// Running statistics become (1 - momentum) * old + momentum * batch, the variance unbiased, as PyTorch does.
  /// Batches need at least two values per channel.
  package func gradient<E: Error>(
    labels: [Int32], into gradient: FlatBuffer, momentum: Double = 0.1, fill: Engine.Fill<E>
  ) throws(E) -> [RowOutcome] {
    preconditionFailure()
  }
}
