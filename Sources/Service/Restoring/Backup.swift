import Checkpoints
import Ledger
package import Platform
package import Requests

/// A copy of everything that a daemon on another machine would need, taken while this one runs: one state of the ledger, the
/// versions that it names, the head of its chain, the signing key, configuration, receipts and manifests, each where it stands
/// below the root.
///
/// Versions are copied, never linked: a link would share its bytes with what is purged here, and with whoever damages one of
/// them. Saved progress is left out: a run that was going on starts over. Everything is read back against its digest.
///
/// Until all of it is there a file says that it is not (`Places.unfinishedBackup`), which no daemon starts beside.
package struct Backup {
  /// A version that is purged between the ledger's copy and its own leaves the copy inconsistent; then it is taken anew.
  private static let tries = 3

  private let places: Places
  private let target: Places

  /// - Parameter directory: becomes the root of the copy; there must be nothing in it.
  package init(of places: Places, to directory: String) {
    self.places = places
    target = Places(root: directory)
  }

  package func take(at now: Timestamp) throws -> JSONValue {
    try prepare()
    for attempt in 1... {
      let end = try copyLedger(at: now)
      let copied = try copyVersions()
      guard copied.missing.isEmpty else {
        if attempt < Self.tries { continue }
        let names = copied.missing.joined(separator: ", ")
        throw ModelTrouble("not a whole copy: \(names) of the ledger are not on the disk; hamuctl verify says more")
      }
      try HeadCopy(end: end).write(target, at: now)
      let files = try copySmallFiles()
      try DurableDirectory.removeFile(target.unfinishedBackup)
      return [
        "directory": JSONValue(target.root), "versions": JSONValue(copied.count), "files": JSONValue(files),
        "entries": .integer(end.entries), "head": JSONValue(end.head.description),
        "message": JSONValue(
          "\(NumberText.count(copied.count, "version")) and a ledger of \(end.entries) entries are in \(target.root); "
            + "the copy remembers what is forgotten from now on: keep it no longer than you must"),
      ]
    }
    throw ModelTrouble("not a whole copy")
  }

  private func prepare() throws {
    try DurableDirectory.make(target.root, mode: 0o700, parents: true)
    guard try DurableDirectory.list(target.root).isEmpty else {
      let isBegun = try FileStatus.ifPresent(target.unfinishedBackup) != nil
      throw ControlError(
        .usage,
        isBegun
          ? "\(target.root) holds a backup that did not end; remove it, or name a directory that is new"
          : "\(target.root) is not empty; name a directory that is new")
    }
    for path in [target.models, target.accepted, target.receipts, target.incoming, target.rejected] {
      try DurableDirectory.make(path, mode: 0o750, parents: true)
    }
    try DurableFile.publish("hamuctl backup has not ended: this is no whole copy\n", to: target.unfinishedBackup)
  }

  private func copyLedger(at now: Timestamp) throws -> ChainEnd {
    _ = try DurableDirectory.removeFile(target.ledger)
    let ledger = try Ledger(readOnly: places.ledger)
    let end = try ledger.copy(to: target.ledger, at: now)
    try ledger.close()
    return end
  }

  private struct Wanted {
    let number: Int
    /// The digest of its record; nil where the ledger has none.
    let record: String?
    /// It has to be there: runs start from it, or it is served.
    let isNeeded: Bool
  }

  /// What the copied ledger names, and what is served, also where the ledger does not know that: an older one was brought back, and
  /// what was forgotten since has still to be forgotten again. Whoever starts from the copy goes on serving it, for every version
  /// that the ledger knows remembers that.
  private func wanted(of model: ModelRecord, _ ledger: Ledger) throws -> [Wanted] {
    let known = try ledger.versions(of: model.name)
    let wanted = known.filter { $0.purgedAt == nil }.map {
      Wanted(
        number: $0.number, record: $0.record.description,
        isNeeded: $0.number == model.currentVersion || $0.number == model.serving)
    }
    guard let serving = model.serving, !known.contains(where: { $0.number == serving }) else { return wanted }
    return wanted + [Wanted(number: serving, record: nil, isNeeded: true)]
  }

  private func copyVersions() throws -> (count: Int, missing: [String]) {
    let ledger = try Ledger(readOnly: target.ledger)
    defer { try? ledger.close() }
    var (count, missing): (Int, [String]) = (0, [])
    for model in try ledger.models() {
      let source = VersionStore(directory: places.model(model.name), model: model.name)
      let copy = VersionStore(directory: target.model(model.name), model: model.name)
      try copy.prepare()
      let present = Set(try source.list())
      for version in try wanted(of: model, ledger) {
        guard present.contains(version.number) else {
          if version.isNeeded { missing.append("version \(version.number) of \(model.name)") }
          continue
        }
        do {
          // No purge takes it away while it is copied.
          let lease = try DirectoryLease.shared(source.place(of: version.number))
          try copyVersion(version, from: source, to: copy)
          withExtendedLifetime(lease) { count += 1 }
        } catch let error as PlatformError where error.code == .noSuchFile && !version.isNeeded {
          // Purged just now.
          continue
        }
      }
      if let serving = model.serving, missing.isEmpty { try copy.makeCurrent(serving) }
    }
    return (count, missing)
  }

  private func copyVersion(_ version: Wanted, from source: VersionStore, to copy: VersionStore) throws {
    let from = Paths.join(source.directory, "versions", Self.name(version.number))
    let to = Paths.join(copy.directory, "versions", Self.name(version.number))
    let record = try version.record ?? source.open(version.number).recordDigest
    // One that an earlier look copied is there. Ignored: what is not there, or not whole, is copied anew and read back below.
    if (try? copy.verifyDigests(version.number, recordDigest: record)) != nil { return }
    try DurableDirectory.removeTree(to)
    try DurableDirectory.make(to, mode: 0o750)
    for name in try DurableDirectory.list(from) where !name.hasPrefix(".") {
      try copyFile(Paths.join(from, name), to: Paths.join(to, name))
    }
    try copy.verifyDigests(version.number, recordDigest: record)
  }

  /// `000042`.
  private static func name(_ number: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, 6 - digits.count)) + digits
  }

  // MARK: What is small

  private func copySmallFiles() throws -> Int {
    var count = 0
    let pairs = [
      (places.configuration, target.configuration), (places.modelSettings, target.modelSettings),
      (places.accepted, target.accepted), (places.receipts, target.receipts),
    ]
    for (from, to) in pairs where try FileStatus.ifPresent(from) != nil {
      try DurableDirectory.make(to, mode: 0o750, parents: true)
      for name in try DurableDirectory.list(from) where !name.hasPrefix(".") {
        if try copyIfFile(Paths.join(from, name), to: Paths.join(to, name)) { count += 1 }
      }
    }
    for (from, to) in [(places.signingKey, target.signingKey), (places.publicKeys, target.publicKeys)] {
      if try copyIfFile(from, to: to) { count += 1 }
    }
    return count
  }

  /// What was removed meanwhile, or is no file, is left out.
  private func copyIfFile(_ from: String, to: String) throws -> Bool {
    guard let status = try FileStatus.ifPresent(from, followingLinks: false), status.kind == .file else { return false }
    do {
      try copyFile(from, to: to)
      return true
    } catch let error as PlatformError where error.code == .noSuchFile {
      return false
    }
  }

  private func copyFile(_ from: String, to: String) throws {
    let status = try FileStatus.of(from)
    try DurableFile.copy(
      try DataFile(path: from), to: to,
      attributes: FileAttributes(mode: status.mode & 0o777, modified: status.modified))
  }
}
