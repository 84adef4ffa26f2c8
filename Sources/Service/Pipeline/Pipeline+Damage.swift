import Checkpoints
import Ledger
import Platform

// Versions that are not what was sealed: nothing is built upon them, and no other model is held up.
extension Pipeline {
  /// Pauses the model until its version is whole again, and says so, once.
  func pauseDamaged(_ name: String, _ sentence: String) throws(LedgerError) {
    models[name] = nil
    damaged[name] = try servedStamp(name)
    guard try ledger.pause(name, .damaged, detail: sentence, at: clocks.wall()) else { return }
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

  /// A circuit breaker: requests that each cost little, or that were made to harm, must not wear a model out unseen. Its queue
  /// stops while held-out accuracy is down by more than the budget, and goes on when it is not any more: after an import, a
  /// rollback, or with a larger budget.
  /// - Returns: whether it may go on, as far as that goes.
  @discardableResult
  func watchDamage(_ settings: ModelSettings) throws(LedgerError) -> Bool {
    let (name, budget, now) = (settings.name, settings.policy.damageBudget, clocks.wall())
    let fall = try ledger.damage(of: name)
    if fall <= budget {
      if try ledger.unpause(name, .damageBudget, at: now) {
        narrator.post(.modelUnpaused(name, waiting: try waiting(name)))
      }
      return true
    }
    let sentence = Self.damage(name, fall, budget)
    if try ledger.pause(name, .damageBudget, detail: sentence, at: now) {
      narrator.post(
        .damageBudgetSpent(
          name, version: try ledger.model(name)?.currentVersion, sentence, waiting: try waiting(name)))
    }
    return false
  }

  private static func damage(_ name: String, _ fall: Double, _ budget: Double) -> String {
    "accuracy on held-out rows has fallen by \(NumberText.figure(fall, digits: 3)) since the last full training, more than"
      + " damage_budget \(NumberText.figure(budget)); retrain without the forgotten rows and hamuctl import \(name) DIR, or"
      + " raise the budget and reload"
  }

  private func servedStamp(_ name: String) throws(LedgerError) -> VersionStamp? {
    try ledger.model(name)?.currentVersion.flatMap {
      VersionStore(directory: places.model(name), model: name).stamp($0)
    }
  }
}
