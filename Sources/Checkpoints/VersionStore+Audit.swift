import Platform

extension VersionStore {
  /// Reads the whole store, trusting nothing: every version with every byte of it, the chain of their records, `current`,
  /// saved progress, and names that do not belong there. Files are read in pieces; nothing is changed.
  ///
  /// A daemon may work on the store meanwhile. What it makes and removes in its work is a note at most.
  package func audit(_ expected: StoreExpectation) -> StoreReport {
    var audit = StoreAudit(store: self, expected: expected)
    audit.run()
    return audit.report
  }
}

private struct StoreAudit {
  let store: VersionStore
  let expected: StoreExpectation
  var report = StoreReport()
  /// Digests of the records as they are on disk.
  var digests: [Int: String] = [:]

  mutating func run() {
    guard checkKind(store.directory, .directory, "the model's directory", isNeeded: isNeeded) else { return }
    checkNames()
    let known = expected.versions ?? []
    let found = versionsOnDisk()
    for number in Set(found + known.map(\.number)).sorted() { check(number, isThere: found.contains(number)) }
    checkChain()
    checkSignatures()
    checkCurrent()
    checkProgress()
  }

  private var isNeeded: Bool { expected.current != nil }

  // MARK: Names

  private mutating func checkNames() {
    for name in names(in: store.directory)
    where !["versions", "candidates", "purging", "progress", "current"].contains(name.text) {
      stray(Paths.join(store.directory, name.readable), isLeftover: name.isTemporary)
    }
    for (path, what) in [(store.candidatesPath, "the directory of candidates"), (store.purgingPath, "what is purged")]
    where checkKind(path, .directory, what, isNeeded: false) {
      for name in names(in: path) { stray(Paths.join(path, name.readable), isLeftover: true) }
    }
  }

  private mutating func versionsOnDisk() -> [Int] {
    guard checkKind(store.versionsPath, .directory, "the directory of versions", isNeeded: isNeeded) else { return [] }
    var numbers: [Int] = []
    for name in names(in: store.versionsPath) {
      if let number = name.text.flatMap(VersionStore.number) {
        numbers.append(number)
      } else {
        stray(Paths.join(store.versionsPath, name.readable), isLeftover: false)
      }
    }
    return numbers
  }

  private mutating func names(in path: String) -> [FileName] {
    do {
      return try DurableDirectory.fileNames(path)
    } catch {
      note(path, error.description, mend: "look at the disk")
      return []
    }
  }

  /// - Returns: whether there is such a thing, which a link to one is not.
  private mutating func checkKind(_ path: String, _ kind: FileStatus.Kind, _ what: String, isNeeded: Bool) -> Bool {
    do {
      guard let status = try FileStatus.ifPresent(path, followingLinks: false) else {
        if isNeeded { note(path, "\(what) is missing") }
        return false
      }
      if status.kind == kind { return true }
      note(path, "something else is where \(what) should be", mend: "move it away; \(VersionAudit.restore)")
    } catch {
      note(path, error.description, mend: "look at the disk")
    }
    return false
  }

  private mutating func stray(_ path: String, isLeftover: Bool) {
    if isLeftover {
      report.findings.append(
        AuditFinding(
          path, "a version or a run that is being written or removed, or that was interrupted",
          mend: "nothing; what was interrupted is removed at the next start", severity: .note))
    } else {
      note(path, "it is nothing of hamud's", mend: "find out who put it there, and move it away")
    }
  }

  // MARK: Versions

  private mutating func check(_ number: Int, isThere: Bool) {
    let known = expected.versions?.first { $0.number == number }
    if let versions = expected.versions, known == nil {
      let path = store.versionPath(number)
      if number == expected.current { return noteServed(path) }
      // Adopted and not yet in the ledger: a run is at its last step, or was interrupted there.
      if number > versions.map(\.number).max() ?? 0 { return stray(path, isLeftover: true) }
      return note(
        path, "the ledger knows no version \(number)",
        mend: "it may remember what was forgotten: find out who put it there, and move it away")
    }
    if let known, known.presence != .kept {
      if known.presence == .purged, isThere { noteReturned(number) }
      if !isThere || known.presence == .purged { return checkKept(known) }
    }
    var audit = VersionAudit(number, of: store)
    audit.run(recordDigest: known?.record, keys: expected.keys)
    report.findings += audit.findings
    report.files += audit.files
    report.bytes += audit.bytes
    report.records[number] = audit.record
    digests[number] = audit.recordDigest
    if let known, let record = audit.record { compare(record, known) }
  }

  /// An older ledger was brought back: what was served stays so until what that owes was served again.
  private mutating func noteServed(_ path: String) {
    report.findings.append(
      AuditFinding(
        path, "it is served, and the ledger, which was brought back, does not know it",
        mend: "nothing; it goes when what is owed was served again (hamuctl status)", severity: .note))
  }

  private mutating func noteReturned(_ number: Int) {
    note(
      store.versionPath(number), "version \(number) was purged, and is there again",
      mend: "it remembers what was forgotten: restart hamud, which purges it again, and find out who brought it back")
  }

  /// Of what was purged the record stays, and with it the chain.
  private mutating func checkKept(_ known: StoreExpectation.Version) {
    guard let bytes = known.keptRecord else { return }
    let place = "the kept record of version \(known.number) of \(store.model)"
    let digest = SHA256Digest.of(bytes).description
    // What cannot be parsed has another digest than any record that was made.
    guard digest == known.record, let record = try? VersionRecord.parse(bytes) else {
      return note(place, "its digest is \(digest) where \(known.record) is on record", mend: "bring back the ledger")
    }
    report.records[known.number] = record
    report.purged += 1
    digests[known.number] = digest
    compare(record, known)
  }

  private mutating func compare(_ record: VersionRecord, _ known: StoreExpectation.Version) {
    let file = Paths.join(store.versionPath(known.number), VersionRecord.fileName)
    if record.parent != known.parent {
      note(file, "its parent is \(text(record.parent)) where the ledger has \(text(known.parent))")
    }
    if !known.isFromOutside, record.batch != known.batch {
      note(file, "its batch is \(text(record.batch)) where the ledger has \(text(known.batch))")
    }
  }

  /// Each record holds the digest of its parent's, which covers the parent's files and its parent's digest, and so on.
  private mutating func checkChain() {
    for (number, record) in report.records.sorted(by: { $0.key < $1.key }) {
      let file = Paths.join(store.versionPath(number), VersionRecord.fileName)
      guard let parent = record.parent else {
        if record.parentRecord != nil { note(file, "it holds the digest of a parent and names none") }
        continue
      }
      guard parent < number, let claimed = record.parentRecord else {
        note(file, "it names version \(parent) as its parent, without its digest or as a later one")
        continue
      }
      let known = expected.versions?.first { $0.number == parent }?.record
      for (whose, digest) in [("on disk", digests[parent]), ("on record", known)] {
        guard let digest, digest != claimed else { continue }
        note(file, "the chain is broken: it holds \(claimed) of version \(parent), whose record \(whose) is \(digest)")
      }
    }
  }

  /// Once records are signed all later ones are: one without a signature was not made by this hamud.
  private mutating func checkSignatures() {
    let first = report.records.filter { $0.value.signature != nil }.keys.min()
    for (number, record) in report.records.sorted(by: { $0.key < $1.key }) where record.signature == nil {
      if let first, number > first {
        note(
          Paths.join(store.versionPath(number), VersionRecord.fileName),
          "it is not signed, and version \(first) before it is", mend: "find out who made it; \(VersionAudit.restore)")
      } else {
        report.unsigned.append(number)
      }
    }
  }

  // MARK: current

  private mutating func noteSwap(_ path: String) {
    report.findings.append(
      AuditFinding(path, "the newest version is about to be current", mend: "nothing; look again", severity: .note))
  }

  private mutating func checkCurrent() {
    let path = store.currentPath
    let right = expected.current.map { VersionStore.name($0) }
    let mend =
      right.map { "restart hamud, which points it to versions/\($0), or: ln -sfn versions/\($0) \(path)" }
      ?? "remove it; there is no version"
    do {
      guard let status = try FileStatus.ifPresent(path, followingLinks: false) else {
        // The first version's link is made after the ledger has it, as a later one's is swapped.
        if expected.isFresh, expected.versions?.count == 1 { return noteSwap(path) }
        if expected.current != nil { note(path, "it is missing: nobody can follow it", mend: mend) }
        return
      }
      guard status.kind == .symbolicLink, let target = try DurableDirectory.target(ofLink: path) else {
        return note(path, "it is no link to a version", mend: "move it away; \(mend)")
      }
      guard expected.versions != nil || report.records.isEmpty else {
        // Without a ledger the newest on disk is the best that can be said.
        let newest = report.records.keys.max().map { "versions/" + VersionStore.name($0) }
        if target != newest {
          note(path, "it points to \(CheckpointError.quoted(target))", mend: "bring back the ledger")
        }
        return
      }
      guard target == right.map({ "versions/" + $0 }) else {
        let parent = expected.versions?.first { $0.number == expected.current }?.parent
        if expected.isFresh, target == parent.map({ "versions/" + VersionStore.name($0) }) {
          return noteSwap(path)
        }
        return note(
          path, "it points to \(CheckpointError.quoted(target)) where the ledger has version \(text(expected.current))",
          mend: mend)
      }
    } catch {
      note(path, error.description, mend: "look at the disk")
    }
  }

  // MARK: Saved progress

  private mutating func checkProgress() {
    let directory = Paths.parent(of: store.progressPath(batch: 0))
    guard checkKind(directory, .directory, "the directory of saved progress", isNeeded: false) else { return }
    for name in names(in: directory) {
      let path = Paths.join(directory, name.readable)
      guard let text = name.text, let batch = Int(Paths.stem(of: text)), path == store.progressPath(batch: batch) else {
        stray(path, isLeftover: name.isTemporary)
        continue
      }
      if expected.versions != nil, !expected.openBatches.contains(batch) { stray(path, isLeftover: true) }
      do throws(CheckpointError) {
        report.bytes += try RunProgressFile.check(path, batch: batch)
        report.files += 1
      } catch {
        // A run that ends meanwhile removes its own.
        if case .system(let fault) = error.cause, fault.code == .noSuchFile { continue }
        note(path, error.cause.description, mend: "remove it; the run then starts from its beginning")
      }
    }
  }

  private mutating func note(_ place: String, _ problem: String, mend: String = VersionAudit.restore) {
    report.findings.append(AuditFinding(place, problem, mend: mend))
  }

  private func text(_ number: Int?) -> String { number.map(String.init) ?? "none" }
}

extension FileName {
  fileprivate var isTemporary: Bool { DurableDirectory.isTemporary(self) }
}
