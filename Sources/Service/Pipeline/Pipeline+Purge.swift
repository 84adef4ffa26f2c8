import Checkpoints
import Ledger
import Platform
import Requests

// Versions that still remember what was forgotten are removed: when their time is over, and when a person says so.
//
// Noted in the ledger, removed, noted as gone: a crash between any two of these is mended at the next look. Who reads a
// version holds a lease on it, which a purge waits for, and nothing else: other versions, models and runs go on.
extension Pipeline {
  /// The stage: what is due begins, and what has begun goes on.
  func purgeDue() throws {
    // An older ledger than it was may take for replaced what is not.
    guard restoration == nil else { return }
    let now = try believedTime()
    for settings in configuration.models {
      for version in try ledger.replacedVersions(of: settings.name) {
        let due = version.replacement.purgeDue(
          keep: settings.retention.keep, after: settings.retention.purgeAfter, at: now)
        if due <= now {
          do {
            try begin(version, of: settings.name, .retention, by: nil)
          } catch {
            narrator.trouble(error)
          }
        } else {
          alarm.set(.now + (due - now))
        }
      }
    }
    try purgePending()
    try purgeReturned()
  }

  private func begin(_ version: ReplacedVersion, of model: String, _ cause: PurgeCause, by uid: UInt32?) throws {
    // Of a damaged one the digest in the ledger is all that stays.
    let record = try record(of: version, model).flatMap { SHA256Digest.of($0) == version.record ? $0 : nil }
    try ledger.beginPurge(PurgeOrder(model, version.number, cause, record: record, by: uid), at: clocks.wall())
  }

  /// A limit that is reached now can wait; a disk that cannot read it may never again, nor may a right be given, and the version has to go.
  private func record(of version: ReplacedVersion, _ model: String) throws(PlatformError) -> [UInt8]? {
    let path = Paths.join(store(model).place(of: version.number), VersionRecord.fileName)
    do {
      return try DataFile.readIfFit(path, limit: CheckpointLimits.recordBytes)
    } catch {
      guard error.code == .inputOutput || error.isDenied else { throw error }
      narrator.trouble(error)
      return nil
    }
  }

  /// One that cannot be removed keeps no other from being removed.
  private func purgePending() throws(LedgerError) {
    for pending in try ledger.pendingPurges() {
      do {
        try purge(pending)
      } catch {
        narrator.trouble(error)
      }
    }
  }

  private func purge(_ pending: PendingPurge) throws {
    let (model, number) = (pending.model, pending.number)
    // A run reads what it began from to its end, also when another version was imported meanwhile.
    if let job = run?.job, job.model.name == model, job.model.current.number == number { return }
    let remembered = try ledger.versions(of: model).first { $0.number == number }?.rememberedRows ?? 0
    let place = store(model).place(of: number)
    switch try store(model).purge(number, despiteReaders: pending.cause == .despiteReaders) {
    case .gone(let bytes, let linked):
      let requests = try ledger.finishPurge(number, of: model, at: clocks.wall())
      purgeWaitsSaid[place] = nil
      narrator.post(
        .versionPurged(
          model, version: number, remembered: remembered, requests: requests.map(\.text),
          PurgeRemains(bytes: bytes, linked: linked)))
    case .leased:
      if let said = purgeWaitsSaid[place], MonotonicInstant.now - said < Self.purgeWaitsEvery { return }
      purgeWaitsSaid[place] = .now
      let holders = LockHolder.of(place).map(\.text)
      narrator.post(.purgeWaits(model, version: number, remembered: remembered, holders: holders))
    // The link follows the ledger as soon as the model can be opened.
    case .served: return
    }
  }

  private static let purgeWaitsEvery: Duration = .seconds(86_400)

  /// A purged version that a restored backup brought back goes again. Once for each start: nothing else brings one back.
  private func purgeReturned() throws {
    for model in try ledger.models().map(\.name) where returnedSought.insert(model).inserted {
      let store = store(model)
      for number in try ledger.purgedVersions(of: model) where try store.has(number) {
        guard case .gone(let bytes, let linked) = try store.purge(number) else {
          returnedSought.remove(model)
          continue
        }
        let remembered = try ledger.versions(of: model).first { $0.number == number }?.rememberedRows ?? 0
        narrator.post(
          .versionPurged(
            model, version: number, remembered: remembered, requests: [],
            PurgeRemains(bytes: bytes, linked: linked, returned: true)))
      }
    }
  }

  private func store(_ model: String) -> VersionStore { VersionStore(directory: places.model(model), model: model) }
}

// MARK: - The command

extension Pipeline {
  /// - Parameter now: also those whose time is not over.
  func purge(
    _ model: String?, now: Bool, despiteReaders: Bool, _ caller: Caller, _ dryRun: Bool
  ) throws(ControlError) -> JSONValue {
    guard restoration == nil else {
      throw ControlError(.usage, "the ledger is an older one than it was: hamuctl recover first")
    }
    do {
      let names = try model.map { [try purgeable($0)] } ?? ledger.models().map(\.name)
      var chosen = try ledger.pendingPurges().filter { names.contains($0.model) }.map { ($0.model, $0.number) }
      // Who gives the command looks at the clock themselves.
      let moment = clocks.wall()
      for name in names {
        let retention = configuration.model(name)?.retention
        for version in try ledger.replacedVersions(of: name) {
          let due = retention.map { version.replacement.purgeDue(keep: $0.keep, after: $0.purgeAfter, at: moment) }
          guard now || due.map({ $0 <= moment }) == true else { continue }
          chosen.append((name, version.number))
          if !dryRun { try begin(version, of: name, despiteReaders ? .despiteReaders : .person, by: caller.uid) }
        }
      }
      if !dryRun { try carryOut(chosen, despiteReaders, caller) }
      return try purgeAnswer(chosen, now: now, dryRun)
    } catch let error as ControlError {
      throw error
    } catch let error as LedgerError {
      throw ControlError(error)
    } catch {
      throw ControlError(.inputOutput, "\(error)")
    }
  }

  /// Any model that has versions, configured or not.
  private func purgeable(_ name: String) throws -> String {
    guard try ledger.model(name) != nil else { throw LedgerError.unknownModel(name) }
    return name
  }

  private func carryOut(_ chosen: [(String, Int)], _ despiteReaders: Bool, _ caller: Caller) throws(LedgerError) {
    if despiteReaders {
      for (model, number) in chosen {
        try ledger.beginPurge(PurgeOrder(model, number, .despiteReaders, by: caller.uid), at: clocks.wall())
      }
    }
    try purgePending()
    try tell()
  }

  private func purgeAnswer(_ chosen: [(String, Int)], now: Bool, _ dryRun: Bool) throws -> JSONValue {
    let entries = try chosen.map { model, number in
      let entry = try ledger.versions(of: model).first { $0.number == number }
      let state = dryRun ? "would be purged" : entry?.purgedAt == nil ? "waits" : "purged"
      return JSONValue.present([
        "model": JSONValue(model), "version": JSONValue(number), "state": JSONValue(state),
        "purged_at": (entry?.purgedAt?.rfc3339()).map { JSONValue($0) },
        "still_remembers": JSONValue(entry?.rememberedRows ?? 0),
        "directory": JSONValue(store(model).place(of: number)),
      ])
    }
    let waiting = entries.count { $0["state"]?.stringValue == "waits" }
    let message =
      chosen.isEmpty
      ? now
        ? "no replaced version is left"
        : "nothing is due; hamuctl purge --now also takes replaced versions whose time is not over"
      : dryRun
        ? "would purge \(NumberText.count(chosen.count, "version"))"
        : "purged \(NumberText.count(chosen.count - waiting, "version"))"
          + (waiting > 0 ? "; \(NumberText.count(waiting, "waits", "wait")) for a reader or a run" : "")
    return .present([
      "message": JSONValue(message), "versions": .array(entries), "dry_run": dryRun ? true : nil,
    ])
  }
}
