package import Platform
package import Requests

extension Ledger {
  package func request(_ id: RequestID) throws(LedgerError) -> RequestRecord? {
    try read { session in try session.record(id) }
  }

  /// All that the requester gets back, from the ledger alone.
  package func receipt(for id: RequestID) throws(LedgerError) -> Receipt? {
    try request(id).map { Receipt($0) }
  }

  /// The manifest's bytes; nil once they have expired, or for an unknown id.
  package func manifest(of id: RequestID) throws(LedgerError) -> [UInt8]? {
    try read { session in
      try session.first(
        "SELECT bytes FROM manifests JOIN requests ON request = sequence WHERE id = ?", [id.text]
      ) { try $0.bytes(0) }
    }
  }

  /// The rows that are left to forget, or (forgotten) had to be.
  package func rows(of id: RequestID) throws(LedgerError) -> RowSet {
    try read { session in try session.entry(id).rows ?? .empty }
  }

  /// In the order of acceptance.
  package func requests(_ filter: RequestFilter) throws(LedgerError) -> [RequestSummary] {
    try read { session in try session.summaries(filter) }
  }

  /// How many are in each state; states without any are left out. In the order of `RequestState`.
  package func counts(model: String? = nil) throws(LedgerError) -> [(state: RequestState, count: Int)] {
    try read { session in
      let found = try session.all(
        "SELECT state, sum(count) FROM state_counts WHERE ? IS NULL OR model = ? GROUP BY state", [model, model]
      ) { (state: try $0.word(0, RequestState.self), count: try $0.integer(1)) }
      return RequestState.allCases.compactMap { state in found.first { $0.state == state && $0.count > 0 } }
    }
  }

  /// When the requester may expect an answer; marks the receipts as due. Unknown and settled requests are passed over.
  package func setExpected(_ moment: Timestamp?, for ids: [RequestID]) throws(LedgerError) {
    try write("note when an answer is expected") { session in
      for id in ids {
        try session.run(
          "UPDATE requests SET expected_at = ? WHERE id = ? AND expected_at IS NOT ? AND state NOT IN (\(settled))",
          [moment?.stored, id.text, moment?.stored])
        if session.changedRows > 0 { try session.noteReceiptDue(try session.entry(id)) }
      }
    }
  }
}

private let settled = RequestState.allCases.filter(\.isSettled).map { "'\($0.rawValue)'" }.joined(separator: ", ")

// MARK: - What is still to be told

extension Ledger {
  /// Receipts to be written, in the order of their oldest untold change. What a crash left is here at the next start.
  ///
  /// For each: journal its `changes`, `markAnnounced`, write the receipt, `acknowledgeReceipt`.
  /// - Parameter after: the `first` of the last one that was looked at; nil: from the start.
  package func dueReceipts(limit: Int = 1000, after: Int64? = nil) throws(LedgerError) -> [DueReceipt] {
    try read { session in
      let due = try session.all(
        """
        SELECT request, min(serial), max(serial), id, model FROM changes JOIN requests ON request = sequence
          GROUP BY request HAVING min(serial) > ? ORDER BY min(serial) LIMIT ?
        """, [after ?? .min, limit]
      ) { row in
        (
          try row.integer(0), Int64(try row.integer(1)), Int64(try row.integer(2)), try row.requestID(3),
          try row.text(4)
        )
      }
      return try due.map { sequence, first, through, id, model in
        DueReceipt(request: id, first: first, through: through, changes: try session.untold(sequence, id, model))
      }
    }
  }

  /// Their receipts are to be written again, with nothing new to tell.
  package func noteReceiptsDue(of ids: [RequestID]) throws(LedgerError) {
    if ids.isEmpty { return }
    try write("note that receipts are missing") { session in
      for id in ids { try session.noteReceiptDue(try session.entry(id)) }
    }
  }

  /// The journal has the changes up to and with `serial`.
  package func markAnnounced(_ id: RequestID, through serial: Int64) throws(LedgerError) {
    try write("note that a change was told") { session in
      try session.run(
        "UPDATE changes SET announced = 1 WHERE request = ? AND serial <= ?", [try session.entry(id).sequence, serial])
    }
  }

  /// The receipt on disk shows the request as it was at `serial`. A change that was not announced stays due.
  package func acknowledgeReceipt(of id: RequestID, through serial: Int64) throws(LedgerError) {
    try write("note that a receipt was written") { session in
      try session.run(
        "DELETE FROM changes WHERE request = ? AND serial <= ? AND announced = 1",
        [try session.entry(id).sequence, serial])
    }
  }
}

extension Session {
  fileprivate func untold(_ sequence: Int, _ id: RequestID, _ model: String) throws -> [StateChange] {
    try all(
      """
      SELECT serial, previous, state, reason, batch, version, at FROM changes
        WHERE request = ? AND announced = 0 ORDER BY serial
      """, [sequence]
    ) { row in
      StateChange(
        serial: Int64(try row.integer(0)), request: id, model: model, previous: try row.optionalWord(1),
        state: try row.word(2), reason: try row.optionalWord(3), batch: try row.optionalInteger(4),
        version: try row.optionalInteger(5), at: try row.time(6))
    }
  }
}
