package import Platform

// Times are handed in, and the clock that they come from may be wrong: what the ledger knows of that.

extension Ledger {
  /// What time it was last, as far as the ledger knew when it was opened: that of the audit chain's last entry, or what was believed when
  /// the clock began to be doubted. Nil for a new ledger, and in reading.
  package var lastBelieved: Timestamp? { store.lastBelieved }

  /// Notes what time is believed instead of the clock's, or that the clock is believed again.
  package func noteBelieved(_ time: Timestamp?) throws(LedgerError) {
    try write("note what time is believed") { session in
      guard let time else { return try session.run("DELETE FROM meta WHERE key = 'believed'") }
      try session.run(
        "INSERT INTO meta VALUES ('believed', ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        [time.stored])
    }
  }
}

// MARK: - Dates that lie ahead

// A clock that was a year ahead for a moment would keep what was dated then for that year, and its time would only begin there. It counts
// from when that is noticed: nothing goes too early, and nothing stays for ever.
extension Ledger {
  /// Versions that were replaced later than `limit`, say their dates, were replaced at `now`.
  package func countReplacements(after limit: Timestamp, from now: Timestamp) throws(LedgerError) {
    let isAny = try read { session in
      try session.integer("SELECT 1 FROM versions WHERE replaced_at > ? LIMIT 1", [limit.stored]) != nil
    }
    // Asked at every look, and hardly ever so: no reason to write.
    guard isAny else { return }
    try write("put dates right that lie ahead") { session in
      try session.run("UPDATE versions SET replaced_at = ? WHERE replaced_at > ?", [now.stored, limit.stored])
    }
  }

  /// Requests that ended later than `limit`, say their dates, have ended at `now` for what is due, once and for all. The dates stay: the
  /// requests' receipts say them, signed.
  package func countEnds(after limit: Timestamp, from now: Timestamp) throws(LedgerError) {
    try write("note dates that lie ahead") { session in
      try session.run(
        """
        INSERT INTO meta SELECT DISTINCT 'ended:' || finished_at, ? FROM requests WHERE finished_at > ?
          ON CONFLICT (key) DO NOTHING
        """, [now.stored, limit.stored])
    }
  }
}

extension Session {
  /// Of requests: that they ended before `?1`, by their date or by what it counts as.
  static let endedBefore = """
    (finished_at < ?1 OR finished_at IN (SELECT CAST(substr(key, 7) AS INTEGER) FROM meta
      WHERE key > 'ended:' AND key < 'ended;' AND value < ?1))
    """

  func lastBelieved() throws -> Timestamp? {
    let doubted = try first("SELECT value FROM meta WHERE key = 'believed'") { try $0.time(0) }
    return try doubted ?? first("SELECT at FROM audit ORDER BY sequence DESC LIMIT 1") { try $0.time(0) }
  }
}
