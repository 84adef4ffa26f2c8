import Platform

/// Writes a version's weight file: the parent's, with the tensors that were trained in place of its own.
///
/// The header is taken over byte for byte, so that names, shapes, types, order, metadata and alignment are the same by
/// construction; so are the bytes of every tensor that did not train.
struct WeightWriter {
  /// Numbers at a time.
  private static let chunk = 1 << 18

  let source: SafetensorsFile
  let weights: WeightMap

  func write(to path: String, mode: UInt32) throws(CheckpointError) {
    let file = try system { () throws(PlatformError) in
      try DurableFileWriter(path: path, attributes: FileAttributes(mode: mode))
    }
    try append(try source.headerBytes(), to: file)
    for tensor in source.header.tensors {
      if let trained = weights.tensor(tensor.name), trained.isTrainable {
        try append(trained, as: tensor, to: file)
      } else {
        try source.forEachPiece(of: source.header.fileRange(of: tensor)) { (piece) throws(CheckpointError) in
          try append(piece, to: file)
        }
      }
    }
    try system { () throws(PlatformError) in try file.commit() }
  }

  private func append(
    _ trained: MappedFloats, as tensor: TensorEntry, to file: DurableFileWriter
  ) throws(CheckpointError) {
    guard trained.shape == tensor.shape, trained.type == tensor.type else {
      throw .model("the trained tensor \(CheckpointError.quoted(tensor.name)) is not of the version's shape and type")
    }
    var start = 0
    while start < trained.count {
      let end = min(start + Self.chunk, trained.count)
      let piece = trained.withFloats { floats in
        HalfPrecision.narrow(UnsafeBufferPointer(rebasing: floats[start..<end]), to: tensor.type)
      }
      try append(piece, to: file)
      start = end
    }
  }

  private func append(_ bytes: [UInt8], to file: DurableFileWriter) throws(CheckpointError) {
    try system { () throws(PlatformError) in try file.write(bytes) }
  }
}
