package import Platform
import Requests

extension Ledger {
  /// The model's record; made, with a new salt, when it was not known.
  package func ensureModel(_ name: String, at now: Timestamp) throws(LedgerError) -> ModelRecord {
    if let known = try model(name) { return known }
    return try write("note a model") { session in
      try session.ensureModel(name, at: now)
      return try session.existingModel(name)
    }
  }

  package func model(_ name: String) throws(LedgerError) -> ModelRecord? {
    try read { session in try session.model(name) }
  }

  /// In byte order of the names.
  package func models() throws(LedgerError) -> [ModelRecord] {
    try read { session in
      try session.all("SELECT name FROM models ORDER BY name") { try $0.text(0) }.compactMap { try session.model($0) }
    }
  }

  /// Pauses a model, or changes the sentence of a pause that is there.
  /// - Returns: whether it was not paused for this reason before.
  @discardableResult
  package func pause(
    _ model: String, _ reason: PauseReason, detail: String, by uid: UInt32? = nil, at now: Timestamp
  ) throws(LedgerError) -> Bool {
    try write("pause a model") { session in
      let pauses = try session.existingModel(model).pauses
      if pauses.contains(where: { $0.reason == reason }) {
        try session.run(
          "UPDATE pauses SET detail = ? WHERE model = ? AND reason = ?", [detail, model, reason.rawValue])
        return false
      }
      try session.run("INSERT INTO pauses VALUES (?, ?, ?, ?)", [model, reason.rawValue, detail, now.stored])
      try session.auditModel(.paused, model, ["reason": .string(reason.rawValue)], by: uid, at: now)
      return true
    }
  }

  /// Lifts one reason; others stay.
  /// - Returns: whether the model was paused for it.
  @discardableResult
  package func unpause(
    _ model: String, _ reason: PauseReason, by uid: UInt32? = nil, at now: Timestamp
  ) throws(LedgerError) -> Bool {
    try write("unpause a model") { session in
      _ = try session.existingModel(model)
      return try session.unpause(model, reason, by: uid, at: now)
    }
  }

  /// Notes what the data look like: at the first start, and when files were touched without a change of content.
  package func setFingerprint(_ fingerprint: String, of model: String, at now: Timestamp) throws(LedgerError) {
    try write("note the data of a model") { session in
      guard try session.existingModel(model).fingerprint != fingerprint else { return }
      try session.setFingerprint(fingerprint, of: model)
      let digest = SHA256Digest.of(fingerprint).description
      try session.auditModel(.fingerprint, model, ["digest": .string(digest)], by: nil, at: now)
    }
  }

  /// Copied from the configured directory, or served when the ledger before this one was lost.
  package func recordInitialVersion(
    _ version: NewVersion, of model: String, at now: Timestamp
  ) throws(LedgerError) {
    try write("note the first version of a model") { session in
      guard try session.existingModel(model).currentVersion == nil else {
        throw LedgerError.inconsistent("model \(model) has a version already")
      }
      try session.insert(version, of: model, origin: .initial, batch: nil, at: now)
    }
  }

  /// By how much held-out accuracy has fallen over all runs since the model was trained as a whole: since the first version, or
  /// the last import, on the way to the current one. Each run's fall is of its own rows, those of the classes that it kept.
  package func damage(of model: String) throws(LedgerError) -> Double {
    try read { session in
      try session.first(
        """
        WITH RECURSIVE line(parent, origin, fall) AS (
          SELECT parent, origin, heldout_fall FROM versions WHERE model = ?1
              AND number = (SELECT current_version FROM models WHERE name = ?1)
            UNION ALL SELECT v.parent, v.origin, v.heldout_fall FROM versions v JOIN line l
              ON v.model = ?1 AND v.number = l.parent WHERE l.origin = 'run')
        SELECT total(fall) FROM line WHERE origin = 'run'
        """, [model]
      ) { try $0.optionalReal(0) } ?? nil
    } ?? 0
  }

  /// Oldest first.
  package func versions(of model: String) throws(LedgerError) -> [VersionEntry] {
    try read { session in try session.versions(of: model) }
  }
}

// MARK: - What was forgotten, what waits to be

extension Ledger {
  /// Rows of the current data with a tombstone: never in a retain set.
  package func forgottenRows(of model: String) throws(LedgerError) -> RowSet {
    try read { session in try session.tombstonedRows(of: model, [.active, .reopened]) }
  }

  /// Rows of every request that waits (accepted, scheduled, unlearning, held, failed), but those of one batch: not to be
  /// retained either. Of one that lost some of its rows, those that are still there; and where the others were last, which may be
  /// a few rows too many, or beyond the data.
  package func pendingRows(of model: String, excludingBatch batch: Int?) throws(LedgerError) -> RowSet {
    try read { session in
      let waiting = RequestState.allCases.filter(\.isWaiting)
      let entries = try session.entries(ofModel: model, in: waiting).filter { batch == nil || $0.batch != batch }
      return RowSet(
        ranges: try entries.flatMap { try $0.rows?.ranges ?? RowSet(session.marks(of: $0).map(\.row)).ranges })
    }
  }

  /// Rows that a run has to guard, ascending; rows of reopened requests are not among them.
  package func tombstones(of model: String) throws(LedgerError) -> [Tombstone] {
    try read { session in try session.tombstones(of: model) }
  }

  /// Ascending by label.
  package func erasedClasses(of model: String) throws(LedgerError) -> [ErasedClass] {
    try read { session in try session.erasedClasses(of: model) }
  }
}
