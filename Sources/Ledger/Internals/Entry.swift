import GRDB
import Platform
import Requests

/// A request's row as transitions need it.
struct Entry {
  let sequence: Int64
  let id: RequestID
  let model: String
  let kind: RequestKind
  let state: RequestState
  let reason: Reason?
  let batch: Int?
  /// Left to forget; nil while nobody knows.
  let rows: RowSet?
  let alreadyForgotten: Int
  /// Served before, and accepted again by a rollback or after a restored backup: what it names must be forgotten again
  /// before anything else is served.
  let isOwed: Bool

  /// It ended once without a row of its own, as others had forgotten all of them, and waits again since a rollback, not looked up yet.
  var restsOnOthers: Bool { state == .accepted && rows == nil && alreadyForgotten > 0 }

  fileprivate static let columns = "sequence, id, model, kind, state, reason, batch, rows, already_forgotten, owed"

  fileprivate init(_ row: Row) throws {
    sequence = Int64(try row.integer(0))
    id = try row.requestID(1)
    model = try row.text(2)
    kind = try row.word(3)
    state = try row.word(4)
    reason = try row.optionalWord(5)
    batch = try row.optionalInteger(6)
    rows = try row.rowSet(7)
    alreadyForgotten = try row.integer(8)
    isOwed = try row.integer(9) != 0
  }
}

extension Session {
  func entry(_ id: RequestID) throws -> Entry {
    let sql = "SELECT \(Entry.columns) FROM requests WHERE id = ?"
    guard let entry = try first(sql, [id.text], read: Entry.init) else { throw LedgerError.unknownRequest(id) }
    return entry
  }

  func entry(sequence: Int64) throws -> Entry {
    let sql = "SELECT \(Entry.columns) FROM requests WHERE sequence = ?"
    guard let entry = try first(sql, [sequence], read: Entry.init) else {
      throw LedgerError.damaged("a row points to a request that is not there")
    }
    return entry
  }

  /// In the order of acceptance.
  func entries(ofModel model: String, in states: [RequestState]) throws -> [Entry] {
    try states.flatMap { state in
      try all(
        "SELECT \(Entry.columns) FROM requests WHERE model = ? AND state = ? ORDER BY sequence",
        [model, state.rawValue], read: Entry.init)
    }.sorted { $0.sequence < $1.sequence }
  }

  /// In the order of acceptance.
  func entries(ofBatch batch: Int) throws -> [Entry] {
    try all("SELECT \(Entry.columns) FROM requests WHERE batch = ? ORDER BY sequence", [batch], read: Entry.init)
  }
}

/// A change of state: what the request is like afterwards. What is not named is empty afterwards.
struct Move {
  let state: RequestState
  var reason: Reason?
  var detail: String?
  var batch: Int?
  var version: Int?
  var evidence = Evidence()
  /// Who gave the command.
  var by: UInt32?

  init(_ state: RequestState, _ reason: Reason? = nil, detail: String? = nil, batch: Int? = nil) {
    self.state = state
    self.reason = reason
    self.detail = detail
    self.batch = batch
  }
}

extension Session {
  /// The one way in which a state changes: legal, chained, and to be told.
  func move(_ entry: Entry, _ move: Move, at now: Timestamp) throws {
    // The row is asked again: an entry may have been moved since it was read.
    let before = try self.entry(sequence: entry.sequence)
    let from = before.state
    guard from.canBecome(move.state) else {
      throw LedgerError.illegalTransition(entry.id, from: from, to: move.state)
    }
    try run(
      """
      UPDATE requests SET state = ?, reason = ?, detail = ?, batch = ?, version = ?, evidence = ?, finished_at = ?,
        expected_at = iif(?, NULL, expected_at), receipt_expired = 0
        WHERE sequence = ?
      """,
      [
        move.state.rawValue, move.reason?.rawValue, move.detail, move.batch, move.version, move.evidence.stored,
        move.state.isEnded ? now.stored : nil, move.state == .held || move.state == .accepted, entry.sequence,
      ])
    if move.state.isEnded { try run("DELETE FROM marks WHERE request = ?", [entry.sequence]) }
    if move.state == .forgotten { try closeReopened(of: entry) }
    try audit(
      .moved, at: now,
      [
        "request": .string(entry.id.text), "from": .string(from.rawValue), "to": .string(move.state.rawValue),
        "reason": move.reason.map { .string($0.rawValue) }, "batch": move.batch.map { JSONValue($0) },
        "version": move.version.map { JSONValue($0) }, "by": move.by.map { .integer(Int64($0)) },
      ])
    try noteChange(entry.sequence, from: from, move, at: now)
    if move.state.isEnded { try settleDebt(before, at: now) }
  }

  func noteChange(_ sequence: Int64, from: RequestState?, _ move: Move, at now: Timestamp) throws {
    try run(
      "INSERT INTO changes (request, previous, state, reason, batch, version, at, announced) VALUES (?,?,?,?,?,?,?,0)",
      [
        sequence, from?.rawValue, move.state.rawValue, move.reason?.rawValue, move.batch, move.version, now.stored,
      ])
  }

  /// Marks the receipt as due without a change of state: an entry that has nothing to announce.
  func noteReceiptDue(_ entry: Entry) throws {
    try run(
      "INSERT INTO changes (request, previous, state, at, announced) VALUES (?, ?, ?, 0, 1)",
      [entry.sequence, entry.state.rawValue, entry.state.rawValue])
  }

  func setRows(_ rows: RowSet, alreadyForgotten: Int, of entry: Entry) throws {
    try run(
      "UPDATE requests SET rows = ?, row_count = ?, already_forgotten = ? WHERE sequence = ?",
      [rows.text, rows.count, alreadyForgotten, entry.sequence])
  }

  /// Takes rows that were forgotten meanwhile out of a request.
  /// - Returns: what is left.
  func leaveOut(_ forgotten: RowSet, of entry: Entry) throws -> RowSet {
    guard let rows = entry.rows else { throw LedgerError.inconsistent("request \(entry.id) has no rows yet") }
    let left = rows.subtracting(forgotten)
    let gone = rows.count - left.count
    if gone > 0 { try setRows(left, alreadyForgotten: entry.alreadyForgotten + gone, of: entry) }
    return left
  }

  /// Ends a waiting request that has nothing to forget, by the legal steps from where it is.
  func endAsForgotten(_ entry: Entry, detail: String? = nil, at now: Timestamp) throws {
    let current = try currentVersion(of: entry.model)
    let steps: [RequestState] =
      switch entry.state {
      case .held: [.accepted]
      case .scheduled: [.unlearning]
      case .failed: [.scheduled, .unlearning]
      default: []
      }
    for state in steps { try move(entry, Move(state, batch: state == .accepted ? nil : entry.batch), at: now) }
    var end = Move(.forgotten, .alreadyForgotten, detail: detail ?? Details.alreadyForgotten(version: current))
    end.version = current
    try move(entry, end, at: now)
  }
}
