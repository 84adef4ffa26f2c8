/// Cuts a CSV file into records, in order, one at a time (RFC 4180; a record's line breaks inside quotes belong to it).
///
/// A record ends at LF or CR LF; the last one may end with the file. Empty lines are skipped, a byte-order mark is too.
struct CSVScanner {
  struct Record {
    /// Where it begins in the file.
    let offset: Int
    /// The line of its first byte, from 1.
    let line: Int
    /// Without its line ending.
    let bytes: [UInt8]
  }

  let file: OpenFile
  private static let chunk = 1 << 18
  /// Part of the file that was read and not yet handed out.
  private var window: [UInt8] = []
  /// Where `window` begins in the file.
  private var windowOffset = 0
  /// The next record begins here in `window`.
  private var start = 0
  private var line = 1

  init(_ file: OpenFile) throws(DatasetError) {
    self.file = file
    try load()
    if window.starts(with: [0xEF, 0xBB, 0xBF]) { start = 3 }
  }

  /// The next record that is not an empty line; nil at the end of the file.
  mutating func next() throws(DatasetError) -> Record? {
    while true {
      let first = line
      guard let range = try nextRange() else { return nil }
      guard !range.isEmpty else { continue }
      return Record(offset: windowOffset + range.lowerBound, line: first, bytes: Array(window[range]))
    }
  }

  /// The bytes of the next line or quoted record within the window, moved past its ending.
  private mutating func nextRange() throws(DatasetError) -> Range<Int>? {
    var position = start
    var isQuoted = false
    let first = line
    while true {
      let end = try scan(&position, &isQuoted)
      guard position - start <= DatasetLimits.lineBytes + 2 || end != nil else {
        throw fault(first, .lineTooLong(limit: DatasetLimits.lineBytes))
      }
      if let end { return try finish(end, first) }
      let consumed = start
      let isMore = try load()
      position -= consumed
      if isMore { continue }
      guard start < window.count else { return nil }
      guard !isQuoted else { throw fault(first, .unclosedQuote) }
      return try finish(window.count, first)
    }
  }

  /// Moves on to the LF that ends the record, or to the end of the window.
  private mutating func scan(_ position: inout Int, _ isQuoted: inout Bool) throws(DatasetError) -> Int? {
    var hasZero = false
    var lines = 0
    let from = position
    let end: Int? = window.withUnsafeBufferPointer { bytes in
      for index in from..<bytes.count {
        switch bytes[index] {
        case UInt8(ascii: "\""): isQuoted.toggle()
        case UInt8(ascii: "\n"):
          lines += 1
          if !isQuoted { return index }
        case 0:
          hasZero = true
          return nil
        default: break
        }
      }
      return nil
    }
    line += lines
    guard !hasZero else { throw fault(line, .byteZero) }
    position = end ?? window.count
    return end
  }

  /// - Parameter end: the LF, or the end of the file.
  private mutating func finish(_ end: Int, _ first: Int) throws(DatasetError) -> Range<Int> {
    var last = end
    if last > start, window[last - 1] == UInt8(ascii: "\r") { last -= 1 }
    guard last - start <= DatasetLimits.lineBytes else {
      throw fault(first, .lineTooLong(limit: DatasetLimits.lineBytes))
    }
    defer { start = min(end + 1, window.count) }
    return start..<last
  }

  /// Drops what was handed out and reads on. False at the end of the file.
  @discardableResult
  private mutating func load() throws(DatasetError) -> Bool {
    window.removeSubrange(..<start)
    windowOffset += start
    start = 0
    let offset = windowOffset + window.count
    let count = min(Self.chunk, file.size - offset)
    guard count > 0 else { return false }
    window += try file.read(at: offset, count: count)
    return true
  }

  private func fault(_ line: Int, _ fault: DatasetError.TableFault) -> DatasetError {
    .table(path: file.path, line: line, column: nil, fault)
  }
}
