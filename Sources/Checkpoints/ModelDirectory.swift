/// A Hugging Face model directory: config.json and its safetensors files, their headers read and checked.
///
/// Opening reads no weights. The weights are one `model.safetensors`, or the shards that
/// `model.safetensors.index.json` names, or every `*.safetensors` file there is.
package struct ModelDirectory: Sendable {
  /// A safetensors file of the model.
  package struct WeightFile: Sendable, Equatable {
    /// The file's name in the directory.
    package let name: String
    package let header: SafetensorsHeader
  }

  package static let configurationName = "config.json"
  package static let weightsName = "model.safetensors"
  package static let indexName = "model.safetensors.index.json"

  package let path: String
  package let configuration: ModelConfiguration
  /// config.json as it is, unknown keys too.
  package let configurationBytes: [UInt8]
  /// hamud-data.json, where there is one.
  package let data: DataRecord?
  /// In byte order of their names.
  package let weights: [WeightFile]

  /// Every tensor, in the order of the files and of the bytes in each.
  package var tensors: [TensorEntry] { weights.flatMap(\.header.tensors) }

  /// Opens and checks a directory.
  ///
  /// - Throws: where config.json or a header is missing, too large or wrong, a tensor's name occurs twice, an index and
  ///   its shards do not agree, or there is a pickle (`*.bin`, `*.pt`) in place of safetensors.
  package static func open(_ path: String) throws(CheckpointError) -> ModelDirectory {
    preconditionFailure("\(path)")
  }
}
