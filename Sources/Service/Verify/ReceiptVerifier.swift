import Checkpoints
import Ledger
import Platform
import Requests

/// Receipts and kept manifests, against the ledger and their signatures; and refused files, against their receipts.
struct ReceiptVerifier {
  let places: Places
  let ledger: Ledger
  let keys: [VerifyingKey]
  /// Nil: of every model, and the refused files too.
  let model: String?
  /// How long hamud keeps what it removes by itself; nil where nobody can say.
  let keep: Settings.Keep?

  /// How often a file is read when the ledger changed meanwhile.
  private static let attempts = 3
  private static let restore =
    "restart hamud, which writes a missing receipt anew (move a wrong one away first); hamuctl show ID says what it is to say"
  private static let restoreManifest = "bring it back from a backup; hamuctl show ID says what the ledger has"
  private static let isOver = "its time is over and it is still there"
  private static let removeManifest = "remove it; hamud does so when it starts"
  private static let missing = "it is missing"
  private static let isEnding = "it is missing: its time is over, and the ledger does not say yet that it is gone"
  private static let endsByItself = "nothing while hamud runs; else start it"
  private static let recover = "hamuctl recover, which takes up again what the restored ledger does not know"

  func run(_ report: inout VerifyReport) throws {
    let known = try ledger.requests(RequestFilter(model: model)).map(\.id)
    let context = Context(
      expired: try ledger.expiredReceipts(), signed: keys.isEmpty ? [] : try ledger.changedSinceSigning(),
      isRestored: try ledger.models().contains { $0.pauses.contains { $0.reason == .restored } })
    for id in known { try check(id, context, &report) }
    guard model == nil else { return }
    let signedOff = try ledger.signedOff()
    let ids = Set(known.map { FileName($0.text + ".yaml") })
    for directory in [places.receipts, places.accepted] {
      for name in try names(directory, &report) where !ids.contains(name) {
        // One may have come since the ledger was asked.
        let id = name.text.map { Paths.stem(of: $0) }.flatMap { RequestID($0) }
        let path = Paths.join(directory, name.readable)
        if let id, Paths.fileExtension(of: name.readable) == "yaml" {
          if try ledger.request(id) != nil { continue }
          if context.isRestored {
            report.add(path, "the restored ledger does not know it", mend: Self.recover, severity: .note)
            continue
          }
          if signedOff.contains(id) {
            report.add(
              path, "its request was let go of with hamuctl recover --sign-off",
              mend: "keep it where you keep your records, and remove it here", severity: .note)
            continue
          }
        }
        stray(path, isTemporary: DurableDirectory.isTemporary(name), &report)
      }
    }
    try checkRejected(&report)
  }

  /// What is asked of the ledger once for all.
  private struct Context {
    let expired: Set<RequestID>
    /// Those whose receipts must be signed.
    let signed: Set<RequestID>
    /// An older ledger was brought back, and nobody has settled that yet.
    let isRestored: Bool
  }

  // MARK: Receipts

  private func check(_ id: RequestID, _ context: Context, _ report: inout VerifyReport) throws {
    let path = places.receipt(id.text)
    // What the ledger said when its receipt had been written: a file that is read later and says something else is wrong.
    var settled: RequestRecord?
    for attempt in 1...Self.attempts {
      // Before all else: what is due is removed first and noted then.
      let due = attempt == 1 ? Due() : try due()
      guard let record = try ledger.request(id) else { return }
      let isExpired = try context.expired.contains(id) || attempt > 1 && ledger.expiredReceipts().contains(id)
      let fault = faultOfReceipt(Receipt(record), path, isExpired: isExpired, context.signed.contains(id))
      let manifest = try faultOfManifest(record)
      guard fault != nil || manifest != nil else {
        if !isExpired { report.receipts += 1 }
        if !context.signed.contains(id), !isExpired { countUnsigned(path, &report) }
        return
      }
      // A receipt is written after the ledger's commit: what is due is not there yet, and that is no fault.
      if try ledger.dueReceipts(limit: Int.max).contains(where: { $0.request == id }) {
        return report.add(path, "it is still to be written", mend: Self.endsByItself, severity: .note)
      }
      // The file may have been written after it was read, or the ledger have moved on and the file with it.
      let isSettled = try record == settled && ledger.request(id) == record
      guard isSettled || attempt == Self.attempts else {
        settled = record
        continue
      }
      if let fault { tell(fault, ofReceipt: path, isDue: due.receipts.contains(id), context, &report) }
      if let manifest { tell(manifest, ofManifest: id, isDue: due.manifests.contains(id), &report) }
      return
    }
  }

  private func tell(
    _ fault: String, ofReceipt path: String, isDue: Bool, _ context: Context, _ report: inout VerifyReport
  ) {
    if isDue, fault == Self.missing {
      report.add(path, Self.isEnding, mend: Self.endsByItself, severity: .note)
    } else if context.isRestored {
      report.add(
        path, "\(fault): it may be a later one than the restored ledger", mend: Self.recover, severity: .note)
    } else {
      report.add(path, fault, mend: Self.restore)
    }
  }

  private func tell(_ fault: String, ofManifest id: RequestID, isDue: Bool, _ report: inout VerifyReport) {
    let path = places.acceptedManifest(id.text)
    if isDue, fault == Self.missing {
      report.add(path, Self.isEnding, mend: Self.endsByItself, severity: .note)
    } else {
      report.add(path, fault, mend: fault == Self.isOver ? Self.removeManifest : Self.restoreManifest)
    }
  }

  /// Whose files may be gone, or go at any moment.
  private struct Due {
    var receipts: Set<RequestID> = []
    var manifests: Set<RequestID> = []
  }

  private func due() throws -> Due {
    guard let keep else { return Due() }
    // A minute more: what is not due yet may be so, and gone, when its file is looked for.
    let now = WallClock.now + .seconds(60)
    return Due(
      receipts: Set(try ledger.receiptsDue(finishedBefore: now - keep.receipts, orAged: keep.receipts)),
      manifests: Set(try ledger.manifestsDue(finishedBefore: now - keep.manifests, orAged: keep.manifests)))
  }

  private func countUnsigned(_ path: String, _ report: inout VerifyReport) {
    guard let bytes = read(path), Receipt.signedParts(of: bytes) == nil else { return }
    report.unsignedReceipts += 1
  }

  private func faultOfReceipt(_ receipt: Receipt, _ path: String, isExpired: Bool, _ mustBeSigned: Bool) -> String? {
    let status: FileStatus?
    do {
      status = try FileStatus.ifPresent(path, followingLinks: false)
    } catch {
      return error.description
    }
    guard let status else { return isExpired ? nil : Self.missing }
    if isExpired { return Self.isOver }
    guard status.kind == .file else { return "it is no regular file" }
    guard let bytes = read(path) else { return "it cannot be read" }
    guard let parts = Receipt.signedParts(of: bytes) else {
      guard bytes == Array(receipt.yaml.utf8) else { return "it does not say what the ledger says" }
      return mustBeSigned ? "it is not signed, and was written when receipts were" : nil
    }
    guard parts.covered == Array(receipt.yaml.utf8) else { return "it does not say what the ledger says" }
    return faultOfSignature(parts.covered, parts.signature)
  }

  private func faultOfSignature(_ covered: [UInt8], _ text: String) -> String? {
    guard let signature = Signature(text) else { return "its signature is none" }
    guard let key = keys.first(where: { $0.id == signature.keyID }) else {
      return "it is signed with the key \(signature.keyID), which is none of hamud's"
    }
    return key.isValid(signature, for: covered) ? nil : "its signature does not fit its content"
  }

  /// The kept manifest is the bytes that were accepted, on disk and in the ledger.
  private func faultOfManifest(_ record: RequestRecord) throws -> String? {
    let path = places.acceptedManifest(record.id.text)
    let kept = try ledger.manifest(of: record.id)
    if let kept, SHA256Digest.of(kept) != record.digest { return "the ledger's copy is not what was accepted" }
    guard let status = try FileStatus.ifPresent(path, followingLinks: false) else {
      return kept == nil ? nil : Self.missing
    }
    guard kept != nil else { return Self.isOver }
    guard status.kind == .file else { return "it is no regular file" }
    guard let bytes = read(path) else { return "it cannot be read" }
    return SHA256Digest.of(bytes) == record.digest ? nil : "it is not the manifest that was accepted"
  }

  private func read(_ path: String) -> [UInt8]? { try? DataFile.read(path, limit: Limits.documentBytes) }

  // MARK: Refused files

  private func checkRejected(_ report: inout VerifyReport) throws {
    let suffix = ".receipt.yaml"
    let names = try names(places.rejected, &report)
    let signingSince = try ledger.signingSince()
    let receipts = Set(names.compactMap(\.text).filter { $0.hasSuffix(suffix) })
    for name in names where name.text.map(receipts.contains) != true {
      let path = Paths.join(places.rejected, name.readable)
      let stem = Paths.stem(of: name.readable)
      if receipts.contains(stem + suffix) { continue }
      let receipt = Paths.join(places.rejected, stem + suffix)
      if name.text?.hasSuffix(".yaml") == true, try !staysAlone(path, receipt, &report) { continue }
      stray(path, isTemporary: DurableDirectory.isTemporary(name), &report)
    }
    for name in receipts.sorted(by: Paths.isBefore) {
      let path = Paths.join(places.rejected, name)
      report.receipts += 1
      guard let fault = faultOfRefusal(path, stem: String(name.dropLast(suffix.count)), signingSince, &report)
      else { continue }
      // Its time was over, and it went before what it speaks of.
      if try FileStatus.ifPresent(path, followingLinks: false) == nil { continue }
      report.add(path, fault, mend: "bring it back from a backup, or remove it with its manifest")
    }
  }

  /// Whether a refused file is there without its receipt, and not for a moment only: that is written after it, and removed before it.
  private func staysAlone(_ path: String, _ receipt: String, _ report: inout VerifyReport) throws -> Bool {
    for attempt in 1...Self.attempts {
      guard let status = try FileStatus.ifPresent(path, followingLinks: false),
        try FileStatus.ifPresent(receipt, followingLinks: false) == nil
      else { return false }
      if let keep, status.modified < WallClock.now - keep.manifests {
        report.add(path, "its receipt is gone, and its time is over", mend: Self.endsByItself, severity: .note)
        return false
      }
      if attempt < Self.attempts { Pause.wait(.milliseconds(100)) }
    }
    return true
  }

  private func faultOfRefusal(
    _ path: String, stem: String, _ signingSince: Timestamp?, _ report: inout VerifyReport
  ) -> String? {
    guard let bytes = read(path) else { return "it cannot be read" }
    let receipt: Receipt
    switch ReceiptProof(bytes, keys: keys) {
    case .valid(let found, _): receipt = found
    case .unsigned(let found):
      // Cut off between two lines it still reads as a receipt, of less.
      guard found.digest != nil, Array(found.yaml.utf8) == bytes else {
        return "it is cut off, or changed, and not signed"
      }
      // The ledger holds no receipts of refused files, but knows since when they are signed.
      let received = found.receivedAt.flatMap { Timestamp(rfc3339: $0) }
      if let signingSince, received.map({ $0 + .seconds(1) > signingSince }) ?? true {
        return "it is not signed, and was written when receipts were"
      }
      receipt = found
      report.unsignedReceipts += 1
    case .altered(let problem): return problem
    case .otherKey(let key): return "it is signed with the key \(key), which is none of hamud's"
    }
    guard let digest = receipt.digest else { return nil }
    let manifest = Paths.join(places.rejected, stem + ".yaml")
    guard let kept = read(manifest) else { return "the refused file beside it is missing or cannot be read" }
    guard SHA256Digest.of(kept).description == digest,
      stem.hasSuffix("." + (SHA256Digest(digest)?.prefix(12) ?? ""))
    else {
      report.add(manifest, "it is not the file that was refused", mend: "bring it back from a backup")
      return nil
    }
    return nil
  }

  private func names(_ directory: String, _ report: inout VerifyReport) throws -> [FileName] {
    guard try FileStatus.ifPresent(directory) != nil else { return [] }
    guard Permissions.mayRead(directory) else {
      report.add(
        directory, "you may not list it", mend: "run it as root, or as a member of group hamud", severity: .note)
      return []
    }
    return try DurableDirectory.fileNames(directory)
  }

  private func stray(_ path: String, isTemporary: Bool, _ report: inout VerifyReport) {
    report.add(
      path, isTemporary ? "a file that is being written, or that was interrupted" : "it belongs to no request",
      mend: isTemporary ? "nothing; it is removed at the next start" : "find out who put it there, and move it away",
      severity: isTemporary ? .note : .error)
  }
}
