import Platform

/// A tensor in memory, to be written.
package struct TensorArray: Sendable, Equatable {
  package enum Values: Sendable, Equatable {
    case float32([Float])
    case float64([Double])
    case int64([Int64])

    package var count: Int {
      switch self {
      case .float32(let values): values.count
      case .float64(let values): values.count
      case .int64(let values): values.count
      }
    }
  }

  package let name: String
  package let shape: [Int]
  package let values: Values

  /// The product of `shape` must be the number of values.
  package init(_ name: String, shape: [Int], _ values: Values) {
    precondition(shape.reduce(1, *) == values.count, "\(name): shape \(shape) is not of \(values.count) values")
    self.name = name
    self.shape = shape
    self.values = values
  }

  /// A vector.
  package init(_ name: String, _ values: Values) { self.init(name, shape: [values.count], values) }
}

/// Writes safetensors files. The tensors stand in the order given and the same input gives the same bytes; the header
/// is padded with spaces so that the data begins at a multiple of 8.
package enum SafetensorsWriter {
  /// Durable and whole, or not at all.
  package static func write(
    _ tensors: [TensorArray], metadata: [SafetensorsHeader.Metadata] = [], to path: String, mode: UInt32 = 0o640
  ) throws(CheckpointError) {
    preconditionFailure()
  }
}

/// Writes a new model directory, as training makes one.
package enum ModelWriter {
  /// Writes config.json, model.safetensors and hamud-data.json into `path`, which is made where it does not exist.
  ///
  /// - Throws: also when `path` holds a model already.
  package static func write(
    _ configuration: ModelConfiguration, tensors: [TensorArray], data: DataRecord?, to path: String
  ) throws(CheckpointError) {
    preconditionFailure()
  }
}
