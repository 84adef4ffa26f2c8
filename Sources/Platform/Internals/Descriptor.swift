import Glibc

/// Owns one open file: closed when the owner goes, never twice.
struct Descriptor: ~Copyable, Sendable {
  let number: CInt

  init(owning number: CInt) { self.number = number }

  /// Opens `path`, below `directory` when it is relative.
  init(_ path: String, in directory: CInt = currentDirectory, _ flags: CInt, mode: mode_t = 0) throws(Errno) {
    self.init(owning: try system_openat(directory, path, flags, mode: mode))
  }

  deinit { _ = try? system_close(number) }

  /// Closes and says whether that worked: on some file systems the last write error arrives here.
  consuming func close() throws(Errno) {
    let number = number
    discard self
    try system_close(number)
  }
}

/// Gives an `Errno` its operation and path.
func attempt<R: ~Copyable>(
  _ operation: String, _ path: String, hint: String? = nil, _ body: () throws(Errno) -> R
) throws(PlatformError) -> R {
  do {
    return try body()
  } catch {
    throw PlatformError(operation: operation, path: path, code: error, hint: hint)
  }
}

/// Writes all of it; a short write goes on where it stopped.
func writeWhole(_ descriptor: CInt, _ bytes: UnsafeRawBufferPointer) throws(Errno) {
  var rest = bytes
  while !rest.isEmpty {
    let written = try system_write(descriptor, rest)
    rest = UnsafeRawBufferPointer(rebasing: rest[written...])
  }
}

func writeWhole(_ descriptor: CInt, _ text: String) throws(Errno) {
  let bytes = Array(text.utf8)
  try bytes.span.bytes.withUnsafeBytes { (bytes) throws(Errno) in try writeWhole(descriptor, bytes) }
}

/// Reads from the current position to the end, at most `limit` bytes.
/// - Returns: absent when there is more than that.
func readWhole(_ descriptor: CInt, limit: Int, expected: Int = 0) throws(Errno) -> [UInt8]? {
  var bytes: [UInt8] = []
  bytes.reserveCapacity(min(expected, limit) + 1)
  while true {
    let room = min(limit + 1 - bytes.count, max(64 << 10, expected + 1 - bytes.count))
    let chunk = try [UInt8](throwingCapacity: room) { (buffer: UnsafeMutableRawBufferPointer) throws(Errno) -> Int in
      try system_read(descriptor, buffer)
    }
    if chunk.isEmpty { return bytes }
    bytes += chunk
    if bytes.count > limit { return nil }
  }
}
