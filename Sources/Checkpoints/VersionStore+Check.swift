import Platform

extension VersionStore {
  /// A version whose record is whole and whose files are there, no more and no fewer, with the sizes on record.
  ///
  /// Names that begin with a dot are not looked at: a version never has any, and a network file system may.
  /// - Parameter recordDigest: what the ledger or the next version holds; compared when given.
  package func open(_ number: Int, recordDigest: String? = nil) throws(CheckpointError) -> Version {
    let version = try readRecord(number, at: versionPath(number))
    if let recordDigest, recordDigest != version.recordDigest {
      throw .version(number, .recordDigest(found: version.recordDigest, expected: recordDigest))
    }
    try checkFiles(of: version)
    return version
  }

  /// A version that is damaged or gone, as the ledger knows it: to be named as a parent, not to be opened.
  package func lost(_ number: Int, recordDigest: String) -> Version {
    let record = VersionRecord(model: model, version: number, created: "")
    return Version(number: number, path: versionPath(number), record: record, recordDigest: recordDigest)
  }

  /// A version's record, whatever became of its files; nil where there is none, or a damaged one. That a device or a limit fails says
  /// neither, and is an error.
  func recordIfWhole(_ number: Int) throws(CheckpointError) -> VersionRecord? {
    do {
      return try readRecord(number, at: versionPath(number)).record
    } catch {
      if error.isTransient { throw error }
      return nil
    }
  }

  /// As `open`, and reads every byte: throws `.fileDigest` for the first file, in byte order of names, that differs.
  @discardableResult
  package func verifyDigests(_ number: Int, recordDigest: String? = nil) throws(CheckpointError) -> Version {
    let version = try open(number, recordDigest: recordDigest)
    for file in version.record.files {
      let found = try Self.describe(file.name, in: version.path)
      guard found.digest == file.digest else {
        throw .version(number, .fileDigest(file.name, found: found.digest, expected: file.digest))
      }
    }
    return version
  }

  /// Reads and checks a hamud.json, in a version or a candidate.
  func readRecord(_ number: Int, at path: String) throws(CheckpointError) -> Version {
    try Self.checkNumber(number)
    let file = Paths.join(path, VersionRecord.fileName)
    let (directory, status) = try system { () throws(PlatformError) in
      (try FileStatus.ifPresent(path), try FileStatus.ifPresent(file))
    }
    guard directory?.kind == .directory else { throw .version(number, .missing) }
    guard status != nil else { throw .version(number, .missingFile(VersionRecord.fileName)) }
    let bytes = try readFile(file, limit: CheckpointLimits.recordBytes)
    let record: VersionRecord
    do {
      record = try VersionRecord.parse(bytes)
    } catch {
      throw .version(number, .badRecord(error.description))
    }
    guard record.version == number, record.model == model else {
      let what = "it is of version \(record.version) of \(CheckpointError.quoted(record.model))"
      throw .version(number, .badRecord(what))
    }
    return Version(number: number, path: path, record: record, recordDigest: SHA256Digest.of(bytes).description)
  }

  private func checkFiles(of version: Version) throws(CheckpointError) {
    let names = try system { () throws(PlatformError) in try DurableDirectory.list(version.path) }
    let present = Set(names)
    for file in version.record.files {
      guard WeightFiles.isPlainName(file.name) else {
        throw .version(version.number, .badRecord("a file's name is \(CheckpointError.quoted(file.name))"))
      }
      guard present.contains(file.name) else { throw .version(version.number, .missingFile(file.name)) }
      let path = Paths.join(version.path, file.name)
      let status = try system { () throws(PlatformError) in try FileStatus.of(path, followingLinks: false) }
      guard status.kind == .file else { throw .version(version.number, .strayFile(file.name)) }
      guard status.size == file.size else {
        throw .version(version.number, .fileSize(file.name, found: status.size, expected: file.size))
      }
    }
    let known = Set(version.record.files.map(\.name) + [VersionRecord.fileName])
    for name in names where !known.contains(name) && !name.hasPrefix(".") {
      throw .version(version.number, .strayFile(name))
    }
  }

  /// Reads a file whole, for its size and digest.
  static func describe(_ name: String, in path: String) throws(CheckpointError) -> VersionRecord.File {
    try system { () throws(PlatformError) in
      let file = try DataFile(path: Paths.join(path, name))
      return VersionRecord.File(name: name, size: file.size, digest: try file.sha256().description)
    }
  }
}
