import Platform

/// The versions of one model, below /var/lib/hamud/models/NAME.
///
///     versions/000042/          complete and sealed; never changes
///     candidates/000043/        being written; belongs to no version yet
///     current                   -> versions/000042
///     progress/17.safetensors   the paused run of batch 17
///
/// A version is made in four steps, each durable when it returns: a candidate (`importDirectory`, `receive`,
/// `writeCandidate`), `seal`, `adopt`, `makeCurrent`. After a crash between two of them `current` names the old version.
/// One process works on a store at a time (the daemon's lock); any number may look.
package struct VersionStore: Sendable {
  static let directoryMode: UInt32 = 0o750
  static let fileMode: UInt32 = 0o640

  /// The model's own directory.
  package let directory: String
  /// The model's name.
  package let model: String

  package init(directory: String, model: String) {
    self.directory = directory
    self.model = model
  }

  /// A directory with all files of a version to be, hamud.json excepted.
  package struct Candidate: Sendable {
    package let number: Int
    package let path: String
    /// Files of an imported directory that were not taken, in byte order: see `importDirectory`.
    package let leftOut: [String]

    /// The candidate as a model, read back from disk.
    package func open() throws(CheckpointError) -> ModelDirectory { try ModelDirectory.open(path) }
  }

  /// A version, or a candidate that has its record.
  package struct Version: Sendable {
    package let number: Int
    package let path: String
    package let record: VersionRecord
    /// `sha256:` and the hex digest of hamud.json's bytes: what receipts and the next version's record name.
    package let recordDigest: String

    package func open() throws(CheckpointError) -> ModelDirectory { try ModelDirectory.open(path) }
  }

  // MARK: Places

  var versionsPath: String { Paths.join(directory, "versions") }
  var candidatesPath: String { Paths.join(directory, "candidates") }
  private var progressDirectory: String { Paths.join(directory, "progress") }
  var currentPath: String { Paths.join(directory, "current") }

  func versionPath(_ number: Int) -> String { Paths.join(versionsPath, Self.name(number)) }
  func candidatePath(_ number: Int) -> String { Paths.join(candidatesPath, Self.name(number)) }

  /// Where the paused run of a batch is saved.
  package func progressPath(batch: Int) -> String { Paths.join(progressDirectory, "\(batch).safetensors") }

  /// `000042`.
  static func name(_ number: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, 6 - digits.count)) + digits
  }

  /// The number that a directory's name stands for; nil for any other name.
  static func number(_ name: String) -> Int? {
    guard name.utf8.count == 6, name.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(name), number > 0
    else { return nil }
    return number
  }

  static func checkNumber(_ number: Int) throws(CheckpointError) {
    guard (1...CheckpointLimits.versions).contains(number) else {
      throw .version(number, .badNumber(limit: CheckpointLimits.versions))
    }
  }

  /// Makes the directories, 0750. Nothing happens to those that exist.
  package func prepare() throws(CheckpointError) {
    try system { () throws(PlatformError) in
      for path in [Paths.parent(of: directory), directory, versionsPath, candidatesPath, progressDirectory] {
        try DurableDirectory.make(path, mode: Self.directoryMode, parents: true)
      }
    }
  }

  // MARK: Looking

  /// The numbers of the versions there are, ascending. None where the store was never prepared.
  package func list() throws(CheckpointError) -> [Int] { try numbers(in: versionsPath) }

  private func numbers(in path: String) throws(CheckpointError) -> [Int] {
    let names = try system { () throws(PlatformError) in
      try FileStatus.ifPresent(path) == nil ? [] : DurableDirectory.list(path)
    }
    return names.compactMap(Self.number)
  }

  /// What `current` names; nil before the first version.
  package func currentNumber() throws(CheckpointError) -> Int? {
    let path = currentPath
    guard let target = try system({ () throws(PlatformError) in try DurableDirectory.target(ofLink: path) }) else {
      return nil
    }
    guard target.hasPrefix("versions/"), let number = Self.number(String(target.dropFirst("versions/".count))) else {
      throw .directory(
        directory,
        problem: "'current' points to \(CheckpointError.quoted(target)), which is no version;"
          + " point it to versions/NNNNNN")
    }
    return number
  }

  /// The current version, opened; nil before the first.
  package func current() throws(CheckpointError) -> Version? {
    guard let number = try currentNumber() else { return nil }
    return try open(number)
  }

  // MARK: The last steps

  /// Makes a sealed candidate a version, by one rename. It is not current yet.
  package func adopt(_ sealed: Version) throws(CheckpointError) -> Version {
    let path = versionPath(sealed.number)
    guard sealed.path == candidatePath(sealed.number) else { throw .version(sealed.number, .exists) }
    do {
      try DurableDirectory.rename(sealed.path, to: path)
    } catch {
      if error.code == .exists { throw .version(sealed.number, .exists) }
      throw .system(error)
    }
    return Version(
      number: sealed.number, path: path, record: sealed.record, recordDigest: sealed.recordDigest)
  }

  /// Lets `current` name a version, by one rename; it is never missing in between.
  ///
  /// - Throws: also when the version is not there or its files are not those on record: that one is never served.
  package func makeCurrent(_ number: Int) throws(CheckpointError) {
    _ = try open(number)
    try system { () throws(PlatformError) in
      try DurableDirectory.swapSymlink(at: currentPath, to: "versions/" + Self.name(number))
    }
  }

  /// Removes every candidate, and what else a crash left half done. Only for whoever holds the daemon's lock.
  package func discardCandidates() throws(CheckpointError) {
    try system { () throws(PlatformError) in
      for path in [directory, progressDirectory] where try FileStatus.ifPresent(path) != nil {
        try DurableDirectory.sweep(path)
      }
      guard try FileStatus.ifPresent(candidatesPath) != nil else { return }
      for name in try DurableDirectory.fileNames(candidatesPath) {
        try DurableDirectory.removeTree(Paths.join(candidatesPath, name.readable))
      }
    }
  }

  /// Removes a version that is not current: one that was adopted and of which the ledger knows nothing.
  package func remove(_ number: Int) throws(CheckpointError) {
    guard try list().contains(number) else { throw .version(number, .missing) }
    guard try currentNumber() != number else { throw .version(number, .isCurrent) }
    let doomed = candidatePath(number)
    try system { () throws(PlatformError) in
      // Out of the way first, so that a crash leaves a candidate and never half a version.
      try DurableDirectory.removeTree(doomed)
      try DurableDirectory.rename(versionPath(number), to: doomed)
      try DurableDirectory.removeTree(doomed)
    }
  }
}
