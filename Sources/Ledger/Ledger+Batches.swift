package import Platform
package import Requests

extension Ledger {
  /// Makes a batch of accepted requests of one model and kind. Those without a row left end at once.
  package func createBatch(of ids: [RequestID], at now: Timestamp) throws(LedgerError) -> CreatedBatch {
    try write("make a batch") { session in
      let entries = try ids.map { try session.entry($0) }.sorted { $0.sequence < $1.sequence }
      let model = try session.checkFit(entries)
      let forgotten = try session.activeRows(of: model)
      var (scheduled, ended): ([Entry], [Entry]) = ([], [])
      for entry in entries {
        if try session.leaveOut(forgotten, of: entry).isEmpty {
          try session.endAsForgotten(entry, at: now)
          ended.append(entry)
        } else {
          scheduled.append(entry)
        }
      }
      let number = scheduled.isEmpty ? nil : try session.insertBatch(scheduled, at: now)
      return CreatedBatch(number: number, scheduled: scheduled.map(\.id), alreadyForgotten: ended.map(\.id))
    }
  }

  /// Begins a scheduled batch's run.
  /// - Returns: nil when none of its rows was left: its requests have ended and the batch is discarded.
  package func startRun(_ batch: Int, at now: Timestamp) throws(LedgerError) -> PlannedRun? {
    try write("start a run") { session in
      let row = try session.batch(batch)
      try row.require(.scheduled)
      try session.requireIdle(row.model)
      let forgotten = try session.activeRows(of: row.model)
      for entry in try session.entries(ofBatch: batch) where entry.state == .scheduled {
        if try session.leaveOut(forgotten, of: entry).isEmpty {
          try session.endAsForgotten(entry, at: now)
        } else {
          let move = Move(.unlearning, detail: Details.unlearning(batch: batch), batch: batch)
          try session.move(entry, move, at: now)
        }
      }
      if try session.endIfDone(batch) { return nil }
      try session.setState(.running, of: batch)
      let plan = try session.plan(row)
      try session.audit(
        .runStarted, at: now,
        ["batch": JSONValue(batch), "parent": JSONValue(plan.parentVersion), "take": JSONValue(plan.take)])
      return plan
    }
  }

  /// Runs that were going on when the process ended, or that were stopped: still `unlearning`, to be gone on with.
  package func interruptedRuns() throws(LedgerError) -> [PlannedRun] {
    try write("look for interrupted runs") { session in
      try session.batches(ofModel: nil, in: [.running]).map { try session.plan($0) }
    }
  }

  package func batch(_ number: Int) throws(LedgerError) -> BatchRecord? {
    try read { session in try session.batchIfPresent(number).map { try session.record(of: $0) } }
  }

  /// Batches in these states, oldest first.
  package func batches(model: String? = nil, states: [BatchState]) throws(LedgerError) -> [BatchRecord] {
    try read { session in
      try session.batches(ofModel: model, in: states).map { try session.record(of: $0) }
    }
  }
}

extension Session {
  /// - Returns: the model that all of them are of.
  fileprivate func checkFit(_ entries: [Entry]) throws -> String {
    guard let first = entries.first else { throw LedgerError.unfitBatch("it has no requests") }
    for entry in entries {
      guard entry.state == .accepted else {
        throw LedgerError.illegalTransition(entry.id, from: entry.state, to: .scheduled)
      }
      guard entry.rows != nil else { throw LedgerError.unfitBatch("it has a request whose rows are not known yet") }
      guard entry.model == first.model else { throw LedgerError.unfitBatch("it has requests of several models") }
      guard entry.kind == first.kind else { throw LedgerError.unfitBatch("it has rows beside classes") }
    }
    guard Set(entries.map(\.sequence)).count == entries.count else {
      throw LedgerError.unfitBatch("it has a request twice")
    }
    if let model = try model(first.model), model.isPaused { throw LedgerError.modelPaused(first.model) }
    return first.model
  }

  fileprivate func insertBatch(_ entries: [Entry], at now: Timestamp) throws -> Int {
    let number = try insertBatch(of: entries, .scheduled, at: now)
    for entry in entries {
      try move(entry, Move(.scheduled, detail: Details.scheduled(batch: number), batch: number), at: now)
    }
    return number
  }

  /// A new batch in this state; its requests are still to be moved into it.
  func insertBatch(of entries: [Entry], _ state: BatchState, at now: Timestamp) throws -> Int {
    guard let first = entries.first else { throw LedgerError.unfitBatch("it has no requests") }
    try run(
      "INSERT INTO batches (model, kind, state, created_at) VALUES (?, ?, ?, ?)",
      [first.model, first.kind.rawValue, state.rawValue, now.stored])
    let number = Int(insertedKey)
    try audit(
      .batchMade, at: now,
      [
        "batch": JSONValue(number), "model": .string(first.model),
        "requests": .array(entries.map { .string($0.id.text) }),
      ])
    return number
  }

  fileprivate func requireIdle(_ name: String) throws {
    if let model = try model(name), model.isPaused { throw LedgerError.modelPaused(name) }
    if let running = try batches(ofModel: name, in: [.running]).first {
      throw LedgerError.modelBusy(name, batch: running.number)
    }
  }
}
