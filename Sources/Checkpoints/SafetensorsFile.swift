import Platform

/// An open safetensors file, read by position and never mapped: it may belong to others.
package struct SafetensorsFile: Sendable {
  /// Bytes at a time; a multiple of every element's size.
  private static let piece = 1 << 20

  package let header: SafetensorsHeader
  private let file: DataFile

  /// Opens a file and reads its header.
  package init(_ path: String) throws(CheckpointError) {
    let file = try system { () throws(PlatformError) in try DataFile(path: path) }
    header = try inFile(path) { () throws(CheckpointError) in
      try SafetensorsHeader.read(fileSize: file.size) { (range) throws(CheckpointError) in
        try system { () throws(PlatformError) in try file.read(at: range.lowerBound, count: range.count) }
      }
    }
    self.file = file
  }

  /// Opens a file whose header was read before, and which must still have it.
  init(_ path: String, expecting known: SafetensorsHeader) throws(CheckpointError) {
    try self.init(path)
    guard header == known else { throw .inFile(path, .header(.changed)) }
  }

  /// A float tensor's numbers as float32.
  ///
  /// - Throws: `.model` where there is no float tensor of that name.
  package func floats(_ name: String) throws(CheckpointError) -> [Float] {
    guard let tensor = header.tensor(name), tensor.type.isFloat else {
      throw .inFile(file.path, .model("there is no float tensor \(CheckpointError.quoted(name))"))
    }
    return try floats(of: tensor).withFloats { Array($0) }
  }

  /// The header's bytes as they are in the file, the 8 before it too.
  func headerBytes() throws(CheckpointError) -> [UInt8] { try bytes(0..<header.dataOffset) }

  /// Calls `body` with the file's bytes in a range, in order, in pieces.
  func forEachPiece(
    of range: Range<Int>, _ body: ([UInt8]) throws(CheckpointError) -> Void
  ) throws(CheckpointError) {
    var start = range.lowerBound
    while start < range.upperBound {
      let end = min(start + Self.piece, range.upperBound)
      try body(try bytes(start..<end))
      start = end
    }
  }

  /// The numbers of one of the header's float tensors as float32.
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
