import Platform

/// Writes safetensors files. The tensors stand in the order given and the same input gives the same bytes; the header
/// is padded with spaces so that the data begins at a multiple of 8.
package enum SafetensorsWriter {
  /// Durable and whole, or not at all.
  ///
  /// - Throws: also for names that occur twice, and past the format's limits.
  package static func write(
    _ tensors: [TensorArray], metadata: [SafetensorsHeader.Metadata] = [], to path: String, mode: UInt32 = 0o640
  ) throws(CheckpointError) {
    let header = try inFile(path) { () throws(CheckpointError) in
      try Self.header(of: tensors, metadata: metadata)
    }
    try write(header: header, tensors, to: path, mode: mode)
  }

  static func write(
    header: [UInt8], _ tensors: [TensorArray], to path: String, mode: UInt32
  ) throws(CheckpointError) {
    try system { () throws(PlatformError) in
      try DurableFile.publish(to: path, attributes: FileAttributes(mode: mode)) { (file) throws(PlatformError) in
        try file.write(header)
        for tensor in tensors {
          try tensor.forEachPiece { (piece) throws(PlatformError) in try file.write(piece) }
        }
      }
    }
  }

  /// The 8 bytes of length and the JSON, as every reader, ours too, accepts them.
  static func header(
    of tensors: [TensorArray], metadata: [SafetensorsHeader.Metadata]
  ) throws(CheckpointError) -> [UInt8] {
    var text = "{"
    if !metadata.isEmpty {
      text += "\"__metadata__\":{"
      for (index, pair) in metadata.enumerated() {
        if index > 0 { text += "," }
        RecordValue.quote(pair.key, to: &text)
        text += ":"
        RecordValue.quote(pair.value, to: &text)
      }
      text += "}"
    }
    var offset = 0
    for (index, tensor) in tensors.enumerated() {
      if index > 0 || !metadata.isEmpty { text += "," }
      RecordValue.quote(tensor.name, to: &text)
      let shape = tensor.shape.map(String.init).joined(separator: ",")
      let end = offset + tensor.byteCount
      text += ":{\"dtype\":\"\(tensor.type.rawValue)\",\"shape\":[\(shape)],\"data_offsets\":[\(offset),\(end)]}"
      offset = end
    }
    var json = Array((text + "}").utf8)
    while !json.count.isMultiple(of: SafetensorsHeader.prefixBytes) { json.append(UInt8(ascii: " ")) }
    let bytes = withUnsafeBytes(of: UInt64(json.count).littleEndian) { Array($0) } + json
    // Whatever was given to write must pass the strict reader: names, counts, sizes.
    _ = try SafetensorsHeader.parse(bytes, fileSize: bytes.count + offset)
    return bytes
  }
}

/// Writes a new model directory, as training makes one.
package enum ModelWriter {
  /// Writes model.safetensors, hamud-data.json and, last, config.json into `path`, which is made where it does not
  /// exist. Everybody may read it, as is usual for a model; its directory decides.
  ///
  /// - Throws: also when `path` holds a model already.
  package static func write(
    _ configuration: ModelConfiguration, tensors: [TensorArray], data: DataRecord?, to path: String
  ) throws(CheckpointError) {
    let names = try system { () throws(PlatformError) in
      try DurableDirectory.make(path, mode: 0o755, parents: true)
      return try DurableDirectory.list(path)
    }
    guard !names.contains(where: { $0 == ModelDirectory.configurationName || WeightFiles.isSafetensors($0) }) else {
      throw .directory(path, problem: "there is a model already; choose another directory")
    }
    let mode: UInt32 = 0o644
    // The mark of a Hugging Face file: some loaders ask for it.
    let metadata = [SafetensorsHeader.Metadata(key: "format", value: "pt")]
    try SafetensorsWriter.write(
      tensors, metadata: metadata, to: Paths.join(path, ModelDirectory.weightsName), mode: mode)
    if let data { try publish(data.render(), to: Paths.join(path, DataRecord.fileName), mode: mode) }
    try publish(configuration.render(), to: Paths.join(path, ModelDirectory.configurationName), mode: mode)
  }
}

/// Publishes a small file.
func publish(_ bytes: [UInt8], to path: String, mode: UInt32) throws(CheckpointError) {
  try system { () throws(PlatformError) in
    try DurableFile.publish(bytes, to: path, attributes: FileAttributes(mode: mode))
  }
}
