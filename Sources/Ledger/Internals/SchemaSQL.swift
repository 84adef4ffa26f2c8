/// The tables of format 1, and what every later format adds. Times are nanoseconds since 1970 (UTC), sets of rows are `RowSet.text`, digests are 32 bytes.
enum SchemaSQL {
  /// In the file's header (`PRAGMA application_id`), so that no other database is taken for a ledger: "hamu".
  static let applicationID = 0x6861_6d75

  /// From each format to the next, by the older one's number; a new ledger takes the same way.
  ///
  /// 2: what is served while a rollback is being replayed; the requests that are owed until then; how much held-out accuracy
  /// each version's run cost; versions whose directory was removed, or is about to be.
  /// 3: what is kept of a batch for a later look without its rows.
  /// 4: from when to when a model remembered a forgotten row again; tombstones of rows that an import dropped before a run forgot them.
  /// What a receipt said ends with it.
  static let migrations = [
    1: """
    ALTER TABLE models ADD COLUMN served_version INTEGER;
    ALTER TABLE versions ADD COLUMN heldout_fall REAL;
    ALTER TABLE requests ADD COLUMN owed INTEGER NOT NULL DEFAULT 0;
    CREATE INDEX requests_owed ON requests (model) WHERE owed = 1;
    """ + purges,
    2: imprints, 3: tombstones + endedReceipts,
  ]

  static let tables = chain + models + requests + told

  private static let chain = """
    CREATE TABLE meta (key TEXT PRIMARY KEY NOT NULL, value ANY NOT NULL) STRICT;
    CREATE TABLE audit (
      sequence INTEGER PRIMARY KEY,
      at INTEGER NOT NULL,
      kind TEXT NOT NULL,
      payload TEXT NOT NULL,
      previous BLOB NOT NULL,
      hash BLOB NOT NULL
    ) STRICT;

    """

  private static let models = """
    CREATE TABLE models (
      name TEXT PRIMARY KEY NOT NULL,
      salt BLOB NOT NULL,
      current_version INTEGER,
      fingerprint TEXT,
      generation INTEGER NOT NULL DEFAULT 0
    ) STRICT;
    CREATE TABLE pauses (
      model TEXT NOT NULL REFERENCES models,
      reason TEXT NOT NULL,
      detail TEXT NOT NULL,
      since INTEGER NOT NULL,
      PRIMARY KEY (model, reason)
    ) STRICT;
    CREATE TABLE batches (
      number INTEGER PRIMARY KEY AUTOINCREMENT,
      model TEXT NOT NULL REFERENCES models,
      kind TEXT NOT NULL,
      state TEXT NOT NULL,
      created_at INTEGER NOT NULL,
      failures INTEGER NOT NULL DEFAULT 0,
      retry_at INTEGER,
      take INTEGER NOT NULL DEFAULT 0,
      parent_version INTEGER,
      generation INTEGER,
      accepted_retain_cost REAL,
      held_steps INTEGER NOT NULL DEFAULT 0
    ) STRICT;
    CREATE INDEX batches_by_state ON batches (state, model);
    CREATE TABLE versions (
      model TEXT NOT NULL REFERENCES models,
      number INTEGER NOT NULL,
      origin TEXT NOT NULL,
      parent INTEGER,
      batch INTEGER REFERENCES batches,
      record BLOB NOT NULL,
      published_at INTEGER NOT NULL,
      replaced_at INTEGER,
      PRIMARY KEY (model, number)
    ) STRICT;

    """

  /// Format 2: versions whose directory was removed, or is about to be. `record`: the bytes of its hamud.json.
  static let purges = """
    CREATE TABLE purges (
      model TEXT NOT NULL,
      number INTEGER NOT NULL,
      cause TEXT NOT NULL,
      began_at INTEGER NOT NULL,
      purged_at INTEGER,
      record BLOB,
      PRIMARY KEY (model, number),
      FOREIGN KEY (model, number) REFERENCES versions
    ) STRICT;

    """

  /// Format 3: of batches whose rows a published version forgot. `bytes`: as the run gave them.
  static let imprints = """
    CREATE TABLE imprints (
      batch INTEGER PRIMARY KEY REFERENCES batches,
      model TEXT NOT NULL REFERENCES models,
      version INTEGER NOT NULL,
      bytes BLOB NOT NULL
    ) STRICT;

    """

  /// Format 4. `label` and `batch` are of the run that forgot the row. What waited to be forgotten again counts as remembered by every
  /// version, as before; what an import or a rollback had brought back as remembered from then on, until the last import at the latest. Of what a run on a
  /// version that was gone back to found nothing of, those may know that were made before.
  static let tombstones = """
    ALTER TABLE tombstones RENAME TO tombstones_of_format_3;
    CREATE TABLE tombstones (
      key INTEGER PRIMARY KEY AUTOINCREMENT,
      model TEXT NOT NULL REFERENCES models,
      request INTEGER NOT NULL REFERENCES requests,
      row INTEGER,
      label INTEGER,
      kind TEXT NOT NULL,
      batch INTEGER REFERENCES batches,
      version INTEGER NOT NULL,
      content BLOB NOT NULL,
      id BLOB,
      phi REAL,
      status TEXT NOT NULL,
      again_from INTEGER,
      again_until INTEGER
    ) STRICT;
    INSERT INTO tombstones SELECT key, model, request, row, label, kind, batch, version, content, id, phi, status,
      CASE status WHEN 'reopened' THEN 0 END, NULL FROM tombstones_of_format_3;
    DROP TABLE tombstones_of_format_3;
    CREATE TEMP TABLE went_back AS SELECT a.payload ->> '$.model' AS model, a.payload ->> '$.to' AS "to", a.payload,
      1 + (SELECT max(m.payload ->> '$.version') FROM audit m
        WHERE m.kind = 'version_made' AND m.payload ->> '$.model' = a.payload ->> '$.model' AND m.sequence < a.sequence) AS version
      FROM audit a WHERE a.kind = 'rolled_back';
    CREATE TEMP TABLE brought_back AS SELECT a.payload ->> '$.version' AS version, 0 AS "to", r.sequence AS request
      FROM audit a, json_each(a.payload, '$.reopened') e JOIN requests r ON r.id = e.value WHERE a.kind = 'imported'
      UNION ALL SELECT w.version, iif(EXISTS (SELECT 1 FROM versions v WHERE v.model = w.model AND v.number >= w.version
          AND v.origin = 'imported'), 0, w."to"), r.sequence
        FROM went_back w, json_each(w.payload, '$.requests') e JOIN requests r ON r.id = e.value;
    CREATE INDEX temp.brought_back_by_request ON brought_back (request, version);
    UPDATE tombstones SET
      again_from = (SELECT min(b.version) FROM brought_back b WHERE b.request = tombstones.request
        AND tombstones.version < b.version AND tombstones.version > b."to"),
      again_until = (SELECT coalesce(max(number), 0) FROM versions v
        WHERE v.model = tombstones.model AND v.origin = 'imported')
      WHERE status <> 'reopened' AND EXISTS (SELECT 1 FROM brought_back b WHERE b.request = tombstones.request
        AND tombstones.version < b.version AND tombstones.version > b."to");
    UPDATE tombstones SET again_from = version + 1,
      again_until = (SELECT max(w.version) FROM went_back w WHERE w.model = tombstones.model AND w."to" = tombstones.version)
      WHERE status <> 'reopened' AND again_from IS NULL
        AND EXISTS (SELECT 1 FROM went_back w WHERE w.model = tombstones.model AND w."to" = tombstones.version)
        AND NOT EXISTS (SELECT 1 FROM versions v
          WHERE v.model = tombstones.model AND v.number = tombstones.version AND v.batch = tombstones.batch);
    DROP TABLE went_back;
    DROP TABLE brought_back;
    CREATE INDEX tombstones_by_model ON tombstones (model, status, row);
    CREATE INDEX tombstones_by_request ON tombstones (request, row);

    """

  private static let endedReceipts = """
    UPDATE requests SET detail = NULL, evidence = NULL, deadline = NULL, deadline_end = NULL, deadline_warned = NULL
      WHERE receipt_expired = 1;

    """

  /// `state_counts` is kept by triggers, so that no statement can forget it.
  private static let requests = """
    CREATE TABLE requests (
      sequence INTEGER PRIMARY KEY AUTOINCREMENT,
      id TEXT NOT NULL UNIQUE,
      digest BLOB NOT NULL,
      model TEXT NOT NULL REFERENCES models,
      kind TEXT NOT NULL,
      state TEXT NOT NULL,
      reason TEXT,
      detail TEXT,
      submitter INTEGER NOT NULL,
      submitter_name TEXT NOT NULL,
      received_at INTEGER NOT NULL,
      accepted_at INTEGER NOT NULL,
      expected_at INTEGER,
      finished_at INTEGER,
      version INTEGER,
      batch INTEGER REFERENCES batches,
      rows TEXT,
      row_count INTEGER NOT NULL,
      already_forgotten INTEGER NOT NULL,
      labels TEXT NOT NULL,
      deadline TEXT,
      deadline_end INTEGER,
      deadline_warned TEXT,
      priority TEXT NOT NULL,
      on_hardness TEXT,
      evidence TEXT,
      receipt_expired INTEGER NOT NULL DEFAULT 0
    ) STRICT;
    CREATE INDEX requests_by_model ON requests (model, state, sequence);
    CREATE INDEX requests_by_batch ON requests (batch) WHERE batch IS NOT NULL;
    CREATE INDEX requests_by_deadline ON requests (deadline_end) WHERE deadline_end IS NOT NULL;
    CREATE INDEX requests_by_end ON requests (finished_at) WHERE finished_at IS NOT NULL;
    CREATE TABLE state_counts (
      model TEXT NOT NULL,
      state TEXT NOT NULL,
      count INTEGER NOT NULL,
      PRIMARY KEY (model, state)
    ) STRICT;
    CREATE TRIGGER requests_inserted AFTER INSERT ON requests BEGIN
      INSERT INTO state_counts VALUES (new.model, new.state, 1)
        ON CONFLICT (model, state) DO UPDATE SET count = count + 1;
    END;
    CREATE TRIGGER requests_moved AFTER UPDATE OF state ON requests WHEN new.state <> old.state BEGIN
      UPDATE state_counts SET count = count - 1 WHERE model = old.model AND state = old.state;
      INSERT INTO state_counts VALUES (new.model, new.state, 1)
        ON CONFLICT (model, state) DO UPDATE SET count = count + 1;
    END;
    CREATE TABLE manifests (request INTEGER PRIMARY KEY REFERENCES requests, bytes BLOB NOT NULL) STRICT;
    CREATE TABLE marks (request INTEGER PRIMARY KEY REFERENCES requests, bytes BLOB NOT NULL) STRICT;
    CREATE TABLE tombstones (
      key INTEGER PRIMARY KEY AUTOINCREMENT,
      model TEXT NOT NULL REFERENCES models,
      request INTEGER NOT NULL REFERENCES requests,
      row INTEGER,
      label INTEGER NOT NULL,
      kind TEXT NOT NULL,
      batch INTEGER NOT NULL REFERENCES batches,
      version INTEGER NOT NULL,
      content BLOB NOT NULL,
      id BLOB,
      phi REAL,
      status TEXT NOT NULL
    ) STRICT;
    CREATE INDEX tombstones_by_model ON tombstones (model, status, row);
    CREATE INDEX tombstones_by_request ON tombstones (request, row);
    CREATE TABLE submissions (
      uid INTEGER NOT NULL,
      day TEXT NOT NULL,
      requests INTEGER NOT NULL,
      rows INTEGER NOT NULL,
      PRIMARY KEY (uid, day)
    ) STRICT;

    """

  /// What has still to be told: journalled when it was not announced, and written to the receipt in any case.
  private static let told = """
    CREATE TABLE changes (
      serial INTEGER PRIMARY KEY AUTOINCREMENT,
      request INTEGER NOT NULL REFERENCES requests,
      previous TEXT,
      state TEXT NOT NULL,
      reason TEXT,
      batch INTEGER,
      version INTEGER,
      at INTEGER NOT NULL,
      announced INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX changes_by_request ON changes (request, serial);

    """
}
