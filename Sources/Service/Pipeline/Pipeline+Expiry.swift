import Ledger
import Platform
import Requests

// What ends after `keep`: manifests, and with them every subject's name; receipts, and with them their submitters' names.
extension Pipeline {
  static let expiryEvery = LongWait.of(Duration.seconds(3600), hurried: .milliseconds(50))
  private static let endedAtOnce = 500

  /// Looks every hour, an hour after the start for the first time; for what came back also at the start. What cannot be listed or
  /// removed keeps nothing else from ending.
  func endWhatIsPastItsTime() throws {
    let (now, monotonic) = (clocks.wall(), clocks.monotonic())
    let moment = try believedTime()
    guard let last = lastExpiry else {
      lastExpiry = monotonic
      return try removeReturnedManifests()
    }
    guard monotonic - last >= Self.expiryEvery else { return }
    lastExpiry = monotonic
    forgetWhatIsGone()
    attempt { try ledger.age(by: monotonic - last, datedAfter: moment + SteadyClock.driftAllowed) }
    attempt { try removeReturnedManifests() }
    let keep = configuration.settings.keep
    attempt {
      let due = try ledger.manifestsDue(finishedBefore: moment - keep.manifests, orAged: keep.manifests)
      try end(due, places.acceptedManifest) { try ledger.expireManifests($0, at: now) }
    }
    attempt {
      let due = try ledger.receiptsDue(finishedBefore: moment - keep.receipts, orAged: keep.receipts)
      try end(due, places.receipt) { try ledger.expireReceipts($0, at: now) }
    }
    attempt { try removeFiles(in: places.rejected, before: moment - keep.manifests) { _ in true } }
    // Made before a migration, with every manifest that there was.
    attempt {
      try removeFiles(in: places.state, before: moment - keep.manifests) { $0.hasPrefix("ledger.sqlite.before-") }
    }
  }

  /// The files first: after a crash in between the ledger still says that they are due. So does it of one that could not be removed.
  private func end(_ due: [RequestID], _ path: (String) -> String, _ note: ([RequestID]) throws -> Void) throws {
    for start in stride(from: 0, to: due.count, by: Self.endedAtOnce) {
      let gone = due[start..<min(start + Self.endedAtOnce, due.count)].filter { id in
        isDone(path(id.text)) { () throws(PlatformError) in try DurableDirectory.removeFile(path(id.text)) }
      }
      if !gone.isEmpty { try note(gone) }
    }
  }

  /// The file goes before the ledger's copy: one that is there without it was brought back, from a backup of the spool.
  private func removeReturnedManifests() throws {
    // What an older ledger lacks is taken up again from these files.
    guard restoration == nil else { return }
    let ids = try DurableDirectory.list(places.accepted).filter { $0.hasSuffix(".yaml") }
      .compactMap { RequestID(Paths.stem(of: $0)) }
    for path in try ledger.withoutManifest(ids).map({ places.acceptedManifest($0.text) }) {
      _ = isDone(path) { () throws(PlatformError) in try DurableDirectory.removeFile(path) }
    }
  }

  /// Refusals are nobody's request: their files, which quote what was refused, go by their own age.
  private func removeFiles(
    in directory: String, before moment: Timestamp, where isMeant: (String) -> Bool
  ) throws {
    for path in try DurableDirectory.list(directory).filter(isMeant).map({ Paths.join(directory, $0) }) {
      _ = isDone(path) { () throws(PlatformError) in
        guard let status = try FileStatus.ifPresent(path, followingLinks: false), status.kind == .file,
          status.modified < moment
        else { return }
        try DurableDirectory.removeFile(path)
      }
    }
  }

  /// What fails for one file (it is immutable, its disk cannot read it) may fail for ever, and must not keep the others. It is said
  /// once for each while that lasts, of a hundred: where a whole disk fails, all have the same to say.
  private func isDone(_ path: String, _ removal: () throws(PlatformError) -> Void) -> Bool {
    do throws(PlatformError) {
      try removal()
      return true
    } catch {
      if unremovedSaid.count < Self.unremovedSaidAtMost, unremovedSaid.insert(path).inserted {
        narrator.trouble(error)
      }
      return false
    }
  }

  private static let unremovedSaidAtMost = 100

  /// Whoever removed a file by hand is told again, should one of that name not go either.
  private func forgetWhatIsGone() {
    unremovedSaid = unremovedSaid.filter { path in
      // Ignored: what cannot be looked at is not gone.
      (try? FileStatus.ifPresent(path, followingLinks: false) == nil) != true
    }
  }
}
