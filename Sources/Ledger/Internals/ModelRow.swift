import GRDB
import Platform
import Requests

extension Session {
  func model(_ name: String) throws -> ModelRecord? {
    let pauses = try all("SELECT reason, detail, since FROM pauses WHERE model = ?", [name]) { row in
      Pause(reason: try row.word(0), detail: try row.text(1), since: try row.time(2))
    }
    let ordered = PauseReason.allCases.flatMap { reason in pauses.filter { $0.reason == reason } }
    return try first(
      "SELECT name, salt, current_version, served_version, fingerprint, generation FROM models WHERE name = ?", [name]
    ) { row in
      ModelRecord(
        name: try row.text(0), salt: try row.bytes(1), currentVersion: try row.optionalInteger(2),
        servedVersion: try row.optionalInteger(3), fingerprint: try row.optionalText(4),
        generation: try row.integer(5), pauses: ordered)
    }
  }

  func existingModel(_ name: String) throws -> ModelRecord {
    guard let model = try model(name) else { throw LedgerError.unknownModel(name) }
    return model
  }

  func currentVersion(of model: String) throws -> Int? {
    try integer("SELECT current_version FROM models WHERE name = ?", [model])
  }

  /// Bytes of a model's salt.
  private static let saltBytes = 32

  func ensureModel(_ name: String, at now: Timestamp) throws {
    try run(
      "INSERT INTO models (name, salt) VALUES (?, ?) ON CONFLICT (name) DO NOTHING",
      [name, randomBytes(Session.saltBytes).stored])
    if changedRows > 0 { try auditModel(.modelMade, name, [:], by: nil, at: now) }
  }

  func unpause(_ model: String, _ reason: PauseReason, by uid: UInt32?, at now: Timestamp) throws -> Bool {
    try run("DELETE FROM pauses WHERE model = ? AND reason = ?", [model, reason.rawValue])
    guard changedRows > 0 else { return false }
    try auditModel(.unpaused, model, ["reason": .string(reason.rawValue)], by: uid, at: now)
    return true
  }

  func setFingerprint(_ fingerprint: String, of model: String) throws {
    try run("UPDATE models SET fingerprint = ? WHERE name = ?", [fingerprint, model])
  }

  /// Row numbers or the model are others from now on: what a run brings that began before is void.
  func nextGeneration(of model: String) throws {
    try run("UPDATE models SET generation = generation + 1 WHERE name = ?", [model])
  }

  func auditModel(
    _ kind: AuditKind, _ model: String, _ facts: [String: JSONValue], by uid: UInt32?, at now: Timestamp
  ) throws {
    var members = [JSONValue.Member("model", .string(model))]
    members += facts.sorted { $0.key < $1.key }.map { JSONValue.Member($0.key, $0.value) }
    if let uid { members.append(JSONValue.Member("by", .integer(Int64(uid)))) }
    try audit(kind, at: now, .object(members))
  }
}

// MARK: - Versions

extension Session {
  /// Makes it the current one. The one that is served instead, while a rollback is being replayed, is not replaced by that.
  func insert(
    _ version: NewVersion, of model: String, origin: VersionEntry.Origin, batch: Int?, at now: Timestamp
  ) throws {
    let newest = try integer("SELECT max(number) FROM versions WHERE model = ?", [model]) ?? 0
    guard version.number > newest else {
      throw LedgerError.inconsistent("version \(version.number) of model \(model) is not newer than \(newest)")
    }
    try replaceVersions(
      of: model, but: [try integer("SELECT served_version FROM models WHERE name = ?", [model])], at: now)
    try run(
      "INSERT INTO versions (model, number, origin, parent, batch, record, published_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
      [model, version.number, origin.rawValue, version.parent, batch, version.record.stored, now.stored])
    try run("UPDATE models SET current_version = ? WHERE name = ?", [version.number, model])
    var facts: [String: JSONValue] = [
      "version": JSONValue(version.number), "record": .string(version.record.description),
      "origin": .string(origin.rawValue),
    ]
    facts["batch"] = batch.map { JSONValue($0) }
    facts["parent"] = version.parent.map { JSONValue($0) }
    try auditModel(.versionMade, model, facts, by: nil, at: now)
  }

  /// Notes the end of every version that is neither current nor served any more.
  func replaceVersions(of model: String, but kept: [Int?], at now: Timestamp) throws {
    let kept = kept.compactMap { $0 }.map(String.init).joined(separator: ", ")
    try run(
      "UPDATE versions SET replaced_at = ? WHERE model = ? AND replaced_at IS NULL AND number NOT IN (\(kept))",
      [now.stored, model])
  }

  /// Oldest first.
  func versions(of model: String) throws -> [VersionEntry] {
    try all(
      """
      SELECT v.number, origin, parent, batch, v.record, published_at, replaced_at,
        (SELECT count(DISTINCT coalesce(t.row, -t.key)) FROM tombstones t
          WHERE t.model = v.model AND \(Session.isRemembered(by: "v.number"))),
        (SELECT count(*) FROM versions w WHERE w.model = v.model AND w.number > v.number AND w.replaced_at IS NOT NULL),
        heldout_fall, p.began_at, p.purged_at,
        coalesce((SELECT value FROM meta WHERE key = 'aged:' || v.replaced_at), 0)
        FROM versions v LEFT JOIN purges p ON p.model = v.model AND p.number = v.number
        WHERE v.model = ? ORDER BY v.number
      """, [model]
    ) { row in
      let replacedAt = try row.optionalTime(6)
      let (newer, age) = (try row.integer(8), Duration.nanoseconds(try row.integer(12)))
      return VersionEntry(
        model: model, number: try row.integer(0), origin: try row.word(1), parent: try row.optionalInteger(2),
        batch: try row.optionalInteger(3), record: try row.digest(4), publishedAt: try row.time(5),
        replacement: replacedAt.map { Replacement(at: $0, newer: newer, age: age) },
        rememberedRows: try row.integer(7),
        heldoutFall: try row.optionalReal(9), purgeBeganAt: try row.optionalTime(10),
        purgedAt: try row.optionalTime(11))
    }
  }
}
