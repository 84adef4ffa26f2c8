package import Platform
package import Requests

// Requests that were accepted while nobody could look their rows up: durable, in no batch, waiting for their model.

extension Ledger {
  /// Those of a model, in the order of acceptance.
  package func unresolvedRequests(of model: String) throws(LedgerError) -> [RequestID] {
    try read { session in
      try session.all(
        "SELECT id FROM requests WHERE model = ? AND state = ? AND rows IS NULL ORDER BY sequence",
        [model, RequestState.accepted.rawValue]
      ) { try $0.requestID(0) }
    }
  }

  /// Whether the model's data were taken for others since the request was handed in: its row numbers mean nothing in these.
  package func isOfOtherData(_ id: RequestID) throws(LedgerError) -> Bool {
    try read { session in
      let accepted = try session.integer(
        "SELECT min(sequence) FROM audit WHERE kind = 'accepted' AND payload ->> '$.request' = ?", [id.text])
      return try session.hasOtherData(try session.entry(id).model, since: accepted)
    }
  }

  /// What such a request's selection stands for, now that it could be looked up; from then on the request is what
  /// `accept` would have made of it.
  /// - Parameter user: whose rows of the day they are; nil: its submitter's.
  package func resolve(
    _ id: RequestID, _ resolution: Resolution, countedFor user: UInt32? = nil, at now: Timestamp
  ) throws(LedgerError) -> RequestRecord {
    try write("note which rows a request means") { session in
      let entry = try session.unresolved(id)
      try session.store(resolution, of: entry)
      // Too late to refuse it, but what else its user sends today comes on top. What is owed was counted when it was handed in, and
      // its user did not ask for it again.
      if !entry.isOwed {
        try session.count(
          rows: resolution.rows.count, requests: 0,
          for: Session.key(try user ?? session.existingRecord(id).summary.submitter), now.dateText)
      }
      try session.run(
        "UPDATE requests SET detail = ? WHERE sequence = ?",
        [Details.accepted(rows: resolution.rows.count), entry.sequence])
      try session.audit(
        .resolved, at: now, ["request": .string(id.text), "rows": JSONValue(resolution.rows.count)])
      try session.noteReceiptDue(entry)
      try session.settle(try session.entry(id), resolution, at: now)
      return try session.existingRecord(id)
    }
  }

  /// Ends such a request that nobody can look up any more, where others had forgotten all of its rows before a rollback: with the last
  /// of these. Either the version that was gone back to has forgotten a row of theirs, or they wait for it, and cannot be cancelled.
  /// So the model has forgotten what the request names when none of them waits, and not before.
  /// - Returns: whether it is one; until it ends it waits.
  package func endWithOthers(_ id: RequestID, at now: Timestamp) throws(LedgerError) -> Bool {
    let (rests, isDue) = try read { session in
      let entry = try session.entry(id)
      return (entry.restsOnOthers, try !session.hasReopenedWaiting(entry.model))
    }
    guard rests, isDue else { return rests }
    return try write("end a request with those that it rests on") { session in
      let entry = try session.unresolved(id)
      try session.setRows(.empty, alreadyForgotten: entry.alreadyForgotten, of: entry)
      try session.endAsForgotten(entry, at: now)
      return true
    }
  }

  /// Holds such a request because its selectors match nothing, or not all of them do (`nothing_selected`): `retry` looks
  /// them up anew.
  package func holdUnresolved(_ id: RequestID, detail: String, at now: Timestamp) throws(LedgerError) {
    try write("hold a request that selects nothing") { session in
      try session.move(try session.unresolved(id), Move(.held, .nothingSelected, detail: detail), at: now)
    }
  }
}

extension Session {
  /// Whether a request waits for rows that it had forgotten before.
  fileprivate func hasReopenedWaiting(_ model: String) throws -> Bool {
    let waiting = RequestState.allCases.filter(\.isWaiting).map { "'\($0.rawValue)'" }.joined(separator: ", ")
    return try integer(
      """
      SELECT 1 FROM tombstones t JOIN requests r ON r.sequence = t.request
        WHERE t.model = ? AND t.status = 'reopened' AND r.state IN (\(waiting)) LIMIT 1
      """, [model]) != nil
  }

  fileprivate func unresolved(_ id: RequestID) throws -> Entry {
    let entry = try entry(id)
    guard entry.state == .accepted, entry.rows == nil else {
      throw LedgerError.notPossible(command: "look up", id, state: entry.state)
    }
    return entry
  }
}
