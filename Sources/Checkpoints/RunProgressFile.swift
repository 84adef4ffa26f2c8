import Platform

/// One safetensors file that holds a paused run: arrays as tensors, the rest in its metadata, with a digest over all of
/// it (the digest's own 64 digits taken as zeros). It is written anew each time and takes the place of the one before
/// by one rename.
package enum RunProgressFile {
  private static let format = "1"
  /// Every such file begins with this, after its 8 bytes of length; then come the digest's digits.
  private static let opening = "{\"__metadata__\":{\"check\":\""
  private static let digits = 64
  private static var checkRange: Range<Int> {
    let start = SafetensorsHeader.prefixBytes + opening.utf8.count
    return start..<start + digits
  }

  private enum Word {
    static let check = "check"
    static let format = "hamud_progress"
    static let batch = "batch"
    static let parent = "parent"
    static let parentRecord = "parent_record"
    static let settingsDigest = "settings_digest"
    static let state = "state"
  }

  /// Durable when it returns.
  package static func save(_ progress: RunProgress, to path: String) throws(CheckpointError) {
    let zeros = String(repeating: "0", count: digits)
    let metadata = [
      (Word.check, zeros), (Word.format, format), (Word.batch, String(progress.key.batch)),
      (Word.parent, String(progress.key.parent)), (Word.parentRecord, progress.key.parentRecord),
      (Word.settingsDigest, progress.key.settingsDigest), (Word.state, progress.state),
    ].map(SafetensorsHeader.Metadata.init(key:value:))
    var header = try inFile(path) { () throws(CheckpointError) in
      try SafetensorsWriter.header(of: progress.arrays, metadata: metadata)
    }
    var hasher = SHA256Hasher()
    hasher.update(header)
    for array in progress.arrays { array.forEachPiece { hasher.update($0) } }
    header.replaceSubrange(checkRange, with: hasher.finish().hex.utf8)
    try SafetensorsWriter.write(header: header, progress.arrays, to: path, mode: 0o640)
  }

  /// Reads it back; nil when there is no such file.
  ///
  /// - Throws: `.progress` when any bit of it has changed or it belongs to another run.
  package static func load(_ path: String, matching key: RunProgress.Key) throws(CheckpointError) -> RunProgress? {
    let isThere = try system { () throws(PlatformError) in try FileStatus.ifPresent(path) } != nil
    guard isThere else { return nil }
    let (header, arrays) = try readChecked(path, keeping: true)
    let values = Dictionary(header.metadata.map { ($0.key, $0.value) }, uniquingKeysWith: { first, _ in first })
    let wanted = [
      (Word.format, format), (Word.batch, String(key.batch)), (Word.parent, String(key.parent)),
      (Word.parentRecord, key.parentRecord), (Word.settingsDigest, key.settingsDigest),
    ]
    for (word, expected) in wanted {
      let found = values[word] ?? "none"
      guard found == expected else {
        throw .progress(.belongsElsewhere(key: word, found: found, expected: expected))
      }
    }
    return RunProgress(key: key, state: values[Word.state] ?? "", arrays: arrays)
  }

  /// Removes it; nothing happens when there is none.
  package static func remove(_ path: String) throws(CheckpointError) {
    try system { () throws(PlatformError) in try DurableDirectory.removeFile(path) }
  }

  /// Reads a file in pieces, for its digest and its batch.
  ///
  /// - Throws: `.progress` when any bit of it has changed or it is of another batch.
  /// - Returns: its size in bytes.
  static func check(_ path: String, batch: Int) throws(CheckpointError) -> Int {
    let (header, _) = try readChecked(path, keeping: false)
    let found = header.metadata.first { $0.key == Word.batch }?.value ?? "none"
    guard found == String(batch) else {
      throw .progress(.belongsElsewhere(key: Word.batch, found: found, expected: String(batch)))
    }
    return header.fileSize
  }

  /// Every byte of the file goes through the digest: the header, and the tensors, which lie side by side to its end.
  private static func readChecked(
    _ path: String, keeping: Bool
  ) throws(CheckpointError) -> (header: SafetensorsHeader, arrays: [TensorArray]) {
    do throws(CheckpointError) {
      let file = try SafetensorsFile(path)
      let header = file.header
      var bytes = try file.headerBytes()
      guard header.metadata.first?.key == Word.check, bytes.count >= checkRange.upperBound else {
        throw CheckpointError.progress(.damaged("it does not begin with its digest"))
      }
      let found = String(decoding: bytes[checkRange], as: UTF8.self)
      bytes.replaceSubrange(checkRange, with: repeatElement(UInt8(ascii: "0"), count: digits))
      var hasher = SHA256Hasher()
      hasher.update(bytes)
      var arrays: [TensorArray] = []
      for tensor in header.tensors {
        var content: [UInt8] = []
        try file.forEachPiece(of: header.fileRange(of: tensor)) { (piece) throws(CheckpointError) in
          hasher.update(piece)
          if keeping { content += piece }
        }
        guard keeping else { continue }
        guard let array = TensorArray(tensor, bytes: content) else {
          throw CheckpointError.progress(.damaged("it holds a tensor of type \(tensor.type.rawValue)"))
        }
        arrays.append(array)
      }
      guard hasher.finish().hex == found else {
        throw CheckpointError.progress(.damaged("its digest does not fit"))
      }
      return (header, arrays)
    } catch {
      switch error {
      case .system, .progress: throw error
      default: throw .progress(.damaged(error.cause.description))
      }
    }
  }
}
