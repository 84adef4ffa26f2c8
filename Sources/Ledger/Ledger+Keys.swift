package import Platform
import Requests

extension Ledger {
  /// Notes in the audit chain with which key receipts and records are signed from now on.
  /// - Parameter older: keys that signed before, newest first. Those that the ledger lacks (it was lost, or is older
  ///   than they are) are noted before this one, in the same transaction.
  /// - Returns: false when it is the one that was noted last, and none was lacking; then nothing is written.
  @discardableResult
  package func noteSigningKey(
    _ key: VerifyingKey, after older: [VerifyingKey] = [], at now: Timestamp
  ) throws(LedgerError) -> Bool {
    try write("note the signing key") { session in
      let known = try session.signingKeys()
      let lacking = older.reversed().filter { $0 != key && !known.contains($0) }
      if lacking.isEmpty && known.last == key { return false }
      for key in lacking + [key] {
        try session.audit(.signingKey, at: now, ["key": .string(key.description), "id": .string(key.id)])
      }
      return true
    }
  }

  /// Every key that ever signed, the one in use first, the others by their last use, newest first.
  package func signingKeys() throws(LedgerError) -> [VerifyingKey] {
    try read { session in
      var keys: [VerifyingKey] = []
      for key in try session.signingKeys().reversed() where !keys.contains(key) { keys.append(key) }
      return keys
    }
  }
}

extension Session {
  /// As they were noted, oldest first; a key that came back is there again.
  fileprivate func signingKeys() throws -> [VerifyingKey] {
    try all(
      "SELECT payload FROM audit WHERE kind = ? ORDER BY sequence", [AuditKind.signingKey.rawValue]
    ) { row in
      // What cannot be parsed has no key, which the next line says is damage.
      let payload = try? JSONValue.parse(Array(try row.text(0).utf8))
      guard let text = payload?["key"]?.stringValue, let key = VerifyingKey(text) else {
        throw LedgerError.damaged("a signing key in the audit chain cannot be read")
      }
      return key
    }
  }
}
