/// Runs a network over batches: gradients with frozen BatchNorm statistics, and evaluation.
///
/// One worker per core, each with its own rows, its own buffers (allocated here, once) and single-threaded BLAS. The
/// thread that calls is the first worker, so an engine with one worker starts no thread. Memory grows with the
/// network and the micro-batch, not with the batch. Weights are read at the start of each call, so they may be
/// changed between calls and not during one. One call at a time.
package final class Engine {
  package let network: Network
  /// Shared with `BlockAlgebra`, so that a process has one set of workers.
  package let team: WorkerTeam

  /// - Parameters:
  ///   - workers: threads that compute, the calling one included; results do not depend on it.
  ///   - microBatch: rows that go through the network together; nil takes what suits the network's size.
  ///   - alive: called after each micro-batch by the worker that did it, as a sign of life.
  package init(network: Network, workers: Int, microBatch: Int? = nil, alive: @escaping @Sendable () -> Void = {}) {
    self.network = network
    team = WorkerTeam(count: workers)
  }

  /// Delivers rows: for each position the row's floats [channels, height, width] one after the other, as many as
  /// `positions` has. Called by several workers at once.
  package typealias Fill<E: Error> = @Sendable (
    _ positions: RowPositions, _ rows: UnsafeMutableBufferPointer<Float>
  ) throws(E) -> Void

  /// Gradient of sum over rows of weight * loss, in two halves by position (`HalfGradients`). `gradients` is
  /// overwritten. Throws what `fill` threw; then the gradients are of no use.
  package func gradients<E: Error>(
    of tasks: [RowTask], into gradients: HalfGradients, fill: Fill<E>
  ) throws(E) -> [RowOutcome] {
    preconditionFailure()
  }

  /// Two gradients at the same weights in one go: workers need not wait for each other in between, and the weights
  /// are laid out for the kernels once. Same bits as two calls of `gradients`.
  package func pairedGradients<E: Error>(
    retain: GradientBatch, retainFill: Fill<E>, forget: GradientBatch, forgetFill: Fill<E>
  ) throws(E) -> (retain: [RowOutcome], forget: [RowOutcome]) {
    preconditionFailure()
  }

  /// Forward only: what each of `labels.count` rows gives.
  package func evaluate<E: Error>(labels: [Int32], fill: Fill<E>) throws(E) -> [RowOutcome] {
    preconditionFailure()
  }

  /// Forward only: logits [rows, classes].
  package func logits<E: Error>(rows: Int, fill: Fill<E>) throws(E) -> [Float] {
    preconditionFailure()
  }
}

/// One side of a pair: what its rows contribute, and where the gradient goes.
package struct GradientBatch {
  package let tasks: [RowTask]
  package let gradients: HalfGradients

  package init(tasks: [RowTask], gradients: HalfGradients) {
    self.tasks = tasks
    self.gradients = gradients
  }
}
