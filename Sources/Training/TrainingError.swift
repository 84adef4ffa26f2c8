package import Checkpoints
package import Datasets
package import Networks

/// Why there is no trained model.
package enum TrainingError: Error, Sendable {
  case data(DatasetError)
  case network(NetworksError)
  case model(CheckpointError)
  /// A setting outside its bounds.
  case setting(name: String, value: String, allowed: String)
  /// The loss is no finite number any more.
  case diverged(epoch: Int, step: Int)
  /// Whoever watches asked for it.
  case stopped
}

extension TrainingError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .data(let error): error.description
    case .network(let error): error.description
    case .model(let error): error.description
    case .setting(let name, let value, let allowed): "\(name) is \(value); it can be \(allowed)"
    case .diverged(let epoch, let step):
      "the loss is no finite number in step \(step) (epoch \(epoch)), so training ends without a model; "
        + "give a lower rate, and check the data for extreme values"
    case .stopped: "training was stopped; nothing was written"
    }
  }
}
