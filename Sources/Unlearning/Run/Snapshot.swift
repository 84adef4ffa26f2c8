import Checkpoints
import Networks

/// The trainable weights and the last step, copied.
struct WeightSnapshot: Sendable, Equatable {
  /// By block.
  var weights: [[Float]]
  var lastStep: [Float]

  init(_ network: Network, _ algebra: BlockAlgebra) {
    weights = network.blockStorage.map { $0.withFloats { Array($0) } }
    lastStep = algebra.lastStep.values
  }

  func restore(to network: Network, _ algebra: BlockAlgebra) {
    for (storage, values) in zip(network.blockStorage, weights) {
      storage.withMutableFloats { _ = $0.update(fromContentsOf: values) }
    }
    algebra.lastStep.withMutableFloats { _ = $0.update(fromContentsOf: lastStep) }
    algebra.weightsChanged()
  }

  /// As arrays of a saved run, each name after `prefix`.
  func arrays(_ prefix: String, _ network: Network) -> [TensorArray] {
    zip(network.layout.blocks, weights).map { TensorArray("\(prefix)weights/\($0.name)", .float32($1)) }
      + [TensorArray("\(prefix)last_step", .float32(lastStep))]
  }

  /// nil where an array is missing or of another size.
  init?(_ arrays: [TensorArray], _ prefix: String, _ network: Network) {
    func floats(_ name: String, _ count: Int) -> [Float]? {
      guard case .float32(let values)? = arrays.first(where: { $0.name == prefix + name })?.values,
        values.count == count
      else { return nil }
      return values
    }
    let weights = network.layout.blocks.compactMap { floats("weights/\($0.name)", $0.count) }
    guard weights.count == network.layout.blocks.count, let lastStep = floats("last_step", network.layout.count)
    else { return nil }
    self.weights = weights
    self.lastStep = lastStep
  }
}

/// A measured point that a run can go back to.
struct MeasuredPoint: Sendable {
  var state: RunState
  var weights: WeightSnapshot
}
