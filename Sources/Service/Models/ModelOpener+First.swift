import Checkpoints
import Datasets
import Ledger
import Platform

// The first version that a ledger knows of a model: a copy of the configured directory, or, where an earlier ledger was lost, the
// version that is served.
extension ModelOpener {
  /// What `current` names where the ledger knows no version: the one before it is lost, and a person has settled that
  /// (`recover`). Nil where there is none, or where it must not be built upon.
  ///
  /// Runs go on from it, and not from the configured directory, since it has forgotten more than anybody can still ask for. What
  /// `recover` found is served again from either, and from here at little cost. But a manifest ends after `keep`, and then a receipt
  /// alone says that there was a request, or nothing does: whatever begins with the directory knows those rows again. (That no
  /// later run retains them, only a person can see to, with the version's `retain_rows`: which rows they were went with the ledger.)
  ///
  /// Only with every byte as it was sealed, by a key of hamud's own, because all that is forgotten later rests on it. For anything
  /// else the way from the directory stays, on which nothing has to be believed.
  func takeUpServed(_ store: VersionStore, _ record: ModelRecord) throws -> VerifiedVersion? {
    guard record.currentVersion == nil, let number = try store.currentNumber(),
      let found = try store.verifiedIfWhole(number, recordDigest: nil), try isSigned(found.version)
    else { return nil }
    // Its batch and its requests are the lost ledger's: numbers and names that mean nothing, or something else, in this one.
    try ledger.recordInitialVersion(
      NewVersion(number: number, parent: found.version.record.parent, record: try found.version.digest()),
      of: record.name, at: WallClock.now)
    return found
  }

  private func isSigned(_ version: VersionStore.Version) throws -> Bool {
    guard let signature = version.record.signature else { return false }
    let bytes = try DataFile.read(
      Paths.join(version.path, VersionRecord.fileName), limit: CheckpointLimits.recordBytes)
    guard SHA256Digest.of(bytes).description == version.recordDigest else { return false }
    let covered = VersionRecord.covered(by: signature, in: bytes)
    return try ledger.signingKeys().contains { $0.isValid(signature, for: covered) }
  }

  /// Copies the configured directory. A version that is served already, and that the ledger does not know, stays served until
  /// what `recover` found was forgotten again: the copy remembers all of it.
  func importInitial(
    _ settings: ModelSettings, _ store: VersionStore, _ record: ModelRecord, data: DataRecord
  ) throws -> VerifiedVersion {
    let now = WallClock.now
    try store.removeStrays(unknownTo: ledger, settings.name)
    // The number of what is served is not given again.
    let number = try (store.currentNumber() ?? 0) + 1
    let candidate = try store.importDirectory(from: settings.model, number: number, data: data)
    try candidate.open().checkNumbers()
    let sealing = VersionRecord(model: settings.name, version: number, created: now.rfc3339())
    let version = try store.adopt(try store.seal(candidate, record: sealing, key: key))
    try ledger.recordInitialVersion(
      NewVersion(number: number, parent: nil, record: try version.digest()), of: settings.name, at: now)
    if record.servedVersion == nil { try store.makeCurrent(number) }
    return VerifiedVersion(version: version, stamp: store.stamp(number))
  }
}
