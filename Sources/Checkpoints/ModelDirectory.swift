import Platform

/// A Hugging Face model directory: config.json and its safetensors files, their headers read and checked.
///
/// Opening reads no weights. The weights are one `model.safetensors`, or the shards that
/// `model.safetensors.index.json` names, or, without either, every `*.safetensors` file there is.
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
    let names = try system { () throws(PlatformError) in try DurableDirectory.list(path) }
    guard names.contains(configurationName) else {
      throw .directory(path, problem: "there is no config.json; a model is a Hugging Face directory")
    }
    let index = try ShardIndex.read(in: path, names: names)
    let weights = try readHeaders(try WeightFiles.choose(among: names, index: index, in: path), in: path)
    try checkNames(weights, in: path)
    if let index { try index.check(weights, in: path) }

    let configurationPath = Paths.join(path, configurationName)
    let bytes = try readFile(configurationPath, limit: CheckpointLimits.configurationBytes)
    let tensors = weights.flatMap(\.header.tensors)
    let configuration = try inFile(configurationPath) { () throws(CheckpointError) in
      try ModelConfiguration.parse(bytes, tensors: tensors)
    }
    return ModelDirectory(
      path: path, configuration: configuration, configurationBytes: bytes,
      data: try readData(in: path, names: names), weights: weights)
  }

  /// The path of one of `weights`.
  func path(of file: WeightFile) -> String { Paths.join(path, file.name) }

  private static func readHeaders(_ names: [String], in path: String) throws(CheckpointError) -> [WeightFile] {
    var files: [WeightFile] = []
    for name in names {
      files.append(WeightFile(name: name, header: try SafetensorsFile(Paths.join(path, name)).header))
    }
    return files
  }

  /// A name that stands twice would let one loader see other weights than the next.
  private static func checkNames(_ weights: [WeightFile], in path: String) throws(CheckpointError) {
    var home: [String: String] = [:]
    for file in weights {
      for tensor in file.header.tensors {
        if let other = home.updateValue(file.name, forKey: tensor.name) {
          throw .directory(
            path,
            problem: "the tensor \(CheckpointError.quoted(tensor.name)) is in \(other) and in \(file.name);"
              + " move the file that is not the model's out of the directory")
        }
      }
    }
    guard home.count <= CheckpointLimits.tensors else {
      throw .directory(path, problem: "it has \(home.count) tensors; at most \(CheckpointLimits.tensors) are read")
    }
  }

  private static func readData(in path: String, names: [String]) throws(CheckpointError) -> DataRecord? {
    guard names.contains(DataRecord.fileName) else { return nil }
    let file = Paths.join(path, DataRecord.fileName)
    let bytes = try readFile(file, limit: CheckpointLimits.dataRecordBytes)
    return try inFile(file) { () throws(CheckpointError) in try DataRecord.parse(bytes) }
  }
}
