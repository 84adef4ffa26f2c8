package import Platform
package import Requests

extension Ledger {
  /// Takes a request in, or says why not. In one transaction: the same id with the same content is answered with what is
  /// there; then the limit of waiting requests and the user's quotas; then rows that were forgotten before are left
  /// out, and a request without any other ends at once; one with more than `max_forget_share` of those left, or without a
  /// resolution, is held at once. One that awaits its model is `accepted` without rows, until `resolve`.
  package func accept(_ submission: Submission, quotas: Quotas, at now: Timestamp) throws(LedgerError) -> AcceptOutcome
  {
    try write("accept a request") { session in
      let id = submission.manifest.id
      if let known = try session.record(id) {
        return known.digest == submission.digest ? .existing(known) : .refused(.idTaken(id))
      }
      let (uid, rows) = (submission.countedFor, submission.resolution?.rows.count ?? 0)
      if let refusal = try session.refusal(of: rows, by: uid, quotas, waitingLimit: waitingLimit, at: now) {
        return .refused(refusal)
      }
      try session.count(rows: rows, for: Session.key(uid), now.dateText)
      try session.take(submission, at: now)
      return .accepted(try session.existingRecord(id))
    }
  }

  /// Why a request of so many rows would not be taken from a user now; nil where it would be. What `accept` asks as well, for
  /// whoever wants to know it before the rows cost anything. Counts nothing.
  package func refusal(
    of rows: Int, by uid: UInt32, quotas: Quotas, at now: Timestamp
  ) throws(LedgerError) -> AcceptRefusal? {
    try read { session in try session.refusal(of: rows, by: uid, quotas, waitingLimit: waitingLimit, at: now) }
  }

  /// Until when no further refusal of a user's is noted: theirs of the day have reached `requests_per_day`. Nil while they
  /// may be. Without such an end whoever may drop a file could grow the audit chain as they like.
  package func refusalsSpent(by uid: UInt32?, quotas: Quotas, at now: Timestamp) throws(LedgerError) -> Timestamp? {
    guard quotas.requestsPerDay > 0 else { return nil }
    return try read { session in
      try session.submitted(Session.key(uid), Session.refusals(on: now)).requests < quotas.requestsPerDay
        ? nil : now.endOfDay
    }
  }

  /// Notes in the audit chain that a file was refused, and counts it; nothing else is kept of it.
  /// - Parameters:
  ///   - digest: of its bytes, or of its name where nothing was read.
  ///   - uid: the file's owner, for the chain.
  ///   - user: against whom it counts.
  package func recordRefusal(
    digest: SHA256Digest, reason: Reason, by uid: UInt32?, countedFor user: UInt32?, at now: Timestamp
  ) throws(LedgerError) {
    try write("note a refusal") { session in
      try session.count(rows: 0, for: Session.key(user), Session.refusals(on: now))
      try session.audit(
        .refused, at: now,
        [
          "digest": .string(digest.description), "reason": .string(reason.rawValue),
          "by": uid.map { .integer(Int64($0)) },
        ])
    }
  }

  /// Takes up a request that is held for `no_model` now that its model is back: to `accepted`, or what `accept` would have
  /// made of it.
  /// - Parameter resolution: nil for a request that already has one, or whose rows are looked up later (`resolve`).
  package func readmit(
    _ id: RequestID, resolution: Resolution?, at now: Timestamp
  ) throws(LedgerError) -> RequestRecord {
    try write("take up a held request") { session in
      let entry = try session.entry(id)
      guard entry.state == .held, entry.reason == .noModel else {
        throw LedgerError.notPossible(command: "take up", id, state: entry.state)
      }
      try session.move(entry, Move(.accepted, detail: Details.back), at: now)
      if let resolution {
        try session.store(resolution, of: entry)
        try session.settle(try session.entry(id), resolution, at: now)
      } else if entry.rows != nil {
        let left = try session.leaveOut(try session.activeRows(of: entry.model), of: entry)
        if left.isEmpty { try session.endAsForgotten(try session.entry(id), at: now) }
      }
      return try session.existingRecord(id)
    }
  }
}

extension Session {
  fileprivate func refusal(
    of rows: Int, by uid: UInt32, _ quotas: Quotas, waitingLimit: Int, at now: Timestamp
  ) throws -> AcceptRefusal? {
    let waiting = try waitingRequests()
    if waiting >= waitingLimit { return .tooManyWaiting(waiting: waiting, allowed: waitingLimit) }
    let sent = try submitted(Session.key(uid), now.dateText)
    if quotas.requestsPerDay > 0, sent.requests + 1 > quotas.requestsPerDay {
      return .requestQuota(asked: sent.requests + 1, allowed: quotas.requestsPerDay, comeBackAt: now.endOfDay)
    }
    if quotas.rowsPerDay > 0, sent.rows + rows > quotas.rowsPerDay {
      return .rowQuota(rows: rows, asked: sent.rows + rows, allowed: quotas.rowsPerDay, comeBackAt: now.endOfDay)
    }
    return nil
  }

  /// Whatever the quotas say.
  func take(_ submission: Submission, at now: Timestamp) throws {
    try ensureModel(submission.manifest.model.value, at: now)
    try insert(submission, at: now)
    if submission.resolution != nil || !submission.awaitsModel {
      try settle(try entry(submission.manifest.id), submission.resolution, at: now)
    }
  }

  private func waitingRequests() throws -> Int {
    let states = RequestState.allCases.filter(\.isWaiting).map { "'\($0.rawValue)'" }.joined(separator: ", ")
    return try integer("SELECT total(count) FROM state_counts WHERE state IN (\(states))") ?? 0
  }

  fileprivate func insert(_ submission: Submission, at now: Timestamp) throws {
    let manifest = submission.manifest
    let kind: RequestKind = manifest.selection.isOfClasses ? .classes : .rows
    try run(
      """
      INSERT INTO requests (id, digest, model, kind, state, detail, submitter, submitter_name, received_at, accepted_at,
        rows, row_count, already_forgotten, labels, deadline, deadline_end, priority, on_hardness)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, 0, 0, '', ?, ?, ?, ?)
      """,
      [
        manifest.id.text, submission.digest.stored, manifest.model.value, kind.rawValue,
        RequestState.accepted.rawValue,
        submission.resolution.map { Details.accepted(rows: $0.rows.count) }
          ?? Details.unresolved(model: manifest.model.value),
        Int64(submission.submitter.uid), submission.submitter.name, submission.receivedAt.stored, now.stored,
        manifest.deadline?.text, manifest.deadline?.end, manifest.priority.rawValue, manifest.onHardness?.rawValue,
      ])
    let sequence = insertedKey
    try run("INSERT INTO manifests VALUES (?, ?)", [sequence, submission.bytes.stored])
    let entry = try entry(manifest.id)
    let digest = SaltedDigest(submission.digest, salt: try existingModel(entry.model).salt)
    if let resolution = submission.resolution { try store(resolution, of: entry) }
    try audit(
      .accepted, at: now,
      [
        "request": .string(manifest.id.text), "digest": .string(digest.description),
        "model": .string(manifest.model.value), "kind": .string(kind.rawValue),
        "rows": submission.resolution.map { JSONValue($0.rows.count) },
        "by": .integer(Int64(submission.submitter.uid)),
      ])
    try noteChange(sequence, from: nil, Move(.accepted), at: now)
  }

  /// What an accepted request is beyond that, at once.
  func settle(_ entry: Entry, _ resolution: Resolution?, at now: Timestamp) throws {
    guard let resolution else {
      try move(entry, Move(.held, .noModel, detail: Details.missing(model: entry.model)), at: now)
      return
    }
    let forgotten = try activeRows(of: entry.model)
    let left = try leaveOut(forgotten, of: entry)
    if left.isEmpty {
      try endAsForgotten(entry, at: now)
      return
    }
    let remaining = resolution.trainingRows - forgotten.count
    if Double(left.count) > resolution.maxForgetShare * Double(remaining) {
      let detail = Details.share(
        rows: left.count, left: remaining, share: resolution.maxForgetShare, id: entry.id)
      try move(entry, Move(.held, .maxForgetShare, detail: detail), at: now)
    }
  }
}

extension Session {
  /// Files whose owner is not known are nobody's, and counted together.
  static func key(_ uid: UInt32?) -> Int64 { uid.map(Int64.init) ?? -1 }

  /// Refusals have a count of their own beside the day's, so that what others can make a user be refused for (a second
  /// link to a file of theirs) takes nothing of their quota away. Later than the day itself, earlier than the next one.
  static func refusals(on now: Timestamp) -> String { now.dateText + " refused" }

  func submitted(_ uid: Int64, _ day: String) throws -> (requests: Int, rows: Int) {
    try first("SELECT requests, rows FROM submissions WHERE uid = ? AND day = ?", [uid, day]) {
      (requests: try $0.integer(0), rows: try $0.integer(1))
    } ?? (requests: 0, rows: 0)
  }

  func count(rows: Int, requests: Int = 1, for uid: Int64, _ day: String) throws {
    try run("DELETE FROM submissions WHERE uid = ? AND day < ?", [uid, String(day.prefix(while: { $0 != " " }))])
    try run(
      """
      INSERT INTO submissions VALUES (?, ?, ?, ?)
        ON CONFLICT (uid, day) DO UPDATE SET requests = requests + excluded.requests, rows = rows + excluded.rows
      """, [uid, day, requests, rows])
  }

  /// What the selection stands for, from now on.
  func store(_ resolution: Resolution, of entry: Entry) throws {
    guard !resolution.rows.isEmpty || entry.state != .accepted else {
      throw LedgerError.inconsistent("request \(entry.id) selects no row")
    }
    try setRows(resolution.rows, alreadyForgotten: 0, of: entry)
    try run("UPDATE requests SET labels = ? WHERE sequence = ?", [resolution.labels.stored, entry.sequence])
    try setMarks(resolution.marks, of: entry)
  }

  func marks(of entry: Entry) throws -> [RowMark] {
    try first("SELECT bytes FROM marks WHERE request = ?", [entry.sequence]) { try [RowMark](stored: try $0.bytes(0)) }
      ?? []
  }

  func setMarks(_ marks: [RowMark], of entry: Entry) throws {
    try run("DELETE FROM marks WHERE request = ?", [entry.sequence])
    if !marks.isEmpty { try run("INSERT INTO marks VALUES (?, ?)", [entry.sequence, marks.stored]) }
  }
}
