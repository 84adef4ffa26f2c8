import GRDB
import Platform
import Requests

extension Session {
  /// Rows of the current data with a tombstone of these kinds.
  func tombstonedRows(of model: String, _ statuses: [TombstoneStatus]) throws -> RowSet {
    let rows = try statuses.flatMap { status in
      try all(
        "SELECT DISTINCT row FROM tombstones WHERE model = ? AND status = ? AND row IS NOT NULL",
        [model, status.rawValue]
      ) { try $0.integer(0) }
    }
    return RowSet(rows)
  }

  /// Of tombstones `t`: that a version remembers the row. Every one before the version that forgot it does, and those since a model came
  /// that knows it again (an import that was trained on it, a version that was gone back to) until one was made without it.
  static func isRemembered(by version: String) -> String {
    """
    (t.version > \(version) OR t.again_from IS NOT NULL AND t.again_from <= \(version)
      AND (t.again_until IS NULL OR t.again_until > \(version)))
    """
  }

  /// Rows that the current model has forgotten: what is left out of requests.
  func activeRows(of model: String) throws -> RowSet { try tombstonedRows(of: model, [.active]) }

  /// Lays a tombstone, or takes up again the one that the same request's row has.
  func bury(_ row: ForgottenRow, of entry: Entry, batch: Int, version: Int) throws {
    let again = try mayRemember(row.row, of: entry, after: version)
    try run("DELETE FROM tombstones WHERE request = ? AND row = ?", [entry.sequence, row.row])
    try run(
      """
      INSERT INTO tombstones (model, request, row, label, kind, batch, version, content, id, phi, status, again_from,
        again_until) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'active', ?, ?)
      """,
      [
        entry.model, entry.sequence, row.row, row.label, entry.kind.rawValue, batch, version, row.mark.content.stored,
        row.mark.id?.stored, row.phi, again?.lowerBound, again?.upperBound,
      ])
  }

  /// A version that never gave a row away may be an earlier one that was gone back to: those that came after it may have been trained
  /// on the row, until one forgot it.
  private func mayRemember(_ row: Int, of entry: Entry, after version: Int) throws -> Range<Int>? {
    let newest = try integer("SELECT max(number) FROM versions WHERE model = ?", [entry.model]) ?? version
    // A stone that says of itself that versions after it know the row says nothing of where that ends.
    let forgetting = try integer(
      """
      SELECT min(version) FROM tombstones WHERE request = ? AND row = ? AND (again_from IS NULL OR again_from > ?)
      """, [entry.sequence, row, newest])
    let end = min(newest + 1, forgetting ?? .max)
    return version + 1 < end ? version + 1..<end : nil
  }

  /// Lays a tombstone for a row that no run has forgotten, and that a retrained model was made without.
  func bury(_ mark: RowMark, of entry: Entry, droppedBy version: Int) throws {
    try run(
      """
      INSERT INTO tombstones (model, request, kind, version, content, id, status) VALUES (?, ?, ?, ?, ?, ?, 'settled')
      """,
      [entry.model, entry.sequence, entry.kind.rawValue, version, mark.content.stored, mark.id?.stored])
  }

  /// Whoever asked for these rows does not any more.
  func exhumeDropped(of entry: Entry) throws {
    if try isDroppedRestedOn(entry) { return }
    try run("DELETE FROM tombstones WHERE request = ? AND batch IS NULL AND status = 'settled'", [entry.sequence])
  }

  /// Rows of others may have been left out as forgotten, or got no tombstone of their own, because an import had dropped them from this
  /// request: where they were there again since, or where others have not ended, or ended after it. The chain tells which came first, as a
  /// clock may be set.
  func isDroppedRestedOn(_ entry: Entry) throws -> Bool {
    let others = "r.model = ?2 AND r.sequence <> ?1 AND r.already_forgotten > 0"
    return try integer(
      """
      WITH stones AS MATERIALIZED (SELECT min(version) AS oldest, max(status <> 'settled' OR again_from IS NOT NULL) AS came_back
          FROM tombstones WHERE request = ?1 AND batch IS NULL),
        dropped AS MATERIALIZED (SELECT coalesce(max(sequence), 0) AS at FROM audit WHERE kind = 'version_made'
          AND payload ->> '$.model' = ?2 AND payload ->> '$.version' = (SELECT oldest FROM stones))
      SELECT 1 FROM stones WHERE oldest IS NOT NULL AND (came_back
        OR EXISTS (SELECT 1 FROM requests r WHERE \(others) AND r.finished_at IS NULL)
        OR EXISTS (SELECT 1 FROM audit WHERE sequence > (SELECT at FROM dropped) AND kind = 'rematched'
          AND payload ->> '$.model' = ?2 AND payload ->> '$.found' > 0)
        OR EXISTS (SELECT 1 FROM audit a CROSS JOIN requests r ON r.id = a.payload ->> '$.request'
          WHERE a.sequence > (SELECT at FROM dropped) AND a.kind = 'moved' AND \(others)))
      """, [entry.sequence, entry.model]) != nil
  }

  /// What a request had forgotten once and ends without, as another's run has forgotten it meanwhile, is forgotten as of that run. Left
  /// reopened it would count as remembered by every version, for ever.
  func closeReopened(of entry: Entry) throws {
    let other = """
      tombstones o WHERE o.model = tombstones.model AND o.status <> 'reopened' AND (o.row = tombstones.row
        OR o.row IS NULL AND tombstones.row IS NULL AND o.content = tombstones.content)
      """
    try run(
      """
      UPDATE tombstones SET (status, batch, version, phi, again_from, again_until) =
          (SELECT o.status, o.batch, o.version, o.phi, o.again_from, o.again_until FROM \(other) ORDER BY o.version DESC, o.key DESC LIMIT 1)
        WHERE request = ? AND status = 'reopened' AND EXISTS (SELECT 1 FROM \(other))
      """, [entry.sequence])
  }

  /// One for each active row, ascending: of several on one row the class's, and of these the newest.
  func tombstones(of model: String) throws -> [Tombstone] {
    let all = try all(
      """
      SELECT row, label, kind, batch, version, phi FROM tombstones
        WHERE model = ? AND status = 'active' ORDER BY row, kind = 'classes' DESC, version DESC, key DESC
      """, [model]
    ) { row in
      Tombstone(
        row: try row.integer(0), label: try row.optionalInteger(1), kind: try row.word(2),
        batch: try row.optionalInteger(3),
        version: try row.integer(4), phi: try row.optionalReal(5))
    }
    return zip(all, [nil] + all.map { Optional($0.row) }).filter { $0.row != $1 }.map(\.0)
  }

  /// Ascending by label.
  func erasedClasses(of model: String) throws -> [ErasedClass] {
    let classes = try all(
      """
      SELECT label, max(version), max(batch) FROM tombstones
        WHERE model = ? AND kind = 'classes' AND status IN ('active', 'gone') GROUP BY label ORDER BY label
      """, [model]
    ) { (label: try $0.integer(0), version: try $0.integer(1), batch: try $0.integer(2)) }
    return try classes.map { erased in
      let rows = try all(
        "SELECT row FROM tombstones WHERE model = ? AND status = 'active' AND label = ?", [model, erased.label]
      ) { try $0.integer(0) }
      return ErasedClass(label: erased.label, batch: erased.batch, version: erased.version, rows: RowSet(rows))
    }
  }

  /// Ascending by key.
  func markedTombstones(of model: String) throws -> [MarkedTombstone] {
    try all(
      """
      SELECT t.key, r.id, t.row, t.content, t.id, t.status FROM tombstones t JOIN requests r ON r.sequence = t.request
        WHERE t.model = ? ORDER BY t.key
      """, [model]
    ) { row in
      MarkedTombstone(
        key: Int64(try row.integer(0)), request: try row.requestID(1), row: try row.optionalInteger(2),
        content: try row.digest(3), id: try row.optionalDigest(4), status: try row.word(5))
    }
  }
}
