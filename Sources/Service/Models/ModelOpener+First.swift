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
  /// Only with every byte as it was sealed, by the key that signs now, because all that is forgotten later rests on it.
  /// (One that signed before may have been rotated away since somebody else has it.) For anything else the way from the
  /// directory stays, on which nothing has to be believed.
  func takeUpServed(_ store: VersionStore, _ record: ModelRecord) throws -> VerifiedVersion? {
    guard record.currentVersion == nil, let number = try store.currentNumber(),
      let digest = try signedRecord(of: number, in: store),
      let found = try store.verifiedIfWhole(number, recordDigest: digest.description)
    else { return nil }
    // Its batch and its requests are the lost ledger's: numbers and names that mean nothing, or something else, in this one.
    try ledger.recordInitialVersion(
      NewVersion(number: number, parent: found.version.record.parent, record: digest), of: record.name,
      at: WallClock.now)
    return found
  }

  /// The digest of a version's record; nil where it is not signed with the key that signs now.
  private func signedRecord(of number: Int, in store: VersionStore) throws -> SHA256Digest? {
    let path = Paths.join(store.place(of: number), VersionRecord.fileName)
    // Ignored: what is no record is signed by nobody.
    guard let bytes = try DataFile.readIfFit(path, limit: CheckpointLimits.recordBytes),
      let signature = (try? VersionRecord.parse(bytes))?.signature
    else { return nil }
    let covered = VersionRecord.covered(by: signature, in: bytes)
    guard key.verifying.isValid(signature, for: covered) else { return nil }
    return SHA256Digest.of(bytes)
  }

  /// Copies the configured directory. A version that is served already, and that the ledger does not know, stays served until
  /// what `recover` found was forgotten again: the copy remembers all of it. Where that was nothing, the copy would take its place at
  /// once, with all that was ever forgotten, and nobody has asked for that.
  func importInitial(
    _ settings: ModelSettings, _ store: VersionStore, _ record: ModelRecord, data: DataRecord
  ) throws -> VerifiedVersion {
    let now = WallClock.now
    let served = try store.currentNumber()
    if let served, record.servedVersion == nil, try store.list().contains(served) {
      throw unknown(served, in: store, settings)
    }
    try store.removeStrays(unknownTo: ledger, settings.name)
    // The number of what is served is not given again.
    let number = (served ?? 0) + 1
    let candidate = try store.importDirectory(from: settings.model, number: number, data: data)
    try candidate.open().checkNumbers()
    let sealing = VersionRecord(model: settings.name, version: number, created: now.rfc3339())
    let version = try store.adopt(try store.seal(candidate, record: sealing, key: key))
    try ledger.recordInitialVersion(
      NewVersion(number: number, parent: nil, record: try version.digest()), of: settings.name, at: now)
    if record.servedVersion == nil { try store.makeCurrent(number) }
    return VerifiedVersion(version: version, stamp: store.stamp(number))
  }

  private func unknown(_ served: Int, in store: VersionStore, _ settings: ModelSettings) -> ModelTrouble {
    ModelTrouble(
      "version \(served) is served, and nothing is built upon it: the ledger does not know it, and it is damaged, or not signed with"
        + " the key that signs now; bring back ledger, key or version, or remove the link \(store.directory)/current: then the"
        + " model begins anew from \(settings.model), which remembers everything")
  }
}
