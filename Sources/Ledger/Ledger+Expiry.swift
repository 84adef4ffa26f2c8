package import Platform
package import Requests

// What time brings.

extension Ledger {
  /// Waiting requests (held and failed ones too) with a deadline before `moment`, whose warning was not given on `day`
  /// (`2026-12-23`) yet. In the order of their deadlines.
  package func deadlineWarningsDue(before moment: Timestamp, day: String) throws(LedgerError) -> [RequestSummary] {
    try read { session in try session.summaries(deadlineBefore: moment, notWarnedOn: day) }
  }

  package func markDeadlineWarned(_ ids: [RequestID], day: String) throws(LedgerError) {
    try write("note a warning") { session in
      for id in ids { try session.run("UPDATE requests SET deadline_warned = ? WHERE id = ?", [day, id.text]) }
    }
  }

  /// Ended requests whose manifest is still here and that ended before `moment`. In the order of acceptance.
  /// - Parameter age: of those whose date lies ahead: how long they have been so, as far as time was seen to go by.
  package func manifestsDue(
    finishedBefore moment: Timestamp, orAged age: Duration? = nil
  ) throws(LedgerError) -> [RequestID] {
    try read { session in
      try session.all(
        "SELECT id FROM requests JOIN manifests ON request = sequence WHERE \(Session.endedBefore) ORDER BY sequence",
        [moment.stored, age?.wholeNanoseconds ?? .max]
      ) { try $0.requestID(0) }
    }
  }

  /// Overwrites the manifests, and with them every subject's name; the requests stay.
  package func expireManifests(_ ids: [RequestID], at now: Timestamp) throws(LedgerError) {
    try write("overwrite manifests") { session in
      for id in ids {
        let entry = try session.ended(id, for: "expire the manifest of")
        try session.run("DELETE FROM manifests WHERE request = ?", [entry.sequence])
        try session.audit(.manifestExpired, at: now, ["request": .string(id.text)])
      }
    }
    dropped()
  }

  /// Of these those that have ended and whose manifest has expired.
  package func withoutManifest(_ ids: [RequestID]) throws(LedgerError) -> [RequestID] {
    try read { session in
      let kept = Set(
        try session.all("SELECT id FROM requests JOIN manifests ON request = sequence") { try $0.requestID(0) })
      return try ids.filter { id in
        // Asked for the few alone that have none: there may be as many with one as may wait.
        if kept.contains(id) { return false }
        return try session.integer("SELECT 1 FROM requests WHERE id = ? AND finished_at IS NOT NULL", [id.text]) != nil
      }
    }
  }

  /// Ended requests whose receipt file is still kept and that ended before `moment`. In the order of acceptance.
  /// - Parameter age: as of `manifestsDue`.
  package func receiptsDue(
    finishedBefore moment: Timestamp, orAged age: Duration? = nil
  ) throws(LedgerError) -> [RequestID] {
    try read { session in
      try session.all(
        "SELECT id FROM requests WHERE \(Session.endedBefore) AND receipt_expired = 0 ORDER BY sequence",
        [moment.stored, age?.wholeNanoseconds ?? .max]
      ) { try $0.requestID(0) }
    }
  }

  /// Notes that the receipts' files are gone; they are not due any more. What was measured, the sentences and the deadline are overwritten
  /// (near-duplicates' row numbers are other people's too), and of who handed them in only the number stays. No proof needs
  /// them: the audit chain has every state, the tombstones have the rows.
  package func expireReceipts(_ ids: [RequestID], at now: Timestamp) throws(LedgerError) {
    try write("note that receipts are gone") { session in
      for id in ids {
        let entry = try session.ended(id, for: "expire the receipt of")
        try session.run(
          """
          UPDATE requests SET receipt_expired = 1, submitter_name = CAST(submitter AS TEXT), detail = NULL, evidence = NULL,
            deadline = NULL, deadline_end = NULL, deadline_warned = NULL WHERE sequence = ?
          """, [entry.sequence])
        try session.run("DELETE FROM changes WHERE request = ?", [entry.sequence])
        try session.audit(.receiptExpired, at: now, ["request": .string(id.text)])
      }
      try session.dropImprintsWithoutReceipts()
    }
    dropped()
  }
}

extension Session {
  fileprivate func ended(_ id: RequestID, for command: String) throws -> Entry {
    let entry = try entry(id)
    guard entry.state.isEnded else { throw LedgerError.notPossible(command: command, id, state: entry.state) }
    return entry
  }
}
