import Datasets
import Ledger
import Platform
import Requests

// From a manifest, dropped or handed over the socket, to a request in the ledger or a refusal.
extension Pipeline {
  /// What became of a manifest.
  enum Answer {
    /// It is in the ledger, or was there with the same content.
    case taken(RequestRecord)
    case refused(Receipt)
    /// Nothing was decided: its model is being opened, and then everything about the manifest can be said at once.
    case opening
    /// Nothing was decided, and it is tried again. A sentence says why.
    case later(String)
    /// It would be refused like as many of its owner's today as are noted in a day.
    case tomorrow(Timestamp)
  }

  /// Someone's manifest, as it was read.
  struct Drop {
    let fileName: String
    let bytes: [UInt8]
    let owner: UInt32
    let receivedAt: Timestamp
    /// Who waits for the answer; nil for a file, whose owner finds only what is theirs.
    var caller: Caller?

    /// A file has no groups, only an owner.
    func maySee(_ record: RequestRecord) -> Bool {
      if let caller { return caller.maySee(record) }
      return [record.summary.submitter, 0, Accounts.effectiveUser].contains(owner)
    }
  }

  /// Which rows a manifest means, as far as that can be said now.
  private enum Lookup {
    case rows(Resolution)
    /// Its model is configured and cannot be looked at: the request waits.
    case modelUnusable
    /// Its model was configured once.
    case modelGone
    case opening
    /// Its data changed while it runs: they are opened when the run has ended.
    case running
  }

  /// Parses, resolves, accepts; or refuses with a receipt.
  func answer(_ drop: Drop) throws -> Answer {
    do throws(Refusal) {
      let manifest = try Manifest.parse(drop.bytes, fileStem: RejectedName.stem(of: drop.fileName))
      return try decide(manifest, drop)
    } catch {
      return try refuse(
        error, fileName: drop.fileName, digest: SHA256Digest.of(drop.bytes), bytes: drop.bytes, owner: drop.owner)
    }
  }

  private func decide(_ manifest: Manifest, _ drop: Drop) throws(Refusal) -> Answer {
    do {
      // Before anything is looked up: what was taken once is answered so even when its model is gone by now.
      if let known = try ledger.request(manifest.id) {
        guard known.digest == SHA256Digest.of(drop.bytes) else {
          throw Refusal.idTaken(manifest.id, at: manifest.idPosition)
        }
        return try answerKnown(known, manifest, drop)
      }
      if try isTakenInTheSpool(manifest.id, drop) { throw Refusal.idTaken(manifest.id, at: manifest.idPosition) }
      // A look at the data reads each row that is meant: whoever may hand in no more today does not get it.
      try admit(rows: 0, drop)
      switch try lookUp(manifest, drop) {
      case .rows(let resolution): return try accept(manifest, drop, resolution)
      case .modelUnusable: return try accept(manifest, drop, nil, awaitsModel: true)
      case .modelGone: return try accept(manifest, drop, nil)
      case .opening: return .opening
      case .running:
        return .later(
          "the data of model \(manifest.model.value) changed while a batch of it runs; it is tried again when that has ended"
        )
      }
    } catch let error as Refusal {
      throw error
    } catch {
      return .later("it could not be taken up (\(error)); it will be tried again")
    }
  }

  /// Whether an id that a ledger which was brought back does not know is somebody's, as their receipt or manifest says. Whoever took it
  /// would have its receipt, and nobody would find the lost request. The same manifest may come again from who handed it in, and
  /// from whoever runs the daemon, out of their records.
  private func isTakenInTheSpool(_ id: RequestID, _ drop: Drop) throws -> Bool {
    guard restoration != nil || !isRestorationSought else { return false }
    let digest = SHA256Digest.of(drop.bytes)
    if let bytes = try DataFile.readIfFit(places.receipt(id.text), limit: Limits.documentBytes) {
      // What is no receipt was one, of somebody.
      guard let receipt = try? Receipt.parse(bytes), receipt.digest == digest.description else { return true }
      let isOperator = drop.caller?.isOperator ?? [0, Accounts.effectiveUser].contains(drop.owner)
      return !isOperator && receipt.submittedBy != Accounts.userNameOrNumber(drop.owner)
    }
    let kept = try DataFile.readIfFit(places.acceptedManifest(id.text), limit: Limits.documentBytes)
    return kept.map { SHA256Digest.of($0) != digest } ?? false
  }

  /// Whoever guesses the bytes of somebody else's manifest must not learn that they are right, nor what became of it.
  private func answerKnown(_ record: RequestRecord, _ manifest: Manifest, _ drop: Drop) throws(Refusal) -> Answer {
    guard drop.maySee(record) else { throw .idTaken(manifest.id, at: manifest.idPosition) }
    let isNew = requestKnownSaid.isNew(subordinates.owner(of: drop.owner), at: clocks.monotonic())
    guard isNew else { return .taken(record) }
    let request = Event.Request(id: record.id.text, model: record.model, digest: record.saltedDigest.description)
    narrator.post(.requestKnown(request, state: record.state))
    return .taken(record)
  }

  private func accept(
    _ manifest: Manifest, _ drop: Drop, _ resolution: Resolution?, awaitsModel: Bool = false
  ) throws -> Answer {
    let outcome = try ledger.accept(
      Submission(
        manifest: manifest, bytes: drop.bytes,
        submitter: Submitter(uid: drop.owner, name: Accounts.userNameOrNumber(drop.owner)),
        countedFor: subordinates.owner(of: drop.owner), receivedAt: drop.receivedAt, resolution: resolution,
        awaitsModel: awaitsModel),
      quotas: quotas, at: clocks.wall())
    switch outcome {
    case .existing(let record): return try answerKnown(record, manifest, drop)
    case .accepted(let record):
      if resolution != nil { expect([record.id]) }
      bell.ring()
      return .taken(record)
    case .refused(let refusal): throw Refusal(refusal)
    }
  }

  /// - Throws: `Refusal` where no request of so many rows is taken from its owner now.
  private func admit(rows: Int, _ drop: Drop) throws {
    let user = subordinates.owner(of: drop.owner)
    if let refusal = try ledger.refusal(of: rows, by: user, quotas: quotas, at: clocks.wall()) {
      throw Refusal(refusal)
    }
  }

  private var quotas: Quotas {
    let quotas = configuration.settings.quotas
    return Quotas(requestsPerDay: quotas.requestsPerDay, rowsPerDay: quotas.rowsPerDay)
  }

  private func lookUp(_ manifest: Manifest, _ drop: Drop) throws -> Lookup {
    let name = manifest.model.value
    guard configuration.modelNames.contains(name) else {
      if try ledger.model(name) != nil { return .modelGone }
      throw Refusal.unknownModel(manifest.model, known: configuration.modelNames)
    }
    if let model = models[name] {
      // Row numbers mean the data as they are now, not as they were at the last look.
      if run?.job.model.name == name {
        if !model.dataset.isStillWhatWasOpened(model.description) { return .running }
      } else if try !isUnchanged(model, dataOnly: true) {
        return .opening
      }
      return .rows(try model.resolution(of: manifest.selection) { try admit(rows: $0, drop) })
    }
    return opening.contains(name) ? .opening : .modelUnusable
  }

  /// Writes the refusal's receipt, and the manifest beside it; notes it in the audit chain and the journal. A refusal
  /// burns no id and touches no request. Where its owner had as many refusals today as are noted, nothing is written.
  func refuse(
    _ refusal: Refusal, fileName: String, digest: SHA256Digest, bytes: [UInt8]?, owner: UInt32?
  ) throws -> Answer {
    let now = clocks.wall()
    let user = owner.map { subordinates.owner(of: $0) }
    if let end = try ledger.refusalsSpent(by: user, quotas: quotas, at: now) { return .tomorrow(end) }
    var receipt = Receipt(state: .rejected, reason: refusal.reason, detail: refusal.full)
    receipt.digest = bytes == nil ? nil : digest.description
    receipt.submittedBy = owner.map { Accounts.userNameOrNumber($0) }
    receipt.receivedAt = now.rfc3339()
    receipt.finishedAt = now.rfc3339()
    let place = try rejectedPlace(fileName, digest, owner)
    let attributes = FileAttributes(mode: 0o640, readableBy: owner.flatMap { readableBy($0) })
    if let bytes { try DurableFile.publish(bytes, to: place + ".yaml", attributes: attributes) }
    try DurableFile.publish(try key.sign(receipt), to: place + ".receipt.yaml", attributes: attributes)
    try ledger.recordRefusal(digest: digest, reason: refusal.reason, by: owner, countedFor: user, at: now)
    narrator.post(.requestRefused(digest, refusal))
    return .refused(receipt)
  }

  /// Where a refusal is kept, without the names' ends. Two users may drop files of one name and content, or of one name where
  /// nothing is read: no answer is taken away by another's.
  private func rejectedPlace(
    _ fileName: String, _ digest: SHA256Digest, _ owner: UInt32?
  ) throws(PlatformError) -> String {
    let usual = Paths.join(places.rejected, RejectedName.make(fileName: fileName, digest: digest.hex))
    guard let owner, try !isFree(usual + ".receipt.yaml", for: owner) else { return usual }
    return Paths.join(places.rejected, RejectedName.make(fileName: fileName, digest: digest.hex, owner: owner))
  }

  /// Whether nothing has this name, or an answer to the same user. What cannot be read now may be another's.
  private func isFree(_ receipt: String, for owner: UInt32) throws(PlatformError) -> Bool {
    guard try FileStatus.ifPresent(receipt, followingLinks: false) != nil else { return true }
    guard let bytes = try? DataFile.read(receipt, limit: Limits.documentBytes), let found = try? Receipt.parse(bytes)
    else { return false }
    return found.submittedBy == Accounts.userNameOrNumber(owner)
  }
}

extension LoadedModel {
  /// What a selection stands for in the model's data as they are open.
  /// - Parameter admit: is told how many rows that is before any of them is read, and throws where they are too many.
  /// - Throws: `Refusal` where selectors match nothing, `ModelTrouble` where rows cannot be read, and what `admit` throws.
  func resolution(of selection: Selection, admit: (Int) throws -> Void = { _ in }) throws -> Resolution {
    let found = try SelectionResolver.resolve(selection, in: dataset, labels: labels)
    try admit(found.rows.count)
    return Resolution(
      rows: RowSet(found.rows), labels: found.classes ?? [],
      marks: found.classes == nil ? try found.rows.map { try mark($0) } : [],
      trainingRows: dataset.train.count, maxForgetShare: settings.policy.maxForgetShare)
  }
}

extension Refusal {
  /// Why the ledger did not take a submission.
  fileprivate init(_ refusal: AcceptRefusal) {
    switch refusal {
    case .idTaken(let id): self = .idTaken(id)
    case .requestQuota(let asked, let allowed, let when):
      self = .quota("requests", wanted: asked, limit: allowed, when: when.rfc3339())
    case .rowQuota(let rows, _, let allowed, _) where rows > allowed:
      self = Refusal(
        .quota,
        [
          Diagnostic(
            at: nil, "this names \(ours: rows) rows, at most \(ours: allowed) a day are taken from one user",
            mend: "split it over several days, or ask an operator to raise rows_per_day in hamud.yaml")
        ])
    case .rowQuota(_, let asked, let allowed, let when):
      self = .quota("rows", wanted: asked, limit: allowed, when: when.rfc3339())
    case .tooManyWaiting(let waiting, let allowed):
      self = Refusal(
        .quota,
        [
          Diagnostic(
            at: nil, "\(ours: waiting) requests are waiting, at most \(ours: allowed) may",
            mend: "hand it in again when some of them are done")
        ])
    }
  }
}
