package import Platform
package import Requests

// Other data, another model.

extension Ledger {
  /// Every tombstone of the model, also settled ones: to be looked for in other data. Ascending by key.
  package func markedTombstones(of model: String) throws(LedgerError) -> [MarkedTombstone] {
    try read { session in try session.markedTombstones(of: model) }
  }

  /// Waiting requests of rows with their marks, in the order of acceptance. (Those of classes are found by their labels.)
  package func markedRequests(of model: String) throws(LedgerError) -> [MarkedRequest] {
    try read { session in
      try session.all(
        """
        SELECT id, bytes FROM requests JOIN marks ON request = sequence WHERE model = ? AND kind = 'rows'
          ORDER BY sequence
        """, [model]
      ) { MarkedRequest(request: try $0.requestID(0), marks: try [RowMark](stored: try $0.bytes(1))) }
    }
  }

  /// How many rows a version still remembers that have to be forgotten, and that are not in the training data of an incoming model.
  package func rowsRemembered(by version: Int, goneFrom relocation: Relocation) throws(LedgerError) -> Int {
    try read { session in
      let stones = try session.all(
        "SELECT key, content, id FROM tombstones t WHERE model = ?1 AND \(Session.isRemembered(by: "?2"))",
        [relocation.model, version]
      ) { (key: Int64(try $0.integer(0)), sample: [try $0.digest(1), try $0.optionalDigest(2)]) }
      // Several requests may have named one.
      let gone = Set(stones.filter { relocation.tombstones[$0.key] == nil }.map(\.sample)).count
      return try gone + session.rowsDropped(of: relocation.model, after: version)
    }
  }

  /// Takes changed data for the model's data: rows that moved are followed, those that are gone are marked so, waiting
  /// requests get their new rows, saved progress is void, and the pause `data_changed` is lifted.
  /// - Returns: the requests that had lost rows and go on, as those are there again.
  @discardableResult
  package func rematch(_ relocation: Relocation, at now: Timestamp) throws(LedgerError) -> [RequestID] {
    try write("take up changed data") { session in
      let model = try session.existingModel(relocation.model)
      let marked = try session.markedTombstones(of: model.name)
      try session.place(marked, in: relocation)
      for stone in marked {
        let isThere = relocation.tombstones[stone.key] != nil
        if let status = stone.status.afterRematch(isThere: isThere) { try session.setStatus(status, of: stone) }
      }
      let back = try session.takeUp(relocation, at: now)
      let found = marked.count { relocation.tombstones[$0.key] != nil }
      try session.auditModel(
        .rematched, model.name,
        [
          "digest": .string(SHA256Digest.of(relocation.fingerprint).description), "found": JSONValue(found),
          "gone": JSONValue(marked.count - found),
        ], by: nil, at: now)
      return back
    }
  }

  /// Makes a retrained model the current version. Tombstones that are not in its training data are settled; the others'
  /// requests are accepted again. The pause `data_changed` is lifted.
  package func importVersion(_ imported: ImportedVersion, at now: Timestamp) throws(LedgerError) -> ImportOutcome {
    let outcome = try write("bring in a model") { session in
      let relocation = imported.trainingData
      let model = try session.existingModel(relocation.model)
      let marked = try session.markedTombstones(of: model.name)
      try session.forgetDebts(of: model.name)
      try session.insert(imported.version, of: model.name, origin: .imported, batch: nil, at: now)
      try session.place(marked, in: relocation)
      var remembering: Set<RequestID> = []
      for stone in marked {
        let isRemembered = relocation.tombstones[stone.key] != nil
        try session.setRemembered(isRemembered, by: imported.version.number, stone)
        if isRemembered { remembering.insert(stone.request) }
      }
      let buried = try session.buryMissing(in: relocation, forgotten: marked, imported.version.number)
      let reopened = try session.reopen(remembering, detail: Details.reopened, at: now)
      try session.dropIdleImprints(of: model.name)
      let back = try session.takeUp(relocation, at: now)
      let settled = marked.count { relocation.tombstones[$0.key] == nil && $0.status != .settled }
      try session.auditModel(
        .imported, model.name,
        [
          "digest": .string(SHA256Digest.of(relocation.fingerprint).description),
          "version": JSONValue(imported.version.number), "settled": JSONValue(settled), "buried": JSONValue(buried),
          "reopened": .array(reopened.map { .string($0.text) }),
        ], by: nil, at: now)
      return ImportOutcome(settled: settled, reopened: reopened, back: back)
    }
    dropped()
    return outcome
  }
}

extension TombstoneStatus {
  /// Nil where it stays: a reopened one's request has still to be served, wherever its row is.
  fileprivate func afterRematch(isThere: Bool) -> TombstoneStatus? {
    switch self {
    case .active, .gone: isThere ? .active : .gone
    case .settled: isThere ? .active : nil
    case .reopened: nil
    }
  }
}

extension Session {
  /// Sets each tombstone's row to where it is in the new data.
  fileprivate func place(_ marked: [MarkedTombstone], in relocation: Relocation) throws {
    for stone in marked {
      let row = relocation.tombstones[stone.key]
      if row != stone.row { try run("UPDATE tombstones SET row = ? WHERE key = ?", [row, stone.key]) }
      if relocation.disproved.contains(stone.key) {
        try run("UPDATE tombstones SET id = NULL WHERE key = ?", [stone.key])
      }
    }
  }

  fileprivate func setStatus(_ status: TombstoneStatus, of stone: MarkedTombstone) throws {
    if status != stone.status {
      try run("UPDATE tombstones SET status = ? WHERE key = ?", [status.rawValue, stone.key])
    }
  }

  /// By an imported model.
  fileprivate func setRemembered(_ isRemembered: Bool, by version: Int, _ stone: MarkedTombstone) throws {
    if isRemembered {
      try run(
        "UPDATE tombstones SET again_from = coalesce(again_from, ?), again_until = NULL WHERE key = ?",
        [version, stone.key])
    } else if stone.status == .reopened {
      try run("UPDATE tombstones SET again_until = ? WHERE key = ?", [version, stone.key])
    }
    try setStatus(isRemembered ? .reopened : .settled, of: stone)
  }

  /// Accepts served requests again, for those of their rows that the model may remember.
  func reopen(_ ids: Set<RequestID>, detail: String, at now: Timestamp) throws -> [RequestID] {
    let entries = try ids.map { try entry($0) }.filter { $0.state == .forgotten }
    for entry in entries.sorted(by: { $0.sequence < $1.sequence }) {
      let marks = try reopenedMarks(of: entry)
      try move(entry, Move(.accepted, detail: detail), at: now)
      try setRows(RowSet(marks.map(\.row)), alreadyForgotten: 0, of: entry)
      if entry.kind == .rows { try setMarks(marks, of: entry) }
    }
    return entries.sorted { $0.sequence < $1.sequence }.map(\.id)
  }

  /// Of a request's rows that a model remembers again. One that waits since an import may owe others by now than it had: rows that were
  /// not in that import's data came back with the next one.
  private func reopenedMarks(of entry: Entry) throws -> [RowMark] {
    try all(
      """
      SELECT row, content, id FROM tombstones WHERE request = ? AND status = 'reopened' AND row IS NOT NULL ORDER BY row
      """, [entry.sequence]
    ) { RowMark(row: try $0.integer(0), content: try $0.digest(1), id: try $0.optionalDigest(2)) }
  }

  /// Of waiting requests: rows that an incoming model does not know and that nobody has forgotten get a tombstone. Every version before
  /// knows them, and data that have them again must not be trained on. (Of classes there are no marks: what of one is gone cannot be
  /// told. Nor is a copy of what is still there: its tombstone would take the place of the one that waits.)
  /// - Returns: how many.
  fileprivate func buryMissing(
    in relocation: Relocation, forgotten stones: [MarkedTombstone], _ version: Int
  ) throws -> Int {
    let known = Dictionary(grouping: stones, by: \.content)
    let idsNow = Set(relocation.requests.values.flatMap(\.marks).compactMap(\.id))
    var count = 0
    for entry in try entries(ofModel: relocation.model, in: RequestState.allCases.filter(\.isWaiting)) {
      guard let found = relocation.requests[entry.id] else { continue }
      let marks = try first("SELECT bytes FROM marks WHERE request = ?", [entry.sequence]) {
        try [RowMark](stored: try $0.bytes(0))
      }
      let still = StillThere(found.marks, of: marks ?? [])
      for mark in marks ?? [] where !still.contains(mark) {
        if known[mark.content, default: []].contains(where: { $0.isOf(mark, in: entry.id) }) { continue }
        // Followed by an id that another row has now, it would take that one's place.
        let isOthersID = mark.id.map(idsNow.contains) ?? false
        try bury(isOthersID ? mark.withoutID : mark, of: entry, droppedBy: version)
        count += 1
      }
    }
    return count
  }

  /// Of imports after a version, in a ledger of format 3: rows of waiting requests that the imported models did not know and the version
  /// does. Such rows got no tombstone then.
  func rowsDropped(of model: String, after version: Int) throws -> Int {
    try integer(
      """
      SELECT coalesce(sum(payload ->> '$.dropped'), 0) FROM audit WHERE kind = 'imported' AND payload ->> '$.model' = ?
        AND payload ->> '$.version' > ?
      """, [model, version]) ?? 0
  }

  /// Whether row numbers of the model mean something else than at that entry of the audit chain; nil: than ever before. A model that
  /// was imported with the data as they were changes none.
  func hasOtherData(_ model: String, since entry: Int?) throws -> Bool {
    try integer(
      """
      SELECT count(*) FROM (
          SELECT sequence, kind, payload ->> '$.digest' AS digest,
            lag(payload ->> '$.digest') OVER (ORDER BY sequence) AS before
            FROM audit WHERE kind IN ('fingerprint', 'rematched', 'imported') AND payload ->> '$.model' = ?)
        WHERE sequence > ? AND (kind = 'rematched' OR kind = 'imported' AND digest IS NOT before)
      """, [model, entry ?? 0]) != 0
  }

  /// The new data are the model's data from now on: waiting requests, fingerprint, generation, pause.
  /// - Returns: the requests that were held for rows that they had lost, and go on.
  fileprivate func takeUp(_ relocation: Relocation, at now: Timestamp) throws -> [RequestID] {
    var back: [RequestID] = []
    let waiting = try entries(ofModel: relocation.model, in: RequestState.allCases.filter(\.isWaiting))
    let forgotten = try activeRows(of: relocation.model)
    for entry in waiting {
      if let lost = relocation.lost[entry.id] {
        // What it names is followed by the tombstones of those that it rests on.
        if !entry.restsOnOthers { try lose(entry, lost, at: now) }
      } else if let resolution = relocation.requests[entry.id] {
        try relocate(entry, try resolution.adding(reopenedMarks(of: entry)), forgotten, at: now)
        if entry.state == .held, try self.entry(entry.id).state == .accepted { back.append(entry.id) }
      }
    }
    try setFingerprint(relocation.fingerprint, of: relocation.model)
    try nextGeneration(of: relocation.model)
    _ = try unpause(relocation.model, .dataChanged, by: nil, at: now)
    return back
  }

  private func relocate(_ entry: Entry, _ resolution: Resolution, _ forgotten: RowSet, at now: Timestamp) throws {
    try setRows(resolution.rows, alreadyForgotten: 0, of: entry)
    try setMarks(resolution.marks, of: entry)
    let left = try leaveOut(forgotten, of: try self.entry(entry.id))
    guard left.isEmpty else {
      // Held by `lose`: with its rows it goes on as any other, and is asked what `accept` would ask.
      if entry.state == .held, entry.reason == .error, entry.batch == nil {
        try move(entry, Move(.accepted, detail: Details.accepted(rows: left.count)), at: now)
        try settle(try self.entry(entry.id), resolution, at: now)
      }
      return
    }
    let none = resolution.rows.isEmpty ? Details.nothingSelected(version: try currentVersion(of: entry.model)) : nil
    try endAsForgotten(entry, detail: none, at: now)
    if let batch = entry.batch { try endIfDone(batch) }
  }

  /// A request of which rows are not in the data any more, while the model may remember them. Its marks stay, also to keep those of
  /// its rows that are there from being retained.
  private func lose(_ entry: Entry, _ lost: Relocation.Lost, at now: Timestamp) throws {
    try run(
      "UPDATE requests SET rows = NULL, row_count = 0, already_forgotten = 0 WHERE sequence = ?", [entry.sequence])
    try setMarks(lost.marks, of: entry)
    if entry.state == .held { try move(entry, Move(.accepted), at: now) }
    try move(entry, Move(.held, .error, detail: lost.sentence), at: now)
    if let batch = entry.batch {
      try startOver(batch)
      try endIfDone(batch)
    }
  }
}

/// What incoming data have of a request's rows.
private struct StillThere {
  private let contents: Set<SHA256Digest>
  /// Of rows whose contents were changed. Where another of the request's own rows bears an id, ids were given anew.
  private let ids: Set<SHA256Digest>

  init(_ found: [RowMark], of marks: [RowMark]) {
    contents = Set(found.map(\.content))
    let own = Set(marks.map(\.content))
    ids = Set(found.filter { !own.contains($0.content) }.compactMap(\.id))
  }

  func contains(_ mark: RowMark) -> Bool {
    contents.contains(mark.content) || mark.id.map(ids.contains) ?? false
  }
}

extension MarkedTombstone {
  /// Whether it is the tombstone of a request's row, by where the row was last. One that was gone then has its id, or waits again for the
  /// same request.
  fileprivate func isOf(_ mark: RowMark, in request: RequestID) -> Bool {
    guard content == mark.content else { return false }
    if let row { return row == mark.row }
    return id.map { $0 == mark.id } ?? (status == .reopened && self.request == request)
  }
}

extension Resolution {
  /// The same, and these rows; a request of classes has all that it needs in its labels.
  fileprivate func adding(_ more: [RowMark]) -> Resolution {
    let missing = labels.isEmpty ? more.filter { !rows.contains($0.row) } : []
    return Resolution(
      rows: rows.union(RowSet(missing.map(\.row))), labels: labels, marks: marks + missing, trainingRows: trainingRows,
      maxForgetShare: maxForgetShare)
  }
}
