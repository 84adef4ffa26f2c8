import Platform

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
  /// What differs in the tensors of this model from those of `current`: first, in byte order of the names, those that
  /// `current` has; then those that it has not.
  package func differences(from current: ModelDirectory) -> [TensorDifference] {
    let mine = byName()
    let theirs = current.byName()
    var differences: [TensorDifference] = []
    for name in theirs.keys.sorted(by: Paths.isBefore) {
      guard let expected = theirs[name] else { continue }
      guard let found = mine[name] else {
        differences.append(.missing(name: name, shape: expected.shape))
        continue
      }
      if found.shape != expected.shape {
        differences.append(.shape(name: name, found: found.shape, expected: expected.shape))
      } else if found.type != expected.type {
        differences.append(.type(name: name, found: found.type, expected: expected.type))
      }
    }
    for name in mine.keys.sorted(by: Paths.isBefore) where theirs[name] == nil {
      differences.append(.added(name: name, shape: mine[name]?.shape ?? []))
    }
    return differences
  }

  private func byName() -> [String: TensorEntry] {
    Dictionary(tensors.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
  }
}
