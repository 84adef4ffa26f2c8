import Checkpoints
import Ledger
import Platform
import Requests

// A ledger that was brought back from a backup does not know what was promised since. It is seen at the start, and nothing
// is published until a person has settled it.
extension Pipeline {
  /// Compares the ledger with the copy of its chain's head and with its own chain; pauses every model where they differ.
  func lookForRestoredBackup() {
    do {
      let names = try Set(ledger.models().map(\.name)).union(configuration.modelNames)
      let found = try restoration ?? Restoration.find(ledger, places) ?? leftUnsettled()
      guard let found else {
        isRestorationSought = true
        return
      }
      restoration = found
      let now = clocks.wall()
      for name in names.sorted() {
        _ = try ledger.ensureModel(name, at: now)
        try ledger.pause(name, .restored, detail: "\(found.why); hamuctl recover", at: now)
      }
      isRestorationSought = true
      lettingRead = 0
      narrator.post(.restoredBackup(found.why, missing: missingRequests()))
    } catch {
      // Not knowing is no reason to go on: asked again at the next look, which does nothing else before.
      narrator.trouble(error)
    }
  }

  /// A backup holds no ACLs: whoever asked may read the answers again. Some at a time, as there may be those of years.
  func letSubmittersRead() throws {
    guard let last = lettingRead else { return }
    var filter = RequestFilter()
    (filter.after, filter.limit) = (last, 500)
    let page = try ledger.requests(filter)
    lettingRead = page.last?.sequence
    if lettingRead != nil { bell.ring() }
    do {
      for request in page {
        guard let reader = readableBy(request.submitter), let digest = try ledger.request(request.id)?.digest else {
          continue
        }
        for (path, isTheirs) in [
          (places.receipt(request.id.text), { (try? Receipt.parse($0))?.digest == digest.description }),
          (places.acceptedManifest(request.id.text), { SHA256Digest.of($0) == digest }),
        ] as [(String, ([UInt8]) -> Bool)] {
          // Ignored: the next receipt that is written gets its own, and `hamuctl show` prints this one.
          guard let bytes = try? DataFile.readIfFit(path, limit: Limits.documentBytes), isTheirs(bytes) else {
            continue
          }
          _ = try? Permissions.grantRead(of: path, to: reader)
        }
      }
    } catch {
      narrator.trouble(error)
    }
  }

  /// Nil where the disk cannot read all of them now, which is said beside it.
  private func missingRequests() -> Int? {
    do {
      return try LostRequest.find(ledger, places).count
    } catch {
      narrator.trouble(error)
      return nil
    }
  }

  /// What may be done goes by whether the ledger is the one that it was, and a command may come before the first look.
  func askForRestoration(before command: ControlCommand) throws(ControlError) {
    if !isRestorationSought { lookForRestoredBackup() }
    switch command {
    case .status, .list, .show, .wait, .submit, .versions, .key, .check: return
    default:
      guard isRestorationSought else {
        throw ControlError(
          .inputOutput,
          "it is not known yet whether the ledger is the one that it was; the journal says what failed; try again")
      }
    }
    switch command {
    // What it would change may have been forgotten, or answered otherwise, since the backup was taken.
    case .cancel, .resume, .retry:
      if let restoration {
        throw ControlError(.usage, "the ledger is not what it was: \(restoration.why); hamuctl recover comes first")
      }
    default: break
    }
  }

  /// Whether the receipt that is there says more than a ledger that was brought back: that the request was forgotten, or cancelled.
  /// It is all from which `recover` knows that, and stays until then.
  func isAheadOfLedger(_ record: RequestRecord) throws -> Bool {
    guard restoration != nil || !isRestorationSought, record.state != .forgotten else { return false }
    let bytes = try DataFile.readIfFit(places.receipt(record.id.text), limit: Limits.documentBytes)
    // Ignored: what is no receipt says nothing.
    guard let told = bytes.flatMap({ try? Receipt.parse($0) })?.state else { return false }
    return told.isEnded && told != record.state
  }

  /// Found at an earlier start, and not settled since.
  private func leftUnsettled() throws(LedgerError) -> Restoration? {
    let pauses = try ledger.models().flatMap(\.pauses).filter { $0.reason == .restored }
    return pauses.first.map { Restoration(why: $0.detail) }
  }

  /// Copies the head of the audit chain, before anybody is told what it covers. One that is newer than the ledger stays as it
  /// is until that is settled.
  func keepHead() {
    guard restoration == nil, isRestorationSought else { return }
    do {
      let end = try ledger.chainEnd()
      guard end != copiedHead else { return }
      try HeadCopy(end: end).write(places, at: clocks.wall())
      if copiedHead == nil { try ledger.noteHeadCopied() }
      copiedHead = end
    } catch {
      narrator.trouble(error)
    }
  }

  /// Accepts again what the spool knows and the ledger does not. What cannot be found has to be signed off.
  func recover(signsOff: Bool, _ caller: Caller, _ dryRun: Bool) async throws(ControlError) -> JSONValue {
    guard let restoration else {
      throw ControlError(.usage, "the ledger is the one that it was; there is nothing to recover")
    }
    // What the manifests mean is looked up in the models' data.
    while !opening.isEmpty, !isStopping { await waitForOpening() }
    do {
      let lost = try LostRequest.find(ledger, places)
      let recovery = try plan(lost, restoration)
      let unfound = recovery.signedOff
      let names = recovery.submissions.map(\.manifest.id.text) + recovery.served.map(\.text)
      if dryRun { return Self.answer(names, recovery, signsOff: signsOff, isDry: true) }
      guard unfound.isEmpty || signsOff else {
        throw ControlError(
          .usage,
          """
          nothing was changed: \(unfound.count) requests cannot be found again, their manifests are not in \
          \(places.accepted): \(unfound.joined(separator: ", ")). Drop them again from your records, or put their manifests \
          there; hamuctl recover --sign-off lets go of them
          """)
      }
      let owed = try ledger.recover(recovery, by: caller.uid, at: clocks.wall()).map(\.text)
      settle(owed: owed, signedOff: unfound, by: caller)
      try tell()
      return Self.answer(owed, recovery, signsOff: signsOff, isDry: false)
    } catch let error as LedgerError {
      throw ControlError(error)
    } catch {
      throw error as? ControlError ?? ControlError(.inputOutput, "\(error)")
    }
  }

  private func settle(owed: [String], signedOff: [String], by caller: Caller) {
    restoration = nil
    copiedHead = nil
    narrator.post(.restoreSettled(replayed: owed, signedOff: signedOff, by: caller.uid))
    // Opened again: what a crash left can be told from what is served now.
    for name in configuration.modelNames { models[name] = nil }
    lastOpened = [:]
    bell.ring()
  }

  private func plan(_ lost: [LostRequest], _ restoration: Restoration) throws -> Recovery {
    var recovery = Recovery()
    recovery.why = restoration.why
    for request in lost {
      if request.isKnown, request.state == .cancelled {
        recovery.cancelled.append(request.id)
      } else if request.isKnown {
        recovery.served.append(request.id)
      } else if let manifest = request.manifest, let submission = try submission(request, manifest) {
        recovery.submissions.append(submission)
      } else {
        recovery.signedOff.append(request.id.text)
      }
    }
    for record in try ledger.models() {
      let store = VersionStore(directory: places.model(record.name), model: record.name)
      // Also one that is damaged: nothing that remembers more takes its place before the rest was served.
      recovery.serving[record.name] = try served(store)
    }
    return recovery
  }

  /// Nil also where `current` names no version: whatever it is, nothing is served by it.
  private func served(_ store: VersionStore) throws(CheckpointError) -> Int? {
    do {
      let number = try store.currentNumber()
      return try store.list().first { $0 == number }
    } catch {
      if error.isTransient { throw error }
      return nil
    }
  }

  /// Nil where nobody can say any more which rows it means.
  private func submission(
    _ request: LostRequest, _ manifest: (bytes: [UInt8], parsed: Manifest)
  ) throws -> Submission? {
    let model = models[manifest.parsed.model.value]
    let resolution: Resolution?
    do {
      resolution = try model?.resolution(of: manifest.parsed.selection)
    } catch is Refusal {
      return nil
    }
    return Submission(
      manifest: manifest.parsed, bytes: manifest.bytes, submitter: request.submitter,
      receivedAt: request.receivedAt ?? clocks.wall(), resolution: resolution,
      awaitsModel: model == nil && configuration.modelNames.contains(manifest.parsed.model.value))
  }

  /// - Parameter found: what is, or would be, accepted again.
  private static func answer(_ found: [String], _ recovery: Recovery, signsOff: Bool, isDry: Bool) -> JSONValue {
    let (unfound, cancelled) = (recovery.signedOff, recovery.cancelled.map(\.text))
    let names = found.isEmpty ? "" : ": " + found.joined(separator: ", ")
    var message = (isDry ? "would accept again " : "accepted again ") + NumberText.count(found.count, "request") + names
    if !cancelled.isEmpty {
      message += (isDry ? "; would be cancelled" : "; cancelled") + ", as their receipts say: "
      message += cancelled.joined(separator: ", ")
    }
    if !unfound.isEmpty {
      let what = isDry ? (signsOff ? "would be signed off" : "cannot be found again") : "signed off"
      message += "; \(what): \(unfound.joined(separator: ", "))"
    }
    return .present([
      "message": JSONValue(message), "requests": .array(found.map { JSONValue($0) }),
      "cancelled": cancelled.isEmpty ? nil : .array(cancelled.map { JSONValue($0) }),
      "not_found": .array(unfound.map { JSONValue($0) }), "dry_run": isDry ? true : nil,
    ])
  }
}
