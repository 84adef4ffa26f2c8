import CZlib

/// Inflates gzip (RFC 1952) through zlib, once, into memory, and never more than the content itself announces.
enum GzipFile {
  static func isGzip(_ file: OpenFile) throws(DatasetError) -> Bool {
    guard file.size >= 2 else { return false }
    return try file.read(at: 0, count: 2) == [0x1f, 0x8b]
  }

  /// - Parameter announced: from the first inflated bytes, how many there must be in all; nil while they are too few to
  ///   say.
  /// - Throws: where the stream is damaged or cut off, has another length than announced, or announces more than
  ///   `DatasetLimits.inflatedBytes`.
  static func inflate(
    _ file: OpenFile, announced: (_ start: [UInt8]) throws(DatasetError.FormatFault) -> Int?
  ) throws(DatasetError) -> [UInt8] {
    let inflater: Inflater
    do { inflater = try Inflater() } catch { throw .format(path: file.path, error) }
    var length: Int?
    try file.forEachChunk(chunk: 1 << 16) { (_, bytes) throws(DatasetError) in
      do throws(DatasetError.FormatFault) {
        try inflater.feed(bytes) { (content) throws(DatasetError.FormatFault) in
          if length == nil { length = try announced(content) }
          guard (length ?? 0) <= DatasetLimits.inflatedBytes else {
            throw .inflatedTooLarge(limit: DatasetLimits.inflatedBytes)
          }
          // Deflate cannot do better than 1032 to 1: what a header claims beyond that is never reserved.
          inflater.reserve(min(length ?? 0, min(file.size, DatasetLimits.inflatedBytes) * 1032))
          if let length, content.count > length { throw .size(found: content.count, expected: length) }
        }
      } catch {
        throw .format(path: file.path, error)
      }
    }
    guard inflater.isAtEnd else { throw .format(path: file.path, .gzip("it is cut off")) }
    return inflater.content
  }
}

/// One zlib stream. The struct sits in heap memory of its own: zlib keeps its address from call to call.
private final class Inflater {
  private let stream: UnsafeMutablePointer<z_stream>
  private(set) var content: [UInt8] = []
  /// The last member is complete.
  private(set) var isAtEnd = false

  init() throws(DatasetError.FormatFault) {
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    // 15 bits of window, and 16 more: gzip only, its checksum verified.
    let status = inflateInit2_(stream, 15 + 16, ZLIB_VERSION, CInt(MemoryLayout<z_stream>.size))
    guard status == Z_OK else {
      stream.deallocate()
      throw .gzip("zlib cannot start (\(status))")
    }
  }

  deinit {
    inflateEnd(stream)
    stream.deallocate()
  }

  func reserve(_ bytes: Int) {
    if content.capacity < bytes { content.reserveCapacity(bytes) }
  }

  /// Inflates a piece of the file; `grown` looks at the content after each 64 KiB of it.
  func feed(
    _ piece: [UInt8], grown: (_ content: [UInt8]) throws(DatasetError.FormatFault) -> Void
  ) throws(DatasetError.FormatFault) {
    var output = [UInt8](repeating: 0, count: 1 << 16)
    var used = 0
    while used < piece.count {
      // Members may follow one another (RFC 1952, 2.2); the next one starts afresh.
      if isAtEnd {
        guard inflateReset(stream) == Z_OK else { throw .gzip("zlib cannot start again") }
        isAtEnd = false
      }
      let (status, taken, made) = step(piece[used...], into: &output)
      used += taken
      content += output[..<made]
      try grown(content)
      switch status {
      case Z_STREAM_END: isAtEnd = true
      case Z_OK: break
      case Z_BUF_ERROR where taken == 0 && made == 0: throw .gzip("it makes no progress")
      case Z_BUF_ERROR: break
      default: throw .gzip(stream.pointee.msg.map { String(cString: $0) } ?? "zlib says \(status)")
      }
    }
    // Output may be left over when the input is used up.
    while !isAtEnd {
      let (status, _, made) = step([], into: &output)
      if made == 0 { break }
      content += output[..<made]
      try grown(content)
      if status == Z_STREAM_END { isAtEnd = true }
    }
  }

  private func step(_ input: ArraySlice<UInt8>, into output: inout [UInt8]) -> (status: CInt, taken: Int, made: Int) {
    var bytes = Array(input)
    return bytes.withUnsafeMutableBufferPointer { source in
      output.withUnsafeMutableBufferPointer { target in
        // zlib reads and writes only through these two buffers, which outlive the call.
        stream.pointee.next_in = source.baseAddress
        stream.pointee.avail_in = UInt32(source.count)
        stream.pointee.next_out = target.baseAddress
        stream.pointee.avail_out = UInt32(target.count)
        let status = CZlib.inflate(stream, Z_NO_FLUSH)
        return (status, source.count - Int(stream.pointee.avail_in), target.count - Int(stream.pointee.avail_out))
      }
    }
  }
}
