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

extension Session {
  func lastBelieved() throws -> Timestamp? {
    let doubted = try first("SELECT value FROM meta WHERE key = 'believed'") { try $0.time(0) }
    return try doubted ?? first("SELECT at FROM audit ORDER BY sequence DESC LIMIT 1") { try $0.time(0) }
  }
}
