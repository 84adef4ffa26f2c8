// What is kept of a batch for a later look at versions when its rows are gone from the data. Opaque here: the room that
// unlearns knows what it says.
//
// It is here and not a file of the version that forgot: versions are purged, and this has to outlive them; here it is
// published with the tombstones in one transaction, copied with every backup, and overwritten when it is deleted
// (`secure_delete`). It is no evidence, so the audit chain does not carry it, and a ledger without one is whole.

/// What was kept of one batch.
package struct KeptImprint: Equatable, Sendable {
  package let batch: Int
  /// The version that forgot its rows.
  package let version: Int
  package let bytes: [UInt8]
}

extension Ledger {
  /// Of batches of which a row is not in the training data of an incoming model, oldest first.
  package func imprints(goneFrom relocation: Relocation) throws(LedgerError) -> [KeptImprint] {
    try read { session in
      let stones = try session.all(
        "SELECT batch, key FROM tombstones WHERE model = ? AND status IN ('active', 'gone') AND batch IS NOT NULL",
        [relocation.model]
      ) { (batch: try $0.integer(0), key: Int64(try $0.integer(1))) }
      let gone = Set(stones.filter { relocation.tombstones[$0.key] == nil }.map(\.batch))
      let kept = try session.imprints(
        "SELECT batch, version, bytes FROM imprints WHERE model = ? ORDER BY batch", relocation.model)
      return kept.filter { gone.contains($0.batch) }
    }
  }

  /// Of batches of which a row is gone from the data, oldest first.
  package func imprintsOfGoneRows(of model: String) throws(LedgerError) -> [KeptImprint] {
    try read { session in
      try session.imprints(
        """
        SELECT batch, version, bytes FROM imprints i WHERE model = ? AND EXISTS (
            SELECT 1 FROM tombstones t WHERE t.batch = i.batch AND t.status = 'gone') ORDER BY batch
        """, model)
    }
  }
}

extension Session {
  fileprivate func imprints(_ query: String, _ model: String) throws -> [KeptImprint] {
    try all(query, [model]) {
      KeptImprint(batch: try $0.integer(0), version: try $0.integer(1), bytes: try $0.bytes(2))
    }
  }

  func keepImprint(_ bytes: [UInt8], of batch: Int, model: String, version: Int) throws {
    try run(
      """
      INSERT INTO imprints (batch, model, version, bytes) VALUES (?, ?, ?, ?)
        ON CONFLICT (batch) DO UPDATE SET version = excluded.version, bytes = excluded.bytes
      """, [batch, model, version, bytes.stored])
  }

  /// Taken in versions that were gone back from.
  func dropImprints(of model: String, after version: Int) throws {
    try run("DELETE FROM imprints WHERE model = ? AND version > ?", [model, version])
  }

  /// Of batches whose rows nobody has to hold down any more: all settled by an import, or forgotten anew with another batch.
  func dropIdleImprints(of model: String) throws {
    try run(
      """
      DELETE FROM imprints WHERE model = ? AND NOT EXISTS (
          SELECT 1 FROM tombstones t WHERE t.batch = imprints.batch AND t.status IN ('active', 'gone'))
      """, [model])
  }

  /// What was kept of a batch ends with the last of its requests' receipts.
  func dropImprintsWithoutReceipts() throws {
    try run(
      """
      DELETE FROM imprints WHERE NOT EXISTS (
          SELECT 1 FROM tombstones t JOIN requests r ON r.sequence = t.request
            WHERE t.batch = imprints.batch AND r.receipt_expired = 0)
      """)
  }
}
