package import Ledger
import Platform
import Requests

// What changed is told: to the journal, in the receipt, to whoever waits. In that order, after the ledger has it.
extension Pipeline {
  /// Tells every change that is not yet told, the one that a crash left unsaid too; first the head of the audit chain is
  /// copied, so that no receipt says what a restored ledger could deny unseen. Repeating is harmless: a journal entry may come
  /// twice after a crash, a receipt is written whole.
  ///
  /// Some at a time: a rollback may have thousands to tell, each with a disk's patience, and the watchdog waits a minute. The rest
  /// has its turn at the next look, which comes at once.
  func tell() throws(LedgerError) {
    keepHead()
    let began = MonotonicInstant.now
    var (written, failed) = (0, 0)
    var last: Int64?
    while written < Self.toldAtOnce, MonotonicInstant.now - began < Self.tellTime {
      let due = try ledger.dueReceipts(limit: Self.toldAtOnce, after: last)
      for receipt in due {
        switch try tell(receipt) {
        case .written: written += 1
        case .failed: failed += 1
        case .waits: break
        }
      }
      guard due.count == Self.toldAtOnce else { return }
      last = due.last?.first
    }
    // A receipt that cannot be written keeps no other from being written; it is tried again at the next regular look.
    if failed == 0, written > 0 { bell.ring() }
  }

  /// A look tells four times.
  private static let toldAtOnce = 40
  private static let tellTime: Duration = .seconds(5)

  private enum Told {
    case written
    /// Said, and not in the receipt; it stays due.
    case failed
    /// Nothing may be said of it before `recover`.
    case waits
  }

  /// Receipts that somebody removed are written again; the ledger has all that they say. Once, at the start.
  func noteMissingReceipts() {
    guard restoration == nil else { return }
    do {
      let isKnown = try ledger.expiredReceipts().union(ledger.dueReceipts(limit: Int.max).map(\.request))
      let missing = try ledger.requests(RequestFilter()).map(\.id).filter { id in
        try !isKnown.contains(id) && FileStatus.ifPresent(places.receipt(id.text), followingLinks: false) == nil
      }
      try ledger.noteReceiptsDue(of: missing)
    } catch {
      narrator.trouble(error)
    }
  }

  private func tell(_ due: DueReceipt) throws(LedgerError) -> Told {
    guard let record = try ledger.request(due.request), let receipt = try ledger.receipt(for: due.request) else {
      return .written
    }
    do {
      if try isAheadOfLedger(record) { return .waits }
    } catch {
      narrator.trouble(error)
      return .failed
    }
    for change in due.changes { narrator.changed(change, record, receipt, retryAt: try retryTime(change)) }
    try ledger.markAnnounced(due.request, through: due.through)
    do {
      try write(receipt, of: record)
    } catch {
      narrator.post(
        .receiptNotWritten(
          Event.Request(id: record.id.text, model: record.model), error.namingOnlyTheDirectory().description))
      return .failed
    }
    try ledger.acknowledgeReceipt(of: due.request, through: due.through)
    wake(record)
    return .written
  }

  /// When a failed request's batch is tried again.
  private func retryTime(_ change: StateChange) throws(LedgerError) -> Timestamp? {
    guard change.state == .failed, let batch = change.batch else { return nil }
    return try ledger.batch(batch)?.retryAt
  }

  private func write(_ receipt: Receipt, of record: RequestRecord) throws(PlatformError) {
    let reader = readableBy(record.summary.submitter)
    let manifest = places.acceptedManifest(record.id.text)
    let attributes = FileAttributes(mode: 0o640, readableBy: reader)
    // Written with the first receipt, so that a crash after the ledger's commit still leaves both. A ledger that cannot be read
    // here could not be a line above: what was missed is written with the next receipt.
    if try FileStatus.ifPresent(manifest) == nil, let bytes = try? ledger.manifest(of: record.id) {
      try DurableFile.publish(bytes, to: manifest, attributes: attributes)
    }
    let grant = try DurableFile.publish(
      try key.sign(receipt), to: places.receipt(record.id.text), attributes: attributes)
    if case .notPossible(let error) = grant, !unreadableReceiptsSaid {
      unreadableReceiptsSaid = true
      narrator.post(.receiptsUnreadable("\(places.receipts): \(error); hamuctl show prints them"))
    }
  }

  /// Whom an ACL lets read; nobody under a private root, where users are left as they are.
  func readableBy(_ uid: UInt32) -> UInt32? {
    places.isPrivate || uid == Accounts.effectiveUser ? nil : uid
  }
}

// MARK: - Waiting

extension Pipeline {
  /// Calls that wait for a request.
  package var waitingCalls: Int { waiters.values.reduce(0) { $0 + $1.count } }

  /// Returns when the request has ended or is held, or the daemon stops, or nobody waits any more: the task is cancelled.
  func waitUntilSettled(_ id: String) async throws(ControlError) {
    while !isStopping, !Task.isCancelled {
      guard let record = try find(id), !record.state.isSettled else { return }
      lastWaiter += 1
      let number = lastWaiter
      await withTaskCancellationHandler {
        await withCheckedContinuation { waiters[id, default: [:]][number] = $0 }
      } onCancel: {
        Task { await self.dismiss(number, of: id) }
      }
    }
    throw ControlError(.unavailable, "the daemon is stopping; the request stays as it is")
  }

  private func dismiss(_ number: UInt64, of id: String) {
    let waiter = waiters[id]?.removeValue(forKey: number)
    if waiters[id]?.isEmpty == true { waiters[id] = nil }
    waiter?.resume()
  }

  private func wake(_ record: RequestRecord) {
    guard let waiting = waiters.removeValue(forKey: record.id.text) else { return }
    waiting.values.forEach { $0.resume() }
  }

  func find(_ id: String) throws(ControlError) -> RequestRecord? {
    guard let id = RequestID(id) else { return nil }
    do {
      return try ledger.request(id)
    } catch {
      throw ControlError(error)
    }
  }
}

extension ControlError {
  /// What the ledger would not do, for the person who asked.
  package init(_ error: LedgerError) {
    let code: ExitCode =
      switch error {
      case .unknownRequest, .unknownBatch, .unknownModel: .unknownRequest
      case .notPossible, .illegalTransition, .batchNot, .unfitBatch, .modelPaused, .modelBusy, .owed, .cannotRollBack:
        .usage
      default: .inputOutput
      }
    self.init(code, "\(error)")
  }
}
