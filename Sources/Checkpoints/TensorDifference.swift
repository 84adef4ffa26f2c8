/// How a tensor of one model differs from that of another: what an import is checked with.
package enum TensorDifference: Sendable, Equatable, CustomStringConvertible {
  case missing(name: String, shape: [Int])
  case added(name: String, shape: [Int])
  case shape(name: String, found: [Int], expected: [Int])
  /// The numbers are kept in another type. Whoever loads the model must cope; hamud does.
  case type(name: String, found: ElementType, expected: ElementType)

  package var description: String {
    switch self {
    case .missing(let name, let shape): "\(CheckpointError.quoted(name)) of shape \(shape) is missing"
    case .added(let name, let shape): "\(CheckpointError.quoted(name)) of shape \(shape) is new"
    case .shape(let name, let found, let expected):
      "\(CheckpointError.quoted(name)) has the shape \(found) where the current version has \(expected)"
    case .type(let name, let found, let expected):
      "\(CheckpointError.quoted(name)) is \(found.rawValue) where the current version has \(expected.rawValue)"
    }
  }

  /// True when the two models cannot be the same network.
  package var isAnotherNetwork: Bool { if case .type = self { false } else { true } }
}

extension ModelDirectory {
  /// What differs in the tensors of this model from those of `current`: missing ones first, then by name in byte order.
  package func differences(from current: ModelDirectory) -> [TensorDifference] {
    preconditionFailure()
  }
}
