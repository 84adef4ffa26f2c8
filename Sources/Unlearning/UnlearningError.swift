package import Checkpoints
package import Datasets
package import Networks

/// Why a run could not be made or could not go on. No text names a request, a subject or a row's content.
package enum UnlearningError: Error, Sendable {
  /// A row could not be read.
  case data(DatasetError)
  /// Weights could not be mapped or read back.
  case model(CheckpointError)
  /// The weights do not make the network that config.json describes.
  case network(NetworksError)
  /// The plan cannot work: a sentence, with the mend.
  case plan(String)
  /// A saved state is not one of this plan's: a sentence.
  case saved(String)
}

extension UnlearningError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .data(let error): "\(error)"
    case .model(let error): "\(error)"
    case .network(let error): "\(error)"
    case .plan(let sentence), .saved(let sentence): sentence
    }
  }
}
