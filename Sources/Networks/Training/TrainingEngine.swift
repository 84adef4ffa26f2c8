import Glibc
import Synchronization

/// Gradients for training from the start: BatchNorm takes the statistics of the whole batch and moves the running
/// ones (`torch.nn.BatchNorm2d` in training mode). All activations of a batch are kept at once, and workers meet at
/// every layer; results do not depend on the number of workers. For networks without BatchNorm it gives the same
/// gradient as `Engine`, up to rounding.
package final class TrainingEngine {
  package let network: Network
  package let team: WorkerTeam
  package let maximumBatch: Int
  private let pass: TrainingPass<Float>
  /// Rows as delivered, of the whole batch.
  private let staging: FlatBuffer

  /// - Parameters:
  ///   - maximumBatch: rows of the largest batch; memory grows with it.
  ///   - alive: called after each layer as a sign of life.
  package init(
    network: Network, maximumBatch: Int, workers: Int, alive: @escaping @Sendable () -> Void = {}
  ) {
    self.network = network
    self.maximumBatch = maximumBatch
    team = WorkerTeam(count: workers)
    pass = TrainingPass(network.architecture, maximumBatch: maximumBatch, team: team, alive: alive)
    staging = FlatBuffer(count: maximumBatch * network.architecture.inputCount)
  }

  /// Gradient of the mean cross-entropy over the batch into `gradient` (laid out as `network.layout`, overwritten).
  /// Running statistics become (1 - momentum) * old + momentum * batch, the variance unbiased, as PyTorch does.
  /// `fill` is called by several workers at once, for runs of consecutive positions; what it throws is thrown here,
  /// before anything has changed.
  package func gradient<E: Error>(
    labels: [Int32], into gradient: FlatBuffer, momentum: Double = 0.1, fill: Engine.Fill<E>
  ) throws(E) -> [RowOutcome] {
    precondition(gradient.count == network.layout.count)
    pass.begin(count: labels.count, parameters: network)
    try load(fill)
    let logits = pass.forward()
    let classes = pass.classes
    let weight = 1 / Float(max(1, labels.count))
    let outcomes = labels.enumerated().map { row, label in
      Classification.gradient(
        dlogits: pass.logitsGradient + row * classes, logits: logits + row * classes, classes: classes,
        task: RowTask(label: label, weight: weight))
    }
    gradient.zero()
    pass.backward(into: FlatSink<Float, Float>(network.architecture, flat: gradient.start))
    moveStatistics(momentum)
    return outcomes
  }

  private func load<E: Error>(_ fill: Engine.Fill<E>) throws(E) {
    let failure = Mutex<(any Error)?>(nil)
    let (pass, staging, workers) = (pass, staging, team.count)
    let row = network.architecture.inputCount
    team.run { worker in
      for images in stride(from: worker, to: pass.chunkImages.count, by: workers).map({ pass.chunkImages[$0] })
      where !images.isEmpty {
        let start = staging.start + images.lowerBound * row
        do throws(E) {
          try fill(
            RowPositions(first: images.lowerBound, stride: 1, count: images.count),
            UnsafeMutableBufferPointer(start: start, count: images.count * row))
          pass.load(UnsafePointer(start), images: images)
        } catch {
          failure.withLock { $0 = $0 ?? error }
        }
      }
    }
    if let error = failure.withLock({ $0 }) as? E { throw error }
  }

  private func moveStatistics(_ momentum: Double) {
    for (index, unit) in pass.program.units.enumerated() {
      guard case .normalization(_, _, let mean, let variance) = unit.shift else { continue }
      let moments = pass.statistics.moments(index)
      move(mean, momentum, moments.map(\.mean))
      move(variance, momentum, moments.map(\.unbiasedVariance))
    }
  }

  private func move(_ spec: Int, _ momentum: Double, _ batch: [Double]) {
    network.storage[spec].withMutableFloats { running in
      for (channel, value) in batch.enumerated() {
        running[channel] = Float((1 - momentum) * Double(running[channel]) + momentum * value)
      }
    }
  }
}
