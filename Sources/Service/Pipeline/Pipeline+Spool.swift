import Datasets
import Ledger
import Platform
import Requests

// From a dropped file, or a manifest handed over the socket, to a request in the ledger or a refusal.
extension Pipeline {
  /// What became of a manifest.
  enum Answer {
    /// It is in the ledger, or was there with the same content.
    case taken(RequestRecord)
    case refused(Receipt)
    /// Nothing was decided: the file stays where it is and is looked at again. A sentence says why.
    case later(String)
  }

  /// Someone's manifest, as it was read.
  struct Drop {
    let fileName: String
    let bytes: [UInt8]
    let owner: UInt32
    let receivedAt: Timestamp
  }

  func note(_ hint: DirectoryHint) {
    scanner.note(hint)
    bell.ring()
  }

  /// Takes up every whole file of the spool.
  func takeUp() async throws {
    // Before all models were opened once, nobody could say which rows a manifest means.
    guard opening.isEmpty else { return }
    let look = try scanner.look(places.incoming)
    if let again = look.again { alarm.set(again) }
    var deferred = 0
    for name in look.whole where !isStopping {
      if !(try takeUp(name)) { deferred += 1 }
      // A flood of files must not keep commands and the watchdog waiting.
      await Task.yield()
    }
    leftAlone = look.leftAlone + deferred
  }

  /// - Returns: false when the file stays.
  private func takeUp(_ name: FileName) throws -> Bool {
    let file: DroppedFile
    do throws(DropRefusal) {
      file = try DropFile.read(directory: places.incoming, name: name, limit: Limits.documentBytes)
    } catch {
      return try refuseUnread(name, error)
    }
    let drop = Drop(fileName: name.readable, bytes: file.bytes, owner: file.owner, receivedAt: WallClock.now)
    switch try answer(drop) {
    case .later(let sentence):
      narrator.post(.fileDeferred(SHA256Digest.of(file.bytes), sentence))
      return false
    case .taken, .refused:
      try tell()
      _ = try DropFile.remove(directory: places.incoming, name: name, identity: file.identity)
      scanner.settled(name)
      return true
    }
  }

  private func refuseUnread(_ name: FileName, _ refusal: DropRefusal) throws -> Bool {
    let digest = SHA256Digest.of(name.bytes)
    let reason: Refusal
    switch refusal.reason {
    case .vanished: return true
    case .changing: return false
    case .unreadable:
      if let status = refusal.status, scanner.noteUnreadable(name, status.identity) {
        narrator.post(.fileLeft(digest, owner: status.owner))
      }
      return false
    case .trouble(let error): throw error
    case .notAFile: reason = .notAFile(refusal.status?.kind == .symbolicLink ? .link : .notRegular)
    case .linked: reason = .notAFile(.linkedTwice)
    case .tooLarge(let size): reason = .tooLarge(bytes: size)
    }
    let owner = refusal.status?.owner
    try refuse(reason, fileName: name.readable, digest: digest, bytes: nil, owner: owner)
    guard let identity = refusal.status?.identity else { return true }
    if case .tooLarge = refusal.reason {
      // The submitter's file is kept: it was refused unread, and it may be all they have.
      let kept = Paths.join(places.rejected, RejectedName.make(fileName: name.readable, digest: digest.hex) + ".yaml")
      try DurableDirectory.rename(Paths.join(places.incoming, name.readable), to: kept, replacing: true)
    } else if case .notPossible = try DropFile.remove(directory: places.incoming, name: name, identity: identity) {
      // A directory that is not empty: it was refused once, and stays.
      _ = scanner.noteUnreadable(name, identity)
      return false
    }
    scanner.settled(name)
    return true
  }
}

// MARK: - Deciding

extension Pipeline {
  /// Parses, resolves, accepts; or refuses with a receipt.
  func answer(_ drop: Drop) throws -> Answer {
    do throws(Refusal) {
      let manifest = try Manifest.parse(drop.bytes, fileStem: RejectedName.stem(of: drop.fileName))
      return try accept(manifest, drop)
    } catch {
      return .refused(
        try refuse(
          error, fileName: drop.fileName, digest: SHA256Digest.of(drop.bytes), bytes: drop.bytes, owner: drop.owner))
    }
  }

  private func accept(_ manifest: Manifest, _ drop: Drop) throws(Refusal) -> Answer {
    let outcome: AcceptOutcome
    do {
      let name = manifest.model.value
      guard let resolution = try resolve(manifest) else {
        return .later("model \(name) is paused and its data cannot be looked at; the manifest waits in the spool")
      }
      outcome = try ledger.accept(
        Submission(
          manifest: manifest, bytes: drop.bytes,
          submitter: Submitter(uid: drop.owner, name: Accounts.userNameOrNumber(drop.owner)),
          receivedAt: drop.receivedAt, resolution: resolution),
        quotas: Quotas(
          requestsPerDay: configuration.settings.quotas.requestsPerDay,
          rowsPerDay: configuration.settings.quotas.rowsPerDay),
        at: WallClock.now)
    } catch let error as Refusal {
      throw error
    } catch {
      return .later("it could not be written to the ledger (\(error)); it will be tried again")
    }
    switch outcome {
    case .existing(let record):
      let request = Event.Request(id: record.id.text, model: record.model, digest: record.digest.description)
      narrator.post(.requestKnown(request, state: record.state))
      return .taken(record)
    case .accepted(let record):
      expect(record)
      bell.ring()
      return .taken(record)
    case .refused(let refusal): throw Refusal(refusal, of: manifest)
    }
  }

  /// - Returns: nil while nobody can say which rows are meant.
  private func resolve(_ manifest: Manifest) throws -> Resolution? {
    let name = manifest.model.value
    guard configuration.modelNames.contains(name) else {
      throw Refusal.unknownModel(manifest.model, known: configuration.modelNames)
    }
    guard let model = models[name] else { return nil }
    let selection = try SelectionResolver.resolve(manifest.selection, in: model.dataset, labels: model.labels)
    let isOfClasses = selection.classes != nil
    return Resolution(
      rows: RowSet(selection.rows), labels: selection.classes ?? [],
      marks: isOfClasses ? [] : try selection.rows.map { try model.mark($0) },
      trainingRows: model.dataset.train.count, maxForgetShare: model.settings.policy.maxForgetShare)
  }

  /// Writes the refusal's receipt, and the manifest beside it; notes it in the audit chain and the journal. A refusal
  /// burns no id and touches no request.
  @discardableResult
  private func refuse(
    _ refusal: Refusal, fileName: String, digest: SHA256Digest, bytes: [UInt8]?, owner: UInt32?
  ) throws -> Receipt {
    let now = WallClock.now
    var receipt = Receipt(state: .rejected, reason: refusal.reason, detail: refusal.full)
    receipt.digest = bytes == nil ? nil : digest.description
    receipt.submittedBy = owner.map { Accounts.userNameOrNumber($0) }
    receipt.receivedAt = now.rfc3339()
    receipt.finishedAt = now.rfc3339()
    let place = Paths.join(places.rejected, RejectedName.make(fileName: fileName, digest: digest.hex))
    let attributes = FileAttributes(mode: 0o640, readableBy: owner.flatMap { readableBy($0) })
    if let bytes { try DurableFile.publish(bytes, to: place + ".yaml", attributes: attributes) }
    try DurableFile.publish(receipt.yaml, to: place + ".receipt.yaml", attributes: attributes)
    try ledger.recordRefusal(digest: digest, reason: refusal.reason, by: owner, at: now)
    narrator.post(.requestRefused(digest, refusal))
    return receipt
  }
}

extension Refusal {
  /// Why the ledger did not take a submission.
  fileprivate init(_ refusal: AcceptRefusal, of manifest: Manifest) {
    switch refusal {
    case .idTaken(let id): self = .idTaken(id)
    case .requestQuota(let asked, let allowed, let when):
      self = .quota("requests", wanted: asked, limit: allowed, when: when.rfc3339())
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
