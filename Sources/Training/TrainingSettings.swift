/// How long and how hard to train.
package struct TrainingSettings: Sendable, Equatable {
  package var epochs: Int
  package var seed: UInt64
  /// Rows of a step. The last step of an epoch has what is left.
  package var batchSize: Int
  /// The highest rate, reached after `warmup` of the steps.
  package var rate: Double
  /// Share of a weight that a step at rate 1 would take away; not of biases and norms.
  package var weightDecay: Double
  /// Pictures are shifted by up to 4 pixels and mirrored, anew in each epoch.
  package var augment = false
  /// Threads that compute; results do not depend on it.
  package var workers: Int

  /// What suits the kind of model.
  package init(for plan: ModelPlan, epochs: Int, seed: UInt64, workers: Int) {
    self.epochs = epochs
    self.seed = seed
    self.workers = workers
    switch plan {
    case .mlp:
      batchSize = 64
      rate = 1e-3
      weightDecay = 0.01
    case .resnet:
      batchSize = 128
      rate = 1e-2
      weightDecay = 0.05
    }
  }

  /// - Throws: `TrainingError.setting` for the first that cannot train.
  func check() throws(TrainingError) {
    guard (1...100_000).contains(epochs) else { throw Self.fault("epochs", "\(epochs)", "1 to 100000") }
    guard (1...65_536).contains(batchSize) else { throw Self.fault("batch size", "\(batchSize)", "1 to 65536") }
    guard rate > 0, rate.isFinite else { throw Self.fault("rate", "\(rate)", "any number above 0") }
    guard weightDecay >= 0, weightDecay.isFinite else {
      throw Self.fault("weight decay", "\(weightDecay)", "0 or any number above")
    }
  }

  private static func fault(_ name: String, _ value: String, _ allowed: String) -> TrainingError {
    .setting(name: name, value: value, allowed: allowed)
  }
}
