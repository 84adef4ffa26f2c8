import Platform

/// A safetensors file of which tensors are read by position.
struct TensorSource {
  /// Bytes at a time; a multiple of every element's size.
  static let chunk = 1 << 20

  let file: DataFile
  let header: SafetensorsHeader

  init(path: String, header: SafetensorsHeader) throws(CheckpointError) {
    file = try system { () throws(PlatformError) in try DataFile(path: path) }
    self.header = header
    guard file.size == header.fileSize else {
      throw .inFile(path, .header(.truncated(fileSize: file.size, needed: header.fileSize)))
    }
  }

  /// The header's bytes as they are in the file, the 8 before it too.
  func headerBytes() throws(CheckpointError) -> [UInt8] { try bytes(0..<header.dataOffset) }

  /// Calls `body` with the file's bytes in a range, in order, in pieces.
  func forEachPiece(
    of range: Range<Int>, _ body: ([UInt8]) throws(CheckpointError) -> Void
  ) throws(CheckpointError) {
    var start = range.lowerBound
    while start < range.upperBound {
      let end = min(start + Self.chunk, range.upperBound)
      try body(try bytes(start..<end))
      start = end
    }
  }

  /// A float tensor's numbers as float32.
  func floats(of tensor: TensorEntry) throws(CheckpointError) -> FloatCopy {
    try FloatCopy(count: tensor.count) { (target) throws(CheckpointError) in
      var done = 0
      try forEachPiece(of: header.fileRange(of: tensor)) { (piece) throws(CheckpointError) in
        let count = piece.count * 8 / tensor.type.bits
        let part = UnsafeMutableBufferPointer(rebasing: target[done..<done + count])
        piece.withUnsafeBytes { HalfPrecision.widen(tensor.type, $0, into: part) }
        done += count
      }
    }
  }

  /// The file's bytes in a range, whole.
  func bytes(_ range: Range<Int>) throws(CheckpointError) -> [UInt8] {
    try system { () throws(PlatformError) in try file.read(at: range.lowerBound, count: range.count) }
  }
}
