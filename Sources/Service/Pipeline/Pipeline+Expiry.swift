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
    if let end = endOfHonestDates(moment) { try ledger.countEnds(after: end, from: moment) }
    try removeReturnedManifests()
    let keep = configuration.settings.keep
    try endManifests(before: moment - keep.manifests, at: now)
    try endReceipts(before: moment - keep.receipts, at: now)
    try removeFiles(in: places.rejected, before: moment - keep.manifests) { _ in true }
    // Made before a migration, with every manifest that there was.
    try removeFiles(in: places.state, before: moment - keep.manifests) { $0.hasPrefix("ledger.sqlite.before-") }
  }

  /// The file first: after a crash in between the ledger still says that it is due.
  private func endManifests(before moment: Timestamp, at now: Timestamp) throws {
    let due = try ledger.manifestsDue(finishedBefore: moment)
    for some in due.split(every: Self.endedAtOnce) {
      for id in some { _ = try DurableDirectory.removeFile(places.acceptedManifest(id.text)) }
      try ledger.expireManifests(some, at: now)
    }
  }

  /// The file goes before the ledger's copy: one that is there without it was brought back, from a backup of the spool.
  private func removeReturnedManifests() throws {
    // What an older ledger lacks is taken up again from these files.
    guard restoration == nil else { return }
    let ids = try DurableDirectory.list(places.accepted).filter { $0.hasSuffix(".yaml") }
      .compactMap { RequestID(Paths.stem(of: $0)) }
    for id in try ledger.withoutManifest(ids) {
      _ = try DurableDirectory.removeFile(places.acceptedManifest(id.text))
    }
  }

  private func endReceipts(before moment: Timestamp, at now: Timestamp) throws {
    let due = try ledger.receiptsDue(finishedBefore: moment)
    for some in due.split(every: Self.endedAtOnce) {
      for id in some { _ = try DurableDirectory.removeFile(places.receipt(id.text)) }
      try ledger.expireReceipts(some, at: now)
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

extension Array {
  fileprivate func split(every count: Int) -> [[Element]] {
    stride(from: 0, to: self.count, by: count).map { Array(self[$0..<Swift.min($0 + count, self.count)]) }
  }
}
