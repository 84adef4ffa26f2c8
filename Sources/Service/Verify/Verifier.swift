import Checkpoints
import Ledger
import Platform
import Requests

/// `hamuctl verify`: reads everything and trusts nothing. Every byte of every version against its record, the records against
/// each other, the ledger and their signatures, the audit chain and the copy of its head, and every receipt and kept manifest
/// against the ledger.
///
/// It needs no daemon, only the right to read, and may run beside one: the ledger is opened for reading, each answer of it is
/// one committed state, and what disagrees is looked at again with a newer state before it counts. Nothing is changed, and
/// files are read in pieces.
///
/// What it cannot know: whoever may write the ledger, the versions and the key can make all of them anew. Against that stand
/// copies kept elsewhere: of `hamud.pub`, of receipts, of the audit chain's head (which the answer holds).
package struct Verifier: Sendable {
  package let places: Places
  /// Nil: everything.
  package let model: String?

  package init(places: Places, model: String?) {
    self.places = places
    self.model = model
  }

  static let restoreLedger = "stop hamud and bring back a copy of ledger.sqlite"

  package func run() throws(ControlError) -> VerifyReport {
    do {
      return try verify()
    } catch let error as ControlError {
      throw error
    } catch {
      throw ControlError(.inputOutput, "\(error)")
    }
  }

  private func verify() throws -> VerifyReport {
    var report = VerifyReport()
    for path in [places.state, places.ledger, places.models] where !isReadable(path) {
      throw ControlError(.notAllowed, "you may not read \(path); root and members of group \(Caller.operators) may")
    }
    if try FileStatus.ifPresent(places.unfinishedBackup) != nil {
      report.add(places.unfinishedBackup, "this is a backup that did not end", mend: "bring back a whole one")
    }
    let ledger = openLedger(&report)
    defer { try? ledger?.close() }
    let doubt = headDoubt(ledger)
    if let ledger { verify(ledger, &report) }
    let keys = keys(ledger, &report)
    let names = try modelNames(ledger)
    for name in names {
      try StoreVerifier(places: places, ledger: ledger, keys: keys, model: name).run(&report)
    }
    if let ledger {
      // Ignored where the configuration is wrong: then everything that is missing is.
      let keep = try? ConfigurationLoader.load(places).settings.keep
      try ReceiptVerifier(places: places, ledger: ledger, keys: keys, model: model, keep: keep).run(&report)
    }
    if model == nil { try checkNames(&report, names, ledger) }
    // Again, after all that was read: a daemon that settles a restoration copies the head a moment later.
    if doubt != nil, let doubt = headDoubt(ledger) {
      report.add(
        places.headCopy, "the ledger does not go on from it: \(doubt)",
        mend: "find out who changed either; hamud pauses every model at its next start, until hamuctl recover")
    }
    return report
  }

  private func isReadable(_ path: String) -> Bool {
    do {
      guard let status = try FileStatus.ifPresent(path) else { return true }
      return Permissions.mayRead(path) && (status.kind != .directory || Permissions.maySearch(path))
    } catch {
      return false
    }
  }

  // MARK: The ledger

  private func openLedger(_ report: inout VerifyReport) -> Ledger? {
    do {
      return try Ledger(readOnly: places.ledger)
    } catch .missing {
      let isNew = ((try? DurableDirectory.list(places.models)) ?? []).isEmpty
      if !isNew { report.add(places.ledger, "there is none, and there are models", mend: Self.restoreLedger) }
    } catch {
      report.add(places.ledger, "\(error)", mend: Self.restoreLedger)
    }
    return nil
  }

  private func verify(_ ledger: Ledger, _ report: inout VerifyReport) {
    do {
      let contents = try ledger.verifyContents()
      report.auditEntries = Int(contents.audit.entries)
      report.auditHead = contents.audit.head.description
      for problem in contents.audit.problems {
        report.add("\(places.ledger), audit chain", problem.sentence, mend: Self.restoreLedger)
      }
      for problem in contents.problems { report.add(places.ledger, problem, mend: Self.restoreLedger) }
    } catch {
      report.add(places.ledger, "\(error)", mend: Self.restoreLedger)
    }
  }

  /// Why the ledger is not the one whose head was copied. Nil also for an older one that is known for it, which its models'
  /// pauses say; and what the ledger cannot answer is a finding of its own.
  private func headDoubt(_ ledger: Ledger?) -> String? {
    guard let ledger else { return nil }
    do {
      let isKnown = try ledger.models().contains { $0.pauses.contains { $0.reason == .restored } }
      if try isKnown || ledger.copiedAt() != nil { return nil }
      return try HeadCopy.contradiction(of: ledger, places)
    } catch {
      return nil
    }
  }

  private func modelNames(_ ledger: Ledger?) throws -> [String] {
    var names: [String] = []
    if try FileStatus.ifPresent(places.models) != nil {
      names = try DurableDirectory.list(places.models).filter {
        try FileStatus.of(Paths.join(places.models, $0), followingLinks: false).kind == .directory
      }
    }
    let known = ((try? ledger?.models()) ?? []).map(\.name)
    names = Set(names).union(known).sorted(by: Paths.isBefore)
    guard let model else { return names }
    guard names.contains(model) else {
      throw ControlError(.unknownRequest, "there is no model \(model); hamuctl versions shows those that there are")
    }
    return [model]
  }

  // MARK: Keys

  /// Every key that may have signed.
  private func keys(_ ledger: Ledger?, _ report: inout VerifyReport) -> [VerifyingKey] {
    // The ledger first: a daemon that starts writes the file before it.
    let known = try? ledger?.signingKeys()
    let text = (try? DataFile.read(places.publicKeys, limit: 1 << 20)).map { String(decoding: $0, as: UTF8.self) }
    guard let keys = known else {
      return text.flatMap(VerifyingKey.list(pem:)) ?? []
    }
    report.keys = keys.map(\.id)
    guard let first = keys.first else { return [] }
    if text != Keyring.text(of: keys) {
      report.add(
        places.publicKeys, text == nil ? "it is missing" : "it does not hold the keys that the ledger knows",
        mend: "restart hamud, which writes it anew; compare with a copy kept elsewhere")
    }
    checkPrivateKey(first, &report)
    return keys
  }

  /// Only its user can read it, and only where systemd hands over none.
  private func checkPrivateKey(_ public: VerifyingKey, _ report: inout VerifyReport) {
    let path = places.signingKey
    guard let status = try? FileStatus.ifPresent(path), Permissions.mayRead(path) else { return }
    if status.mode & 0o077 != 0 {
      report.add(
        path, "others than its user may read or write it", mend: "chmod 600 it, or make a new key: move it away")
    }
    let text = (try? DataFile.read(path, limit: 4096)).map { String(decoding: $0, as: UTF8.self) }
    guard let key = text.flatMap(SigningKey.init(pem:)) else {
      return report.add(path, "it is no private Ed25519 key in PEM", mend: "bring it back from a backup")
    }
    if key.verifying != `public` {
      report.add(
        path, "it is not the key that signs (\(`public`.id)), but \(key.verifying.id)",
        mend: "nothing where systemd hands over the key; else find out who changed it", severity: .note)
    }
  }

  // MARK: Names

  private func checkNames(_ report: inout VerifyReport, _ verified: [String], _ ledger: Ledger?) throws {
    guard try FileStatus.ifPresent(places.state) != nil else { return }
    let ours = ["models", "running", "hamud.key", "hamud.pub"]
    for name in try DurableDirectory.fileNames(places.state) {
      guard let text = name.text, ours.contains(text) || text.hasPrefix("ledger.sqlite") else {
        report.add(
          Paths.join(places.state, name.readable), "it is nothing of hamud's", mend: "find out who put it there",
          severity: .note)
        continue
      }
    }
    guard try FileStatus.ifPresent(places.models) != nil else { return }
    for name in try DurableDirectory.fileNames(places.models) where name.text.map(verified.contains) != true {
      let path = Paths.join(places.models, name.readable)
      // One may have been taken up since the models were listed: before it has a version it stands in the ledger.
      let isEmpty = isStoreWithoutVersions(path)
      if let text = name.text, try ledger?.model(text) != nil { continue }
      report.add(
        path, "it is no model", mend: "find out who put it there, and move it away", severity: isEmpty ? .note : .error)
    }
  }
}

/// False also for what cannot be looked at: that is nothing to be passed over.
private func isStoreWithoutVersions(_ path: String) -> Bool {
  guard (try? FileStatus.of(path, followingLinks: false))?.kind == .directory else { return false }
  return (try? VersionStore(directory: path, model: Paths.lastComponent(of: path)).list()) == []
}

extension AuditProblem {
  fileprivate var sentence: String {
    switch self {
    case .altered(let sequence): "entry \(sequence) was changed"
    case .broken(let sequence):
      "entry \(sequence) does not follow the one before it: entries were removed, added or moved"
    case .wrongEnd(let expected, let found): "it has \(found) entries where \(expected) were noted"
    case .wrongHead: "its last entry is not the one that was noted"
    }
  }
}
