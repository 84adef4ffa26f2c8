import Platform

/// One of somebody else's files: open, or inflated into memory. The only place where this room reads.
final class OpenFile: Sendable {
  let data: DataFile
  /// What is read in place of the file where that is gzipped.
  private let inflated: [UInt8]?

  init(path: String) throws(DatasetError) {
    do { data = try DataFile(path: path) } catch { throw .file(error) }
    inflated = nil
  }

  /// The same file, its content inflated.
  init(_ file: OpenFile, inflated: [UInt8]) {
    data = file.data
    self.inflated = inflated
  }

  var path: String { data.path }
  /// Bytes that can be read: of the file when it was opened, or inflated.
  var size: Int { inflated?.count ?? data.size }

  func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws(DatasetError) {
    if let inflated {
      precondition(offset >= 0 && offset + buffer.count <= inflated.count, "read past the inflated content")
      inflated.withUnsafeBytes {
        buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[offset..<offset + buffer.count]))
      }
      return
    }
    do { try data.read(at: offset, into: buffer) } catch { throw .file(error) }
  }

  /// `bytes` becomes the `count` bytes at `offset`; its storage is kept from call to call.
  func read(at offset: Int, count: Int, into bytes: inout [UInt8]) throws(DatasetError) {
    if bytes.count != count { bytes = [UInt8](repeating: 0, count: count) }
    var failure: DatasetError?
    bytes.withUnsafeMutableBytes { buffer in
      do throws(DatasetError) { try read(at: offset, into: buffer) } catch { failure = error }
    }
    if let failure { throw failure }
  }

  func read(at offset: Int, count: Int) throws(DatasetError) -> [UInt8] {
    var bytes: [UInt8] = []
    try read(at: offset, count: count, into: &bytes)
    return bytes
  }

  /// The content from `start` to the end in pieces of at most `chunk` bytes.
  func forEachChunk(
    from start: Int = 0, chunk: Int = 1 << 20, _ body: (_ offset: Int, _ bytes: [UInt8]) throws(DatasetError) -> Void
  ) throws(DatasetError) {
    var offset = start
    var bytes: [UInt8] = []
    while offset < size {
      try read(at: offset, count: min(chunk, size - offset), into: &bytes)
      try body(offset, bytes)
      offset += bytes.count
    }
  }
}
