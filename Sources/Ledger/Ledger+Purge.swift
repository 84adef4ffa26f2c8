package import Platform
package import Requests

// Versions that still remember what was forgotten are removed. In two transactions with the removal between them: after a
// crash at any point it is known what has to go, and nothing is said to be gone that is not.

extension Ledger {
  /// Oldest first.
  package func replacedVersions(of model: String) throws(LedgerError) -> [ReplacedVersion] {
    try read { session in
      try session.all(
        """
        SELECT v.number, v.record, v.replaced_at,
          (SELECT count(*) FROM versions w WHERE w.model = v.model AND w.number > v.number AND w.replaced_at IS NOT NULL),
          coalesce((SELECT value FROM meta WHERE key = 'aged:' || v.replaced_at), 0)
          FROM versions v LEFT JOIN purges p ON p.model = v.model AND p.number = v.number
          WHERE v.model = ? AND v.replaced_at IS NOT NULL AND p.number IS NULL ORDER BY v.number
        """, [model]
      ) { row in
        ReplacedVersion(
          number: try row.integer(0), record: try row.digest(1),
          replacement: Replacement(
            at: try row.time(2), newer: try row.integer(3), age: .nanoseconds(try row.integer(4))))
      }
    }
  }

  /// Notes that a replaced version has to go. Nobody may count on it from now on.
  /// - Returns: false when that was known; a purge that waits for readers then waits no more if the cause says so.
  @discardableResult
  package func beginPurge(_ order: PurgeOrder, at now: Timestamp) throws(LedgerError) -> Bool {
    try write("note that a version has to go") { session in
      let replaced = "SELECT count(*) FROM versions WHERE model = ? AND number = ? AND replaced_at IS NOT NULL"
      guard try session.integer(replaced, [order.model, order.number]) == 1 else {
        throw LedgerError.inconsistent("version \(order.number) of model \(order.model) was not replaced")
      }
      try session.run(
        """
        INSERT INTO purges (model, number, cause, began_at, record) VALUES (?, ?, ?, ?, ?)
          ON CONFLICT (model, number) DO NOTHING
        """, [order.model, order.number, order.cause.rawValue, now.stored, order.record?.stored])
      let isNew = session.changedRows > 0
      guard try isNew || session.hurry(order) else { return false }
      let facts: [String: JSONValue] = ["version": JSONValue(order.number), "cause": .string(order.cause.rawValue)]
      try session.auditModel(.purgeBegan, order.model, facts, by: order.by, at: now)
      return isNew
    }
  }

  /// Those that have begun and of which nobody knows that they are over, oldest first.
  package func pendingPurges() throws(LedgerError) -> [PendingPurge] {
    try read { session in
      try session.all(
        "SELECT model, number, cause, began_at FROM purges WHERE purged_at IS NULL ORDER BY began_at, model, number"
      ) { row in
        PendingPurge(
          model: try row.text(0), number: try row.integer(1), cause: try row.word(2), began: try row.time(3))
      }
    }
  }

  /// Notes that no file of the version is left, and marks the receipts of those whose rows it remembered as due. Once: a
  /// second call changes nothing.
  /// - Returns: these requests, in the order of acceptance.
  package func finishPurge(_ number: Int, of model: String, at now: Timestamp) throws(LedgerError) -> [RequestID] {
    try write("note that a version is gone") { session in
      try session.run(
        "UPDATE purges SET purged_at = ? WHERE model = ? AND number = ? AND purged_at IS NULL",
        [now.stored, model, number])
      guard session.changedRows > 0 else { return [] }
      try session.auditModel(.purged, model, ["version": JSONValue(number)], by: nil, at: now)
      let told = try session.all(
        """
        SELECT id FROM requests WHERE model = ? AND state = 'forgotten' AND version > ? AND accepted_at < ?
          AND receipt_expired = 0 ORDER BY sequence
        """, [model, number, now.stored]
      ) { try $0.requestID(0) }
      for id in told { try session.noteReceiptDue(try session.entry(id)) }
      return told
    }
  }

  /// Numbers of the versions that were purged, ascending.
  package func purgedVersions(of model: String) throws(LedgerError) -> [Int] {
    try read { session in
      try session.all(
        "SELECT number FROM purges WHERE model = ? AND purged_at IS NOT NULL ORDER BY number", [model]
      ) { try $0.integer(0) }
    }
  }

  /// The bytes of hamud.json of each version that was purged or is about to be, where they were not damaged.
  package func keptRecords(of model: String) throws(LedgerError) -> [Int: [UInt8]] {
    try read { session in
      let kept = try session.all(
        "SELECT number, record FROM purges WHERE model = ? AND record IS NOT NULL", [model]
      ) { (try $0.integer(0), try $0.bytes(1)) }
      return Dictionary(kept, uniquingKeysWith: { first, _ in first })
    }
  }
}

extension Session {
  /// - Returns: whether a purge that would have waited for readers waits no more.
  fileprivate func hurry(_ order: PurgeOrder) throws -> Bool {
    guard order.cause == .despiteReaders else { return false }
    let cause = order.cause.rawValue
    try run(
      "UPDATE purges SET cause = ? WHERE model = ? AND number = ? AND purged_at IS NULL AND cause <> ?",
      [cause, order.model, order.number, cause])
    return changedRows > 0
  }

  /// What the request's receipt says of older versions. Only those that were there when it was accepted: earlier ones never
  /// concerned it.
  func purged(for request: RequestSummary) throws -> [PurgedVersion] {
    guard request.state == .forgotten, let version = request.version else { return [] }
    return try all(
      "SELECT number, purged_at FROM purges WHERE model = ? AND number < ? AND purged_at > ? ORDER BY number",
      [request.model, version, request.acceptedAt.stored]
    ) { PurgedVersion(number: try $0.integer(0), at: try $0.time(1)) }
  }
}
