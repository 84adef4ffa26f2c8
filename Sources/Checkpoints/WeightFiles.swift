import Platform

/// Which files of a directory are the model's weights, and which files a version takes along.
enum WeightFiles {
  private static let suffix = ".safetensors"

  /// Files that run code when they are loaded: never opened.
  private static let pickles = ["bin", "pt", "pth", "ckpt", "pkl", "pickle", "joblib"]
  /// Weights in formats that hamud does not write. A copy of them in a version would still remember what it forgot.
  private static let otherWeights = [
    "h5", "hdf5", "keras", "msgpack", "onnx", "onnx_data", "gguf", "ggml", "npz", "npy", "tflite", "pb", "ot",
    "mlmodel",
    "mar", "pte", "engine",
  ]

  /// The names of the weight files, in byte order.
  static func choose(
    among names: [String], index: ShardIndex?, in path: String
  ) throws(CheckpointError) -> [String] {
    if let index {
      guard !names.contains(ModelDirectory.weightsName) else {
        throw .directory(
          path,
          problem: "there are \(ModelDirectory.weightsName) and \(ModelDirectory.indexName), two sets of weights;"
            + " move the one that is not the model out of the directory")
      }
      for shard in index.shards where !names.contains(shard) {
        throw .directory(path, problem: "\(ModelDirectory.indexName) names \(shard), which is not there; copy it here")
      }
      return index.shards
    }
    if names.contains(ModelDirectory.weightsName) { return [ModelDirectory.weightsName] }
    let files = names.filter { $0.hasSuffix(suffix) && !$0.hasPrefix(".") }
    if files.isEmpty { throw .directory(path, problem: withoutWeights(names)) }
    return files
  }

  private static func withoutWeights(_ names: [String]) -> String {
    guard let pickle = names.first(where: { pickles.contains(Paths.fileExtension(of: $0).lowercased()) }) else {
      return "there is no *.safetensors file; a model is a Hugging Face directory"
    }
    return "the weights are a pickle (\(CheckpointError.quoted(pickle))), which can run code when it is loaded and is"
      + " refused; save the model again with safe_serialization=True"
  }

  /// True for a file that a version may hold: not hidden, not a record of another version, no weights but safetensors.
  static func takes(_ name: String) -> Bool {
    let kind = Paths.fileExtension(of: name).lowercased()
    return isPlainName(name) && name != VersionRecord.fileName && !pickles.contains(kind)
      && !otherWeights.contains(kind)
  }

  /// One component of a path, not hidden, short enough for any file system.
  static func isPlainName(_ name: String) -> Bool {
    !name.isEmpty && name.utf8.count <= 255 && name.utf8.first != UInt8(ascii: ".")
      && !name.utf8.contains { $0 == UInt8(ascii: "/") || $0 < 0x20 || $0 == 0x7f }
  }

  static func isSafetensors(_ name: String) -> Bool { name.hasSuffix(suffix) }
}

/// `model.safetensors.index.json`: which shard holds which tensor.
struct ShardIndex {
  /// In byte order.
  let shards: [String]
  private let homes: [String: String]

  /// Nil where the directory has no index.
  static func read(in path: String, names: [String]) throws(CheckpointError) -> ShardIndex? {
    guard names.contains(ModelDirectory.indexName) else { return nil }
    let file = Paths.join(path, ModelDirectory.indexName)
    let bytes = try readFile(file, limit: CheckpointLimits.indexBytes)
    return try inFile(file) { () throws(CheckpointError) in try ShardIndex(bytes) }
  }

  init(_ bytes: [UInt8]) throws(CheckpointError) {
    guard let members = try RecordValue.parse(bytes)["weight_map"]?.members, !members.isEmpty else {
      throw .model("there must be an object weight_map: the name of a tensor to the name of its file")
    }
    guard members.count <= CheckpointLimits.tensors else {
      throw .model("weight_map has \(members.count) tensors; at most \(CheckpointLimits.tensors) are read")
    }
    var homes: [String: String] = [:]
    for member in members {
      guard let shard = member.value.text, WeightFiles.isPlainName(shard), WeightFiles.isSafetensors(shard) else {
        throw .model(
          "weight_map gives tensor \(CheckpointError.quoted(member.key)) no *.safetensors file of this directory")
      }
      homes[member.key] = shard
    }
    self.homes = homes
    shards = Set(homes.values).sorted(by: Paths.isBefore)
    guard shards.count <= CheckpointLimits.files else {
      throw .model("weight_map names \(shards.count) files; at most \(CheckpointLimits.files) are read")
    }
  }

  /// Every tensor is where the index says, and the index says it of every tensor.
  func check(_ weights: [ModelDirectory.WeightFile], in path: String) throws(CheckpointError) {
    var found = 0
    for file in weights {
      for tensor in file.header.tensors {
        guard homes[tensor.name] == file.name else {
          throw .directory(
            path,
            problem: "the tensor \(CheckpointError.quoted(tensor.name)) is in \(file.name), which"
              + " \(ModelDirectory.indexName) does not say; save the model again")
        }
        found += 1
      }
    }
    guard found == homes.count else {
      throw .directory(
        path,
        problem: "\(ModelDirectory.indexName) names \(homes.count) tensors and the shards hold \(found);"
          + " save the model again")
    }
  }
}
