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

// A clock that was a year ahead for a moment would keep what was dated then for that year, and its time would only begin there. The dates
// stay, for signed receipts say them, and it may be today's clock that is wrong: what lies ahead ages by time that really went by. So
// nothing goes too early, whichever clock was wrong, and nothing stays for ever.
extension Ledger {
  /// Adds to the age of what is dated later than `limit`: versions by when they were replaced, requests by when they ended.
  package func age(by passed: Duration, datedAfter limit: Timestamp) throws(LedgerError) {
    let isAny = try read { session in
      try session.integer(
        """
        SELECT 1 WHERE EXISTS (SELECT 1 FROM versions WHERE replaced_at > ?1)
          OR EXISTS (SELECT 1 FROM requests WHERE finished_at > ?1 AND \(Session.isKept))
        """, [limit.stored]) != nil
    }
    // Hardly ever so: no reason to write every hour.
    guard isAny else { return }
    try write("note how old is what lies ahead") { session in
      try session.run(
        """
        INSERT INTO meta SELECT 'aged:' || date, ?1 FROM (SELECT replaced_at AS date FROM versions WHERE replaced_at > ?2
            UNION SELECT finished_at FROM requests WHERE finished_at > ?2 AND \(Session.isKept)) WHERE true
          ON CONFLICT (key) DO UPDATE SET value = value + excluded.value
        """, [passed.wholeNanoseconds, limit.stored])
    }
  }
}

extension Session {
  /// Of requests: that something of them is still to end.
  fileprivate static let isKept =
    "(receipt_expired = 0 OR EXISTS (SELECT 1 FROM manifests WHERE request = requests.sequence))"

  /// Of requests: that they ended before `?1`, or are `?2` nanoseconds old and dated ahead.
  static let endedBefore = """
    (finished_at < ?1 OR finished_at IN (SELECT CAST(substr(key, 6) AS INTEGER) FROM meta
      WHERE key > 'aged:' AND key < 'aged;' AND value >= ?2))
    """

  func lastBelieved() throws -> Timestamp? {
    let doubted = try first("SELECT value FROM meta WHERE key = 'believed'") { try $0.time(0) }
    return try doubted ?? first("SELECT at FROM audit ORDER BY sequence DESC LIMIT 1") { try $0.time(0) }
  }
}
