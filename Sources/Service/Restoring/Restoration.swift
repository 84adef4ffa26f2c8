import Checkpoints
import Ledger
import Platform
import Requests

/// What shows that the ledger is not the one that it was.
struct Restoration: Equatable {
  let why: String

  /// Nil for a ledger that goes on from its copied head and agrees with its own chain.
  static func find(_ ledger: Ledger, _ places: Places) throws -> Restoration? {
    if let moment = try ledger.copiedAt() {
      return Restoration(why: "it is a backup that was taken at \(moment.rfc3339())")
    }
    if let why = try HeadCopy.contradiction(of: ledger, places) { return Restoration(why: why) }
    let altered = try ledger.erasuresAgainstTheChain()
    if !altered.isEmpty {
      return Restoration(
        why: "\(NumberText.count(altered.count, "request")) are not in the state that its own audit chain says")
    }
    return nil
  }
}

/// What the spool knows of a request, and a restored ledger does not.
struct LostRequest {
  let id: RequestID
  /// The last state that somebody was told.
  let state: RequestState?
  /// As it was handed in; nil where it is gone or is not the one that the receipt speaks of.
  let manifest: (bytes: [UInt8], parsed: Manifest)?
  let submitter: Submitter
  let receivedAt: Timestamp?
  /// The ledger has it, waiting.
  let isKnown: Bool

  /// Everything that receipts and manifests in the spool say, and the ledger does not. One that cannot be read now,
  /// by this disk or this user, is an error: taken for a file that is gone, it would be a request that nobody serves again.
  static func find(_ ledger: Ledger, _ places: Places) throws -> [LostRequest] {
    let stems = try [places.receipts, places.accepted].flatMap { directory in
      try DurableDirectory.list(directory).filter { $0.hasSuffix(".yaml") }.map { Paths.stem(of: $0) }
    }
    return try Set(stems).sorted().compactMap { stem in
      guard let id = RequestID(stem) else { return nil }
      return try look(id, ledger, places)
    }
  }

  private static func look(_ id: RequestID, _ ledger: Ledger, _ places: Places) throws -> LostRequest? {
    let known = try ledger.request(id)
    // Most of them, and their files need not be read for it.
    if known?.state.isEnded == true { return nil }
    let told = try DataFile.readIfFit(places.receipt(id.text), limit: Limits.documentBytes)
    let receipt = told.flatMap { try? Receipt.parse($0) }
    switch (known?.state, receipt?.state) {
    // Whoever cancelled it was told so.
    case (nil, .cancelled): return nil
    case (.some, .cancelled):
      guard let told, let known, try isProven(told, of: known, ledger) else { return nil }
    case (.some, .forgotten), (nil, _): break
    case (.some, _): return nil
    }
    let bytes = try DataFile.readIfFit(places.acceptedManifest(id.text), limit: Limits.documentBytes)
    let isWhole = receipt?.digest.map { digest in bytes.map { SHA256Digest.of($0).description } == digest } ?? true
    let parsed = isWhole ? bytes.flatMap { try? Manifest.parse($0, fileStem: id.text) } : nil
    return LostRequest(
      id: id, state: receipt?.state, manifest: bytes.flatMap { bytes in parsed.map { (bytes, $0) } },
      submitter: submitter(named: receipt?.submittedBy),
      receivedAt: receipt?.receivedAt.flatMap { Timestamp(rfc3339: $0) }, isKnown: known != nil)
  }

  /// Whether hamud itself said so, of this request. A receipt that says `forgotten` needs no proof, since then it is only forgotten once
  /// more; by one that says `cancelled` a request that the ledger has, and that nobody could take out of it, would end unserved.
  private static func isProven(_ receipt: [UInt8], of record: RequestRecord, _ ledger: Ledger) throws -> Bool {
    guard case .valid(let found, _) = ReceiptProof(receipt, keys: try ledger.signingKeys()) else { return false }
    return found.request == record.id.text && found.digest == record.digest.description
      && isOfThisAcceptance(found, record)
  }

  /// The same manifest may have been handed in again, to a ledger that did not know that it had been cancelled: that receipt says nothing of
  /// what was accepted since. The clock may have been set in between, so that it was accepted at the same moment tells more than which
  /// came first. One that says no end, or one before its beginning, is in doubt, and the request is served.
  private static func isOfThisAcceptance(_ receipt: Receipt, _ record: RequestRecord) -> Bool {
    let accepted = record.summary.acceptedAt.rfc3339()
    guard receipt.acceptedAt == accepted, let begin = Timestamp(rfc3339: accepted),
      let end = receipt.finishedAt.flatMap({ Timestamp(rfc3339: $0) })
    else { return false }
    return end >= begin
  }

  /// A receipt names its submitter, or gives the number of one without a name.
  private static func submitter(named name: String?) -> Submitter {
    let fallback = Accounts.effectiveUser
    guard let name else { return Submitter(uid: fallback, name: Accounts.userNameOrNumber(fallback)) }
    return Submitter(uid: Accounts.userID(named: name) ?? UInt32(name) ?? fallback, name: name)
  }
}
