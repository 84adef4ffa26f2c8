package import Platform
package import Requests

extension Ledger {
  /// Ends a request that is accepted, scheduled or held. A batch that it leaves starts over, without its saved progress;
  /// one that it leaves empty is discarded. A request that a rollback or an import brought back was answered once and stays, as one does
  /// of which an import dropped rows: others may rest on it, whose rows were left out because it named them too.
  package func cancel(_ id: RequestID, by uid: UInt32?, at now: Timestamp) throws(LedgerError) {
    try write("cancel a request") { session in
      let entry = try session.entry(id)
      guard entry.state.canBecome(.cancelled) else {
        throw LedgerError.notPossible(command: "cancel", id, state: entry.state)
      }
      if try session.mayBeRestedOn(entry) { throw LedgerError.owed(id) }
      try session.cancel(entry, detail: Details.cancelled, by: uid, at: now)
    }
  }

  /// Schedules every request of a held one's batch that is still held, to go on from its saved progress. A request that
  /// is held for `max_forget_share` is accepted nevertheless; one that is held for `no_model` waits for its model
  /// (`readmit`) and this is not possible.
  /// - Parameter acceptRetainCost: takes the place of `retain_budget`, counted from `before`; nil leaves it.
  /// - Returns: the requests that go on.
  package func resume(
    _ id: RequestID, acceptRetainCost: Double?, by uid: UInt32?, at now: Timestamp
  ) throws(LedgerError) -> [RequestID] {
    try write("resume a request") { session in
      let entry = try session.entry(id)
      guard entry.state == .held, entry.reason != .noModel else {
        throw LedgerError.notPossible(command: "resume", id, state: entry.state)
      }
      guard let number = entry.batch else { return try session.acceptAgain(entry, by: uid, at: now) }
      if let cost = acceptRetainCost {
        guard cost.isFinite, cost >= 0 else {
          throw LedgerError.inconsistent("a retain cost to accept is a number from 0 on")
        }
        try session.run("UPDATE batches SET accepted_retain_cost = ? WHERE number = ?", [cost, number])
      }
      try session.run("UPDATE batches SET failures = 0 WHERE number = ?", [number])
      try session.audit(
        .resumed, at: now,
        [
          "batch": JSONValue(number), "accept_retain_cost": acceptRetainCost.map { JSONValue($0) },
          "by": uid.map { .integer(Int64($0)) },
        ])
      return try session.scheduleAgain(try session.batch(number), .held, by: uid, at: now)
    }
  }

  /// The same from the beginning, for a held or a failed request; what was granted before is void.
  package func retry(_ id: RequestID, by uid: UInt32?, at now: Timestamp) throws(LedgerError) -> [RequestID] {
    try write("retry a request") { session in
      let entry = try session.entry(id)
      guard entry.state == .failed || (entry.state == .held && entry.reason != .noModel) else {
        throw LedgerError.notPossible(command: "retry", id, state: entry.state)
      }
      guard let number = entry.batch else { return try session.acceptAgain(entry, by: uid, at: now) }
      try session.startOver(number)
      try session.run("UPDATE batches SET failures = 0, accepted_retain_cost = NULL WHERE number = ?", [number])
      try session.audit(
        .retried, at: now, ["batch": JSONValue(number), "by": uid.map { .integer(Int64($0)) }])
      return try session.scheduleAgain(try session.batch(number), entry.state, by: uid, at: now)
    }
  }

  /// Holds the requests of a model that left the configuration (`no_model`), but those that are held already; their
  /// batches are discarded.
  /// - Returns: the requests that are held now.
  package func holdForMissingModel(
    _ model: String, detail: String, at now: Timestamp
  ) throws(LedgerError) -> [RequestID] {
    try write("hold the requests of a missing model") { session in
      let entries = try session.entries(ofModel: model, in: [.accepted, .scheduled, .unlearning, .failed])
      for entry in entries { try session.move(entry, Move(.held, .noModel, detail: detail), at: now) }
      for batch in try session.batches(ofModel: model, in: [.scheduled, .running, .failed]) {
        try session.endIfDone(batch.number)
      }
      return entries.map(\.id)
    }
  }
}

extension Session {
  func cancel(_ entry: Entry, detail: String, by uid: UInt32?, at now: Timestamp) throws {
    var move = Move(.cancelled, .cancelled, detail: detail)
    move.by = uid
    try self.move(entry, move, at: now)
    try exhumeDropped(of: entry)
    guard let batch = entry.batch else { return }
    try startOver(batch)
    try endIfDone(batch)
  }

  /// It was forgotten once, and a model came that may remember its rows; or one came without some of them. One that has none, and that is held because nobody can say
  /// which they are, nothing rests on: without an end it would keep from being served what others were forgotten in.
  func mayBeRestedOn(_ entry: Entry) throws -> Bool {
    let sql = "SELECT count(*) FROM tombstones WHERE request = ? AND (batch IS NOT NULL OR status <> 'settled')"
    if entry.isOwed, entry.state == .held, entry.rows == nil, try integer(sql, [entry.sequence]) == 0 { return false }
    return try entry.isOwed || integer(sql + " AND status = 'reopened'", [entry.sequence]) ?? 0 > 0
      || isDroppedRestedOn(entry)
  }

  /// A request that was held without a batch waits for one like any other.
  func acceptAgain(_ entry: Entry, by uid: UInt32?, at now: Timestamp) throws -> [RequestID] {
    if entry.rows == nil, entry.reason == .nothingSelected {
      // Looked up anew: the model's ids may be others by now.
      var move = Move(.accepted, detail: Details.unresolved(model: entry.model))
      move.by = uid
      try self.move(entry, move, at: now)
      return [entry.id]
    }
    // Rows that the data no longer hold cannot be forgotten by a run; only another model (`import`) helps then.
    guard let rows = entry.rows, !rows.isEmpty else {
      throw LedgerError.notPossible(command: "go on with", entry.id, state: entry.state)
    }
    var move = Move(.accepted, detail: Details.accepted(rows: rows.count))
    move.by = uid
    try self.move(entry, move, at: now)
    return [entry.id]
  }
}
