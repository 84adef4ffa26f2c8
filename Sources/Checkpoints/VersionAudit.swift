import Platform

/// One version read whole, trusting nothing: every fault is listed, not the first alone.
struct VersionAudit {
  private let store: VersionStore
  private let number: Int
  private let path: String
  private(set) var findings: [AuditFinding] = []
  private(set) var record: VersionRecord?
  /// Of hamud.json's bytes; nil where they could not be read.
  private(set) var recordDigest: String?
  private(set) var files = 0
  private(set) var bytes = 0

  static let restore = "bring the directory back from a backup"

  init(_ number: Int, of store: VersionStore) {
    self.store = store
    self.number = number
    path = store.versionPath(number)
  }

  /// - Parameters:
  ///   - recordDigest: what the ledger holds; nil where nobody knows.
  ///   - keys: those that may have signed the record; none: signatures are not looked at.
  mutating func run(recordDigest expected: String?, keys: [VerifyingKey]) {
    do throws(CheckpointError) {
      guard let status = try status(of: path) else { return note(path, "version \(number) is missing") }
      guard status.kind == .directory else { return note(path, "version \(number) is no directory") }
      let names = try system { () throws(PlatformError) in try DurableDirectory.fileNames(path) }
      readRecord(expected, keys)
      checkStrays(names)
      if record == nil { lookForRecord(names, expected) }
      let faults = findings.count
      for file in record?.files ?? [] { check(file) }
      // A file that is not what was sealed is named already; what follows from that is no news.
      if let record, findings.count == faults { checkModel(record) }
    } catch {
      note(path, error)
    }
  }

  private mutating func readRecord(_ expected: String?, _ keys: [VerifyingKey]) {
    let file = Paths.join(path, VersionRecord.fileName)
    do throws(CheckpointError) {
      let bytes = try readRegular(file, limit: CheckpointLimits.recordBytes)
      recordDigest = SHA256Digest.of(bytes).description
      if let expected, let recordDigest, recordDigest != expected {
        note(file, "its digest is \(recordDigest) where \(expected) is on record")
      }
      let record = try VersionRecord.parse(bytes)
      guard record.version == number, record.model == store.model else {
        return note(file, "it is of version \(record.version) of \(CheckpointError.quoted(record.model))")
      }
      self.record = record
      checkSignature(of: record, bytes, keys, file)
    } catch {
      note(file, error)
    }
  }

  private mutating func checkSignature(
    of record: VersionRecord, _ bytes: [UInt8], _ keys: [VerifyingKey], _ file: String
  ) {
    guard let signature = record.signature, !keys.isEmpty else { return }
    guard let key = keys.first(where: { $0.id == signature.keyID }) else {
      return note(
        file, "it is signed with the key \(signature.keyID), which is none of hamud's",
        mend: "find out who made it; \(Self.restore)")
    }
    if !key.isValid(signature, for: VersionRecord.covered(by: signature, in: bytes)) {
      note(file, "its signature does not fit its content", mend: "find out who changed it; \(Self.restore)")
    }
  }

  /// Without its record nothing can be said of the other files, but that one of them is it.
  private mutating func lookForRecord(_ names: [FileName], _ expected: String?) {
    for name in names.compactMap(\.text) where name != VersionRecord.fileName {
      let place = Paths.join(path, name)
      // What cannot be read is not the record that is looked for; that the record is missing has been noted already.
      guard let bytes = try? readRegular(place, limit: CheckpointLimits.recordBytes),
        SHA256Digest.of(bytes).description == expected
      else { continue }
      note(place, "it holds the record of version \(number), which is hamud.json's", mend: "rename the two back")
    }
  }

  /// Names that begin with a dot too: a version never has any, and what loads a model may read them.
  private mutating func checkStrays(_ names: [FileName]) {
    guard let record else { return }
    let known = Set(record.files.map { FileName($0.name) } + [FileName(VersionRecord.fileName)])
    for name in names where !known.contains(name) {
      note(
        Paths.join(path, name.readable), "it is no part of version \(number)",
        mend: "find out who put it there, and move it out of the directory")
    }
  }

  private mutating func check(_ file: VersionRecord.File) {
    guard WeightFiles.isPlainName(file.name) else {
      return note(path, "its record names a file \(CheckpointError.quoted(file.name))")
    }
    let place = Paths.join(path, file.name)
    do throws(CheckpointError) {
      guard let status = try status(of: place) else { return note(place, "it is missing") }
      guard status.kind == .file else { return note(place, "it is no regular file") }
      guard status.size == file.size else {
        return note(place, "it has \(status.size) bytes where \(file.size) are on record")
      }
      let scan = WeightFiles.isSafetensors(file.name) ? try FileScan(weights: place) : try FileScan(place)
      files += 1
      bytes += scan.size
      guard scan.digest == file.digest else {
        return note(place, "its digest is \(scan.digest) where \(file.digest) is on record")
      }
      for (tensor, count) in scan.notFinite {
        note(
          place, "\(count) numbers of the tensor \(CheckpointError.quoted(tensor)) are not finite",
          mend: "nothing can be computed with it: import a model that is whole (hamuctl import)")
      }
    } catch {
      note(place, error)
    }
  }

  /// Digests that fit only say that it is what was sealed; a loader needs a model.
  private mutating func checkModel(_ record: VersionRecord) {
    do throws(CheckpointError) {
      _ = try ModelDirectory.open(path)
    } catch {
      note(path, error)
    }
  }

  private func status(of path: String) throws(CheckpointError) -> FileStatus? {
    try system { () throws(PlatformError) in try FileStatus.ifPresent(path, followingLinks: false) }
  }

  private func readRegular(_ file: String, limit: Int) throws(CheckpointError) -> [UInt8] {
    guard let status = try status(of: file) else { throw .model("it is missing") }
    guard status.kind == .file else { throw .model("it is no regular file") }
    return try readFile(file, limit: limit)
  }

  private mutating func note(_ place: String, _ error: CheckpointError) { note(place, error.cause.description) }

  private mutating func note(_ place: String, _ problem: String, mend: String = VersionAudit.restore) {
    findings.append(AuditFinding(place, problem, mend: mend))
  }
}
