import Glibc

/// A file that belongs to others: opened once, read by position, never mapped, so that its owner may truncate or
/// replace it at any time and all that happens is an error. Safe from several threads at once.
package final class DataFile: Sendable {
  /// Large enough that the call costs nothing beside the copy, small enough for any stack of readers.
  private static let chunk = 1 << 20

  package let path: String
  /// As it was when the file was opened.
  package let identity: FileIdentity
  private let file: Descriptor

  package init(path: String) throws(PlatformError) {
    self.path = path
    // Non-blocking: a fifo in the place of the data must not stop the daemon.
    file = try attempt("open", path) { () throws(Errno) in try Descriptor(path, O_RDONLY | O_NONBLOCK) }
    let number = file.number
    let status = try attempt("look at", path) { () throws(Errno) in try system_fstat(number) }
    guard status.kind == .file else {
      throw PlatformError(operation: "read", path: path, cause: .unsuitable("it is not a regular file"))
    }
    identity = status.identity
  }

  /// In bytes, when it was opened.
  package var size: Int { identity.size }

  /// As the open file is now; differs from `identity` when its content was changed since.
  package func currentIdentity() throws(PlatformError) -> FileIdentity {
    try attempt("look at", path) { () throws(Errno) in try system_fstat(file.number).identity }
  }

  /// Fills the buffer from `offset` on. Fewer bytes than that are an error: the file shrank.
  package func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws(PlatformError) {
    var filled = 0
    while filled < buffer.count {
      let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[filled...])
      let position = offset + filled
      let got = try attempt("read", path) { () throws(Errno) in try system_pread(file.number, rest, at: position) }
      if got == 0 {
        throw PlatformError(
          operation: "read", path: path, cause: .truncated(offset: offset, expected: buffer.count, found: filled),
          hint: "the file is shorter than it was; bring it back, or tell hamud of the new data")
      }
      filled += got
    }
  }

  package func read(at offset: Int, into span: inout MutableRawSpan) throws(PlatformError) {
    try span.withUnsafeMutableBytes { (buffer) throws(PlatformError) in try read(at: offset, into: buffer) }
  }

  package func read(at offset: Int, count: Int) throws(PlatformError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    var span = bytes.mutableSpan
    var raw = span.mutableBytes
    try read(at: offset, into: &raw)
    return bytes
  }

  /// Every byte that the file had when it was opened, in order, in pieces of at most 1 MiB.
  package func forEachChunk(
    _ body: (UnsafeRawBufferPointer) throws(PlatformError) -> Void
  ) throws(PlatformError) {
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: min(size, DataFile.chunk), alignment: 64)
    defer { buffer.deallocate() }
    var offset = 0
    while offset < size {
      let piece = UnsafeMutableRawBufferPointer(rebasing: buffer[..<min(buffer.count, size - offset)])
      try read(at: offset, into: piece)
      try body(UnsafeRawBufferPointer(piece))
      offset += piece.count
    }
  }

  /// Of the bytes that the file had when it was opened.
  package func sha256() throws(PlatformError) -> SHA256Digest {
    var hasher = SHA256Hasher()
    try forEachChunk { (chunk) throws(PlatformError) in hasher.update(chunk) }
    return hasher.finish()
  }

  /// A small file, whole.
  /// - Parameter limit: in bytes; a larger file is refused with both numbers, before it is read.
  package static func read(_ path: String, limit: Int) throws(PlatformError) -> [UInt8] {
    let data = try DataFile(path: path)
    if data.size > limit {
      throw PlatformError(operation: "read", path: path, cause: .tooLarge(size: data.size, limit: limit))
    }
    let bytes = try attempt("read", path) { () throws(Errno) in
      try readWhole(data.file.number, limit: limit, expected: data.size)
    }
    guard let bytes else {
      throw PlatformError(operation: "read", path: path, cause: .tooLarge(size: limit + 1, limit: limit))
    }
    return bytes
  }

  /// For whoever can do without the file: nil where it is not there, or is not what can be read so. A device or a limit
  /// that fails, or a right that is missing, says nothing of the file, and is an error.
  package static func readIfFit(_ path: String, limit: Int) throws(PlatformError) -> [UInt8]? {
    do {
      return try read(path, limit: limit)
    } catch {
      if error.isTransient || error.isDenied { throw error }
      return nil
    }
  }

  package static func identity(of path: String) throws(PlatformError) -> FileIdentity {
    try FileStatus.of(path).identity
  }
}
