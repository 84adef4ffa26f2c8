/// Why a network could not be put together. Each message says which tensor or which setting, and what would do.
package enum NetworksError: Error, Equatable, Sendable {
  /// The architecture names a tensor that the parameters lack.
  case missingParameter(String)
  /// A tensor has another number of elements than its shape says.
  case wrongCount(name: String, shape: [Int], found: Int)
  /// A setting that no network of this room has.
  case unsupported(setting: String, value: String, allowed: String)
}

extension NetworksError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .missingParameter(let name):
      "the model has no tensor '\(name)', which its configuration asks for; use the config.json that belongs to "
        + "the weights"
    case .wrongCount(let name, let shape, let found):
      "the tensor '\(name)' has \(found) elements where the configuration asks for "
        + "\(shape.map(String.init).joined(separator: " x ")) = \(shape.reduce(1, *)); use the config.json that "
        + "belongs to the weights"
    case .unsupported(let setting, let value, let allowed):
      "\(setting) is \(value), which this engine does not compute; it can be \(allowed)"
    }
  }
}
