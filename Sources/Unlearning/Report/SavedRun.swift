package import Checkpoints

/// A run between two steps, as plain values: `UnlearningRun(_:observer:resuming:)` goes on from it to the same bits.
package struct SavedRun: Sendable, Equatable {
  /// A JSON text.
  package let state: String
  /// Weights, the last step, and the last measured point.
  package let arrays: [TensorArray]

  package init(state: String, arrays: [TensorArray]) {
    self.state = state
    self.arrays = arrays
  }
}
