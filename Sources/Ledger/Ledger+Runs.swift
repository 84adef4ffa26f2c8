package import Platform
package import Requests

// How runs end.

extension Ledger {
  /// Ends requests of a running batch well; see `Publication`. With a version this is the moment at which it counts: the
  /// version is current, its rows have their tombstones, and accepted requests that have no other rows end too. The
  /// batch is over when none of its requests is left in it.
  /// - Returns: the other requests that ended (`already_forgotten`).
  package func publish(_ publication: Publication, at now: Timestamp) throws(LedgerError) -> [RequestID] {
    try write("publish a version") { session in
      let batch = try session.batch(publication.batch)
      try batch.require(.running)
      let current = try session.checkStillValid(publication, batch)
      if let version = publication.version {
        try session.insert(version, of: batch.model, origin: .run, batch: batch.number, at: now)
        try session.run(
          "UPDATE versions SET heldout_fall = ? WHERE model = ? AND number = ?",
          [publication.heldoutFall, batch.model, version.number])
      }
      let serving = publication.version?.number ?? current
      for ending in publication.endings {
        try session.end(ending, in: batch, version: serving, at: now)
      }
      try session.hold(publication.setAside, apartFrom: batch, at: now)
      if let imprint = publication.imprint {
        try session.keepImprint(imprint, of: batch.number, model: batch.model, version: serving)
      }
      try session.dropIdleImprints(of: batch.model)
      try session.endIfDone(batch.number)
      return try session.endCovered(in: batch.model, at: now)
    }
  }

  /// Holds a running batch: every request that is still in it.
  package func holdBatch(_ hold: BatchHold, at now: Timestamp) throws(LedgerError) {
    try write("hold a batch") { session in
      let batch = try session.batch(hold.batch)
      try batch.require(.running)
      for entry in try session.running(batch) {
        let (reason, detail) = hold.own[entry.id] ?? (hold.reason, hold.detail(entry.id))
        var move = Move(.held, reason, detail: detail, batch: batch.number)
        move.evidence = hold.evidence[entry.id] ?? Evidence()
        try session.move(entry, move, at: now)
      }
      try session.setState(.held, of: batch.number)
      try session.run("UPDATE batches SET failures = 0, held_steps = ? WHERE number = ?", [hold.steps, batch.number])
      if !hold.keepsProgress { try session.startOver(batch.number) }
    }
  }

  /// A running batch failed: it is tried again after 1, 5 and 30 minutes, then held (`retries_spent`).
  /// - Parameter keepsProgress: whether the next try may go on from saved progress.
  package func failBatch(
    _ number: Int, reason: Reason, detail: String, keepsProgress: Bool, at now: Timestamp
  ) throws(LedgerError) -> FailureOutcome {
    try write("note a failure") { session in
      let batch = try session.batch(number)
      try batch.require(.running)
      let failures = batch.failures + 1
      let retryAt = failures <= Ledger.retryDelays.count ? now + Ledger.retryDelays[failures - 1] : nil
      for entry in try session.running(batch) {
        let sentence = retryAt.map { Details.failed(detail, retryAt: $0) } ?? detail
        try session.move(entry, Move(.failed, reason, detail: sentence, batch: number), at: now)
        if retryAt == nil {
          let spent = Details.retriesSpent(detail, tries: failures, id: entry.id)
          try session.move(entry, Move(.held, .retriesSpent, detail: spent, batch: number), at: now)
        }
      }
      try session.setState(retryAt == nil ? .held : .failed, of: number, retryAt: retryAt)
      try session.run("UPDATE batches SET failures = ? WHERE number = ?", [failures, number])
      if !keepsProgress { try session.startOver(number) }
      return retryAt.map(FailureOutcome.retry(at:)) ?? .held
    }
  }

  /// Schedules failed batches whose pause is over. One that is further ahead than any pause lasts was noted before the clock was
  /// set back, and is over too.
  /// - Returns: those batches, oldest first.
  @discardableResult
  package func scheduleDueRetries(at now: Timestamp) throws(LedgerError) -> [Int] {
    // Asked for at every look: without anything due it writes nothing.
    let latest = now + (Ledger.retryDelays.max() ?? .zero)
    func isDue(_ time: Timestamp) -> Bool { time <= now || time > latest }
    guard
      try read({ session in
        try session.batches(ofModel: nil, in: [.failed]).contains { isDue($0.retryAt ?? now) }
      })
    else { return [] }
    return try write("schedule retries") { session in
      let due = try session.batches(ofModel: nil, in: [.failed]).filter { isDue($0.retryAt ?? now) }
      for batch in due { try session.scheduleAgain(batch, .failed, by: nil, at: now) }
      return due.map(\.number)
    }
  }

  /// When the next failed batch is due; nil when none waits.
  package func nextRetry() throws(LedgerError) -> Timestamp? {
    try read { session in try session.batches(ofModel: nil, in: [.failed]).compactMap(\.retryAt).min() }
  }
}

extension Session {
  fileprivate func running(_ batch: BatchRow) throws -> [Entry] {
    try entries(ofBatch: batch.number).filter { $0.state == .unlearning }
  }

  /// Schedules the requests of a held or failed batch that are still in it.
  @discardableResult
  func scheduleAgain(_ batch: BatchRow, _ state: RequestState, by uid: UInt32?, at now: Timestamp) throws -> [RequestID]
  {
    let entries = try entries(ofBatch: batch.number).filter { $0.state == state }
    for entry in entries {
      var move = Move(.scheduled, detail: Details.scheduled(batch: batch.number), batch: batch.number)
      move.by = uid
      try self.move(entry, move, at: now)
    }
    try setState(.scheduled, of: batch.number)
    return entries.map(\.id)
  }

  /// A result counts only for the model and the rows that its run began with.
  /// - Returns: the model's current version.
  fileprivate func checkStillValid(_ publication: Publication, _ batch: BatchRow) throws -> Int {
    guard let model = try model(batch.model), let current = model.currentVersion else {
      throw LedgerError.inconsistent("model \(batch.model) has no version")
    }
    guard publication.generation == model.generation, batch.generation == model.generation,
      batch.parentVersion == current
    else { throw LedgerError.outdatedRun(batch: batch.number, "its model or its data were changed while it ran") }
    if let version = publication.version {
      guard version.parent == current else {
        throw LedgerError.outdatedRun(batch: batch.number, "its version was made from another than the current one")
      }
      let open = try Set(running(batch).map(\.id)).subtracting(publication.endings.map(\.request))
        .subtracting(publication.setAside.map(\.request))
      guard open.isEmpty else { throw LedgerError.inconsistent("a request of the batch has no ending") }
    }
    return current
  }

  fileprivate func end(
    _ ending: Publication.Ending, in batch: BatchRow, version: Int, at now: Timestamp
  ) throws {
    let entry = try entry(ending.request)
    guard entry.batch == batch.number else {
      throw LedgerError.inconsistent("request \(entry.id) is not in batch \(batch.number)")
    }
    guard let rows = entry.rows, RowSet(ending.forgotten.map(\.row)) == rows, rows.count == ending.forgotten.count
    else { throw LedgerError.inconsistent("what was forgotten is not what request \(entry.id) had to forget") }
    for row in ending.forgotten { try bury(row, of: entry, batch: batch.number, version: version) }
    var move = Move(.forgotten, ending.reason, detail: ending.detail, batch: batch.number)
    move.version = version
    move.evidence = ending.evidence
    move.evidence.goingOn = nil
    try self.move(entry, move, at: now)
  }

  /// Requests that a published run went on without wait for a person together, in a batch of their own: theirs was served.
  fileprivate func hold(
    _ requests: [Publication.SetAside], apartFrom batch: BatchRow, at now: Timestamp
  ) throws {
    guard !requests.isEmpty else { return }
    let entries = try requests.map { try entry($0.request) }
    guard entries.allSatisfy({ $0.batch == batch.number }) else {
      throw LedgerError.inconsistent("a request that was set aside is not in batch \(batch.number)")
    }
    let number = try insertBatch(of: entries, .held, at: now)
    for (entry, request) in zip(entries, requests) {
      var move = Move(.held, request.reason, detail: request.detail, batch: number)
      move.evidence = request.evidence
      try self.move(entry, move, at: now)
    }
  }

  /// Takes what is forgotten now out of accepted requests, and ends those that are left with nothing.
  fileprivate func endCovered(in model: String, at now: Timestamp) throws -> [RequestID] {
    let forgotten = try activeRows(of: model)
    var ended: [RequestID] = []
    // Whose rows nobody could look up yet is not covered by anything.
    for entry in try entries(ofModel: model, in: [.accepted]) where entry.rows != nil {
      if try leaveOut(forgotten, of: entry).isEmpty {
        try endAsForgotten(entry, at: now)
        ended.append(entry.id)
      }
    }
    return ended
  }
}
