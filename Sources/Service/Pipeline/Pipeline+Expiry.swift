import Ledger
import Platform
import Requests

// What ends after `keep`: manifests, and with them every subject's name; receipts, and with them their submitters' names.
extension Pipeline {
  static let expiryEvery = LongWait.of(Duration.seconds(3600), hurried: .milliseconds(50))
  private static let endedAtOnce = 500

  /// Looks every hour, an hour after the start for the first time; for what came back also at the start.
  func endWhatIsPastItsTime() throws {
    let (now, monotonic) = (clocks.wall(), clocks.monotonic())
    let moment = try believedTime()
    guard let last = lastExpiry else {
      lastExpiry = monotonic
      return try removeReturnedManifests()
    }
    guard monotonic - last >= Self.expiryEvery else { return }
    lastExpiry = monotonic
    try ledger.age(by: monotonic - last, datedAfter: moment + SteadyClock.driftAllowed)
    try removeReturnedManifests()
    let keep = configuration.settings.keep
    try end(ledger.manifestsDue(finishedBefore: moment - keep.manifests, orAged: keep.manifests)) { some in
      for id in some { _ = try DurableDirectory.removeFile(places.acceptedManifest(id.text)) }
      try ledger.expireManifests(some, at: now)
    }
    try end(ledger.receiptsDue(finishedBefore: moment - keep.receipts, orAged: keep.receipts)) { some in
      for id in some { _ = try DurableDirectory.removeFile(places.receipt(id.text)) }
      try ledger.expireReceipts(some, at: now)
    }
    try removeFiles(in: places.rejected, before: moment - keep.manifests) { _ in true }
    // Made before a migration, with every manifest that there was.
    try removeFiles(in: places.state, before: moment - keep.manifests) { $0.hasPrefix("ledger.sqlite.before-") }
  }

  /// The files first: after a crash in between the ledger still says that they are due.
  private func end(_ due: [RequestID], _ some: ([RequestID]) throws -> Void) throws {
    for start in stride(from: 0, to: due.count, by: Self.endedAtOnce) {
      try some(Array(due[start..<min(start + Self.endedAtOnce, due.count)]))
    }
  }

  /// The file goes before the ledger's copy: one that is there without it was brought back, from a backup of the spool.
  private func removeReturnedManifests() throws {
    // What an older ledger lacks is taken up again from these files.
    guard restoration == nil else { return }
    let ids = try DurableDirectory.list(places.accepted).filter { $0.hasSuffix(".yaml") }
      .compactMap { RequestID(Paths.stem(of: $0)) }
    for id in try ledger.withoutManifest(ids) {
      do throws(PlatformError) {
        _ = try DurableDirectory.removeFile(places.acceptedManifest(id.text))
      } catch {
        // It keeps nothing else from ending.
        narrator.trouble(error)
      }
    }
  }

  /// Refusals are nobody's request: their files, which quote what was refused, go by their own age.
  private func removeFiles(
    in directory: String, before moment: Timestamp, where isMeant: (String) -> Bool
  ) throws {
    for name in try DurableDirectory.list(directory) where isMeant(name) {
      let path = Paths.join(directory, name)
      guard let status = try FileStatus.ifPresent(path, followingLinks: false), status.kind == .file,
        status.modified < moment
      else { continue }
      _ = try DurableDirectory.removeFile(path)
    }
  }
}
