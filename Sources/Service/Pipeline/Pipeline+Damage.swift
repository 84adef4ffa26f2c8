import Checkpoints
import Ledger
import Platform

// Versions that are not what was sealed: nothing is built upon them, and no other model is held up.
extension Pipeline {
  /// Pauses the model until its version is whole again, and says so, once.
  func pauseDamaged(_ name: String, _ sentence: String) throws(LedgerError) {
    models[name] = nil
    damaged[name] = try servedStamp(name)
    guard try ledger.pause(name, .damaged, detail: sentence, at: WallClock.now) else { return }
    narrator.post(
      .versionDamaged(name, version: try ledger.model(name)?.currentVersion, sentence, waiting: try waiting(name)))
  }

  /// Whether the directory of the version looks as it did when it was found damaged: then reading all of it again, perhaps
  /// gigabytes at every look, would find the same.
  func isStillDamaged(_ name: String) throws(LedgerError) -> Bool {
    guard let known = damaged[name] else { return false }
    return try servedStamp(name) == known
  }

  /// The version is what was sealed.
  /// - Returns: whether the model was paused for that.
  @discardableResult
  func mended(_ name: String, at now: Timestamp) throws(LedgerError) -> Bool {
    damaged[name] = nil
    return try ledger.unpause(name, .damaged, at: now)
  }

  private func servedStamp(_ name: String) throws(LedgerError) -> VersionStamp? {
    try ledger.model(name)?.currentVersion.flatMap {
      VersionStore(directory: places.model(name), model: name).stamp($0)
    }
  }
}
