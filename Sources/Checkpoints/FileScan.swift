import Platform

/// One pass over a file of a version, in pieces: its size and digest, and for safetensors whether every number is finite.
struct FileScan {
  let size: Int
  let digest: String
  /// Tensors that hold an infinity or a NaN, in the order of their bytes, with how many.
  var notFinite: [(tensor: String, count: Int)] = []

  init(_ path: String) throws(CheckpointError) {
    let (size, digest) = try system { () throws(PlatformError) in
      let file = try DataFile(path: path)
      return (file.size, try file.sha256().description)
    }
    self.size = size
    self.digest = digest
  }

  /// - Throws: what `SafetensorsFile` throws for a header that breaks the format.
  init(weights path: String) throws(CheckpointError) {
    let file = try SafetensorsFile(path)
    var hasher = SHA256Hasher()
    hasher.update(try file.headerBytes())
    // The tensors lie side by side from the header to the end of the file: every byte goes through the digest.
    for tensor in file.header.tensors {
      var count = 0
      try file.forEachPiece(of: file.header.fileRange(of: tensor)) { (piece) throws(CheckpointError) in
        hasher.update(piece)
        count += tensor.type.countNotFinite(in: piece)
      }
      if count > 0 { notFinite.append((tensor.name, count)) }
    }
    size = file.header.fileSize
    digest = hasher.finish().description
  }
}

extension ModelDirectory {
  /// Reads every weight.
  /// - Throws: where one is an infinity or a NaN: nothing can be computed with that.
  package func checkNumbers() throws(CheckpointError) {
    for file in weights {
      let scan = try FileScan(weights: path(of: file))
      guard let (tensor, count) = scan.notFinite.first else { continue }
      throw .directory(
        path,
        problem:
          "\(count) numbers of the tensor \(CheckpointError.quoted(tensor)) in \(file.name) are not finite; export the"
          + " model again from a state that is whole")
    }
  }
}

extension ElementType {
  /// How many of the elements are an infinity or a NaN; 0 for whole numbers. Types of less than a byte have neither.
  /// - Parameter bytes: whole elements, little endian.
  func countNotFinite(in bytes: [UInt8]) -> Int {
    switch self {
    case .float32, .complex64: count(bytes, exponent: UInt32(0x7f80_0000))
    case .float64: count(bytes, exponent: UInt64(0x7ff0_0000_0000_0000))
    case .float16: count(bytes, exponent: UInt16(0x7c00))
    case .bfloat16: count(bytes, exponent: UInt16(0x7f80))
    case .float8e5m2: count(bytes, exponent: UInt8(0x7c))
    // One pattern of each sign is a NaN, and there is no infinity.
    case .float8e4m3: count(bytes, exponent: UInt8(0x7f))
    case .float8e8m0: bytes.count { $0 == 0xff }
    // The pattern of a negative zero is the NaN (OCP and vendors' "fnuz").
    case .float8e4m3fnuz, .float8e5m2fnuz: bytes.count { $0 == 0x80 }
    case .int64, .int32, .int16, .int8, .uint64, .uint32, .uint16, .uint8, .bool, .float6e2m3, .float6e3m2, .float4: 0
    }
  }

  /// Elements whose bits under the mask are all ones.
  private func count<Bits: FixedWidthInteger>(_ bytes: [UInt8], exponent: Bits) -> Int {
    bytes.withUnsafeBytes { raw in
      var found = 0
      for offset in stride(from: 0, to: raw.count, by: MemoryLayout<Bits>.size) {
        let bits = Bits(littleEndian: raw.loadUnaligned(fromByteOffset: offset, as: Bits.self))
        found += bits & exponent == exponent ? 1 : 0
      }
      return found
    }
  }
}
