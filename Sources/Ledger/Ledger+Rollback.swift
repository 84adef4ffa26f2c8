package import Platform
package import Requests

/// What going back to a version brings back.
package struct Rollback: Equatable, Sendable {
  /// Where runs started from until now.
  package let from: Int
  package let to: Int
  /// Requests served since, in the order of acceptance: accepted again.
  package let requests: [RequestID]
  /// Rows that the version still remembers.
  package let rows: Int
  /// What is served until the requests were served again; nil where the version itself is served from now on.
  package let servedMeanwhile: Int?
}

extension Ledger {
  /// What `rollBack` would do.
  package func rollbackPlan(of model: String, to version: Int, servesNow: Bool) throws(LedgerError) -> Rollback {
    try read { session in try session.plan(model, to: version, servesNow: servesNow) }
  }

  /// Makes an earlier version the one that runs start from, and accepts every request again that was served since: the
  /// version still remembers their rows. What is served stays as it is until all of them were served again, unless
  /// `servesNow`. Refused where that could not be: across an import, or where a row is no longer in the data.
  ///
  /// That the version is there and whole is the caller's to know.
  package func rollBack(
    _ model: String, to version: Int, servesNow: Bool, by uid: UInt32?, at now: Timestamp
  ) throws(LedgerError) -> Rollback {
    let rollback = try write("roll back a model") { session in
      let plan = try session.plan(model, to: version, servesNow: servesNow)
      try session.reopen(plan, of: model, at: now)
      try session.run(
        "UPDATE models SET current_version = ?, served_version = ? WHERE name = ?",
        [version, plan.servedMeanwhile, model])
      try session.run("UPDATE versions SET replaced_at = NULL WHERE model = ? AND number = ?", [model, version])
      try session.replaceVersions(of: model, but: [version, plan.servedMeanwhile], at: now)
      // A run that began before brings what was made from another version.
      try session.nextGeneration(of: model)
      try session.auditModel(
        .rolledBack, model,
        [
          "from": JSONValue(plan.from), "to": JSONValue(version), "rows": JSONValue(plan.rows),
          "requests": .array(plan.requests.map { .string($0.text) }),
          "served_meanwhile": plan.servedMeanwhile.map { JSONValue($0) } ?? .null,
        ], by: uid, at: now)
      return plan
    }
    dropped()
    return rollback
  }

  /// Requests of the model that were served before and have to be served again, in the order of acceptance.
  package func owedRequests(of model: String) throws(LedgerError) -> [RequestID] {
    try read { session in
      try session.all("SELECT id FROM requests WHERE model = ? AND owed = 1 ORDER BY sequence", [model]) {
        try $0.requestID(0)
      }
    }
  }
}

extension Session {
  fileprivate func plan(_ name: String, to version: Int, servesNow: Bool) throws -> Rollback {
    let model = try existingModel(name)
    let isKnown = try integer("SELECT 1 FROM versions WHERE model = ? AND number = ?", [name, version]) != nil
    guard let current = model.currentVersion, isKnown, version < current else {
      throw LedgerError.cannotRollBack(name, to: version, "there is no such version before the current one")
    }
    guard try integer("SELECT 1 FROM purges WHERE model = ? AND number = ?", [name, version]) == nil else {
      throw LedgerError.cannotRollBack(name, to: version, "it was purged, or is about to be")
    }
    try requireWayBack(to: version, from: current, name)
    let requests = try all(
      """
      SELECT id FROM requests r WHERE model = ?1 AND state <> 'cancelled' AND (
          sequence IN (SELECT request FROM tombstones WHERE model = ?1 AND version > ?2)
          OR state = 'forgotten' AND r.version > ?2 AND EXISTS (SELECT 1 FROM manifests WHERE request = sequence))
        ORDER BY sequence
      """, [name, version]
    ) { try $0.requestID(0) }
    return Rollback(
      from: current, to: version, requests: requests,
      rows: try integer("SELECT count(DISTINCT row) FROM tombstones WHERE model = ? AND version > ?", [name, version])
        ?? 0,
      servedMeanwhile: servesNow || requests.isEmpty || model.serving == version ? nil : model.serving)
  }

  /// Rows that are gone come first, also those that an import settled: what the version remembers of them nobody can forget, by
  /// whichever way it would come back, so no other way is named then. What the current one remembers as well does not come back.
  private func requireWayBack(to version: Int, from current: Int, _ name: String) throws {
    let remembered = "\(Session.isRemembered(by: "?2")) AND NOT \(Session.isRemembered(by: "?3"))"
    let sql = "SELECT count(*) FROM tombstones t WHERE model = ?1 AND row IS NULL AND \(remembered)"
    let gone = try (integer(sql, [name, version, current]) ?? 0) + rowsDropped(of: name, after: version)
    guard gone == 0 else {
      throw LedgerError.cannotRollBack(
        name, to: version,
        "\(gone) of the rows that it still remembers are no longer in the data and could not be forgotten again")
    }
    let imports = "SELECT count(*) FROM versions WHERE model = ? AND number > ? AND number <= ? AND origin = 'imported'"
    guard try integer(imports, [name, version, current]) == 0 else {
      throw LedgerError.cannotRollBack(
        name, to: version, "a retrained model was imported since; `hamuctl import` that version's directory instead")
    }
    guard try isAncestor(version, of: current, name) else {
      throw LedgerError.cannotRollBack(
        name, to: version,
        "version \(current) was not made from it; what was forgotten on the way to the one is not what was on the way to the other"
      )
    }
  }

  private func isAncestor(_ version: Int, of current: Int, _ model: String) throws -> Bool {
    try integer(
      """
      WITH RECURSIVE line(number) AS (
        SELECT ?1 UNION SELECT v.parent FROM versions v JOIN line l ON v.model = ?2 AND v.number = l.number)
      SELECT count(*) FROM line WHERE number = ?3
      """, [current, model, version]) != 0
  }

  /// Those that had rows of their own to forget wait for these again. The others, whose rows were all forgotten before,
  /// are looked up anew: the request that covered them waits again too. Where nobody can, they end with it (`endWithOthers`), which
  /// their count of such rows tells.
  fileprivate func reopen(_ plan: Rollback, of model: String, at now: Timestamp) throws {
    try run(
      """
      UPDATE tombstones SET status = 'reopened', again_until = NULL, again_from = coalesce(again_from,
          (SELECT max(number) + 1 FROM versions v WHERE v.model = tombstones.model))
        WHERE model = ? AND version > ? AND status = 'active'
      """, [model, plan.to])
    try dropImprints(of: model, after: plan.to)
    let detail = Details.rolledBack(to: plan.to)
    let withRows = try all(
      "SELECT DISTINCT r.id FROM tombstones t JOIN requests r ON r.sequence = t.request WHERE t.model = ? AND t.version > ?",
      [model, plan.to]
    ) { try $0.requestID(0) }
    _ = try reopen(Set(withRows), detail: detail, at: now)
    for id in plan.requests {
      let entry = try entry(id)
      if entry.state == .forgotten {
        try move(entry, Move(.accepted, detail: detail), at: now)
        let isCovered = entry.reason == .alreadyForgotten && entry.rows?.isEmpty == true
        try run(
          "UPDATE requests SET rows = NULL, row_count = 0, already_forgotten = ? WHERE sequence = ?",
          [isCovered ? entry.alreadyForgotten : 0, entry.sequence])
      }
      try setOwed(entry)
    }
  }

  func setOwed(_ entry: Entry) throws {
    try run("UPDATE requests SET owed = 1 WHERE sequence = ?", [entry.sequence])
  }

  /// A model that was trained anew owes what its import found, and is served at once.
  func forgetDebts(of model: String) throws {
    try run("UPDATE requests SET owed = 0 WHERE model = ? AND owed = 1", [model])
    try run("UPDATE models SET served_version = NULL WHERE name = ?", [model])
  }

  /// With the last owed request the current version is the one to serve.
  func settleDebt(_ entry: Entry, at now: Timestamp) throws {
    guard entry.isOwed else { return }
    try run("UPDATE requests SET owed = 0 WHERE sequence = ?", [entry.sequence])
    let left = try integer("SELECT count(*) FROM requests WHERE model = ? AND owed = 1", [entry.model]) ?? 0
    guard left == 0, let model = try model(entry.model), let current = model.currentVersion,
      let served = model.servedVersion
    else { return }
    try run("UPDATE models SET served_version = NULL WHERE name = ?", [model.name])
    try replaceVersions(of: model.name, but: [current], at: now)
    try auditModel(
      .replayed, model.name, ["version": JSONValue(current), "replaced": JSONValue(served)], by: nil, at: now)
  }
}
