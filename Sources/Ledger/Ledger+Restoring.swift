package import Platform
package import Requests

// Whether this is the ledger that it was, and what is done when it is an older one.

/// What an older ledger lacks, as far as it can be found elsewhere.
package struct Recovery: Sendable {
  /// Requests of which it knows nothing: accepted again, whatever the quotas say.
  package var submissions: [Submission] = []
  /// Requests that it has waiting and that were served before.
  package var served: [RequestID] = []
  /// Requests that it has waiting and that were cancelled before: whoever did that was told so.
  package var cancelled: [RequestID] = []
  /// What nobody can find; named in the audit chain.
  package var signedOff: [String] = []
  /// What each model goes on serving until the others were served again: what `current` names.
  package var serving: [String: Int] = [:]
  /// What showed that the ledger is older; for the audit chain.
  package var why = ""

  package init() {}
}

extension Ledger {
  /// Where the audit chain ends.
  package func chainEnd() throws(LedgerError) -> ChainEnd {
    try read { session in
      let end = try session.chainEnd()
      return ChainEnd(entries: end.count, head: end.head)
    }
  }

  /// Whether the chain has this end, or had it once and went on.
  package func chainPasses(_ end: ChainEnd) throws(LedgerError) -> Bool {
    try read { session in
      if end.entries == 0 { return end.head == Chain.start }
      return try session.first("SELECT hash FROM audit WHERE sequence = ?", [end.entries]) { try $0.digest(0) }
        == end.head
    }
  }

  /// When the copy was taken that this file is; nil for a ledger that was never copied by `copy(to:)`.
  package func copiedAt() throws(LedgerError) -> Timestamp? {
    try read { session in
      try session.first("SELECT value FROM meta WHERE key = 'copied_at'") { try $0.time(0) }
    }
  }

  /// Whether a copy of the head was made since the ledger is there.
  package func headWasCopied() throws(LedgerError) -> Bool {
    try read { session in try session.integer("SELECT 1 FROM meta WHERE key = 'head_copied'") != nil }
  }

  package func noteHeadCopied() throws(LedgerError) {
    try write("note a copy of the chain's head") { session in
      try session.run("INSERT INTO meta VALUES ('head_copied', 1) ON CONFLICT (key) DO NOTHING")
    }
  }

  /// Requests of which the audit chain says another state than the table, or which have lost their tombstones: the
  /// erasure set is not what the chain says. In the order of their last entry, at most `auditProblemsListed`.
  package func erasuresAgainstTheChain() throws(LedgerError) -> [String] {
    try read { session in
      try session.all(
        """
        SELECT chain.id FROM (
            SELECT json_extract(payload, '$.request') AS id, json_extract(payload, '$.to') AS state, max(sequence) AS last
              FROM audit WHERE kind = 'moved' GROUP BY 1) AS chain
          LEFT JOIN requests r ON r.id = chain.id
          WHERE r.state IS NOT chain.state OR r.state = 'forgotten' AND r.row_count > 0
            AND r.reason IN ('target', 'nothing_to_forget')
            AND NOT EXISTS (SELECT 1 FROM tombstones t WHERE t.request = r.sequence AND t.batch IS NOT NULL)
          ORDER BY chain.last LIMIT ?
        """, [Ledger.auditProblemsListed]
      ) { try $0.text(0) }
    }
  }

  /// Requests that a person let go of when a backup was brought back.
  package func signedOff() throws(LedgerError) -> Set<RequestID> {
    try read { session in
      let payloads = try session.all("SELECT payload FROM audit WHERE kind = 'recovered'", read: { try $0.text(0) })
      let names = try payloads.flatMap { try JSONValue.parse(Array($0.utf8))["signed_off"]?.elements ?? [] }
      return Set(names.compactMap { $0.stringValue.flatMap { RequestID($0) } })
    }
  }

  /// Takes up again what was found, in one transaction, and lets every model go on. What was served before is owed: no
  /// version is served before.
  /// - Returns: the requests that are owed now, in the order of acceptance.
  package func recover(_ recovery: Recovery, by uid: UInt32?, at now: Timestamp) throws(LedgerError) -> [RequestID] {
    try write("take up what a restored ledger lacks") { session in
      for id in recovery.cancelled { try session.cancelAsBefore(try session.entry(id), by: uid, at: now) }
      for submission in recovery.submissions { try session.take(submission, at: now) }
      let found = recovery.submissions.map(\.manifest.id) + recovery.served
      let owed = try found.map { try session.entry($0) }.filter(\.state.isWaiting)
        .sorted { $0.sequence < $1.sequence }
      for entry in owed {
        try session.goOnWithHeld(entry, by: uid, at: now)
        try session.setOwed(entry)
        // The receipt that is there is a later one's than the ledger's, and says that it was forgotten.
        try session.noteReceiptDue(try session.entry(entry.id))
      }
      for (model, number) in recovery.serving where owed.contains(where: { $0.model == model }) {
        try session.run(
          "UPDATE models SET served_version = ? WHERE name = ? AND current_version IS NOT ?", [number, model, number])
      }
      for name in try session.all(
        "SELECT DISTINCT model FROM pauses WHERE reason = 'restored'", read: { try $0.text(0) })
      {
        _ = try session.unpause(name, .restored, by: uid, at: now)
      }
      try session.run("DELETE FROM meta WHERE key = 'copied_at'")
      try session.audit(
        .recovered, at: now,
        [
          "why": .string(recovery.why), "owed": .array(owed.map { .string($0.id.text) }),
          "signed_off": .array(recovery.signedOff.map { .string($0) }), "by": uid.map { .integer(Int64($0)) },
        ])
      return owed.map(\.id)
    }
  }
}

extension Session {
  /// Where the backup has it running or failed, its batch was held before somebody could cancel it. One that others may rest on in this
  /// ledger waits on: to forget too much can be explained, to leave out rows that nobody else names any more cannot.
  fileprivate func cancelAsBefore(_ entry: Entry, by uid: UInt32?, at now: Timestamp) throws {
    guard entry.state.isWaiting, try !mayBeRestedOn(entry) else { return }
    if !entry.state.canBecome(.cancelled) {
      try move(entry, Move(.held, entry.reason ?? .error, detail: Details.cancelledBefore, batch: entry.batch), at: now)
    }
    try cancel(entry, detail: Details.cancelledBefore, by: uid, at: now)
  }

  /// One that was held or had failed when the backup was taken was forgotten since: it goes on from its beginning. Where its rows are
  /// gone it stays as it is.
  fileprivate func goOnWithHeld(_ entry: Entry, by uid: UInt32?, at now: Timestamp) throws {
    guard try [.held, .failed].contains(self.entry(entry.id).state), entry.reason != .noModel else { return }
    guard let batch = entry.batch else {
      if entry.rows.map({ !$0.isEmpty }) ?? (entry.reason == .nothingSelected) {
        _ = try acceptAgain(entry, by: uid, at: now)
      }
      return
    }
    try startOver(batch)
    try run("UPDATE batches SET failures = 0, accepted_retain_cost = NULL WHERE number = ?", [batch])
    _ = try scheduleAgain(try self.batch(batch), entry.state, by: uid, at: now)
  }
}
