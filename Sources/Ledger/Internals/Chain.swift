import Platform
import Requests

/// The audit chain: each entry's hash is the SHA-256 of a canonical form of all that is in it and of the hash before it, so
/// that none can be changed, removed, added or moved without every later hash changing too. `meta` keeps the number of
/// entries and the last hash, which shows what is missing at the end.
enum Chain {
  static let start = SHA256Digest.of("hamud audit chain 1")

  /// Every field with its length before it (as in netstrings), so that no two entries have the same form.
  static func hash(sequence: Int64, at: Timestamp, kind: String, payload: String, previous: SHA256Digest)
    -> SHA256Digest
  {
    var hasher = SHA256Hasher()
    for field in [String(sequence), String(at.nanosecondsSinceEpoch), kind, payload] {
      hasher.update(Array("\(field.utf8.count):\(field)".utf8))
    }
    hasher.update(previous.bytes)
    return hasher.finish()
  }

  static func hash(of entry: AuditEntry) -> SHA256Digest {
    hash(
      sequence: entry.sequence, at: entry.at, kind: entry.kind, payload: entry.payload, previous: entry.previous)
  }
}

/// What an entry of the chain is about.
enum AuditKind: String {
  case ledgerMade = "ledger_made"
  case refused
  case accepted
  case resolved
  case moved
  case resumed
  case retried
  case batchMade = "batch_made"
  case runStarted = "run_started"
  case versionMade = "version_made"
  case modelMade = "model_made"
  case paused, unpaused
  case fingerprint
  case rematched
  case imported
  case rolledBack = "rolled_back"
  case replayed
  case recovered
  case manifestExpired = "manifest_expired"
  case receiptExpired = "receipt_expired"
  case signingKey = "signing_key"
  case purgeBegan = "purge_began"
  case purged
}

extension Session {
  func audit(_ kind: AuditKind, at now: Timestamp, _ facts: KeyValuePairs<String, JSONValue?>) throws {
    try audit(kind, at: now, JSONValue.present(facts))
  }

  func audit(_ kind: AuditKind, at now: Timestamp, _ payload: JSONValue) throws {
    let end = try chainEnd()
    let sequence = end.count + 1
    let text = payload.text
    let hash = Chain.hash(
      sequence: sequence, at: now, kind: kind.rawValue, payload: text, previous: end.head)
    try run(
      "INSERT INTO audit VALUES (?, ?, ?, ?, ?, ?)",
      [
        sequence, now.nanosecondsSinceEpoch, kind.rawValue, text, end.head.stored, hash.stored,
      ])
    try setChainEnd(count: sequence, head: hash)
  }

  /// As `meta` has it.
  func chainEnd() throws -> (count: Int64, head: SHA256Digest) {
    guard
      let count = try first("SELECT value FROM meta WHERE key = 'audit_count'", read: { try $0.integer(0) }),
      let head = try first("SELECT value FROM meta WHERE key = 'audit_head'", read: { try $0.digest(0) })
    else { throw LedgerError.damaged("the end of the audit chain is not noted") }
    return (Int64(count), head)
  }

  func setChainEnd(count: Int64, head: SHA256Digest) throws {
    let sql = "INSERT INTO meta VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value"
    try run(sql, ["audit_count", count])
    try run(sql, ["audit_head", head.stored])
  }

  func auditEntries(after sequence: Int64, limit: Int) throws -> [AuditEntry] {
    try all(
      "SELECT sequence, at, kind, payload, previous, hash FROM audit WHERE sequence > ? ORDER BY sequence LIMIT ?",
      [sequence, limit]
    ) { row in
      AuditEntry(
        sequence: Int64(try row.integer(0)), at: try row.time(1), kind: try row.text(2), payload: try row.text(3),
        previous: try row.digest(4), hash: try row.digest(5))
    }
  }
}
