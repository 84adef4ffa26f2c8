import GRDB
import Platform
import Requests

extension RequestSummary {
  fileprivate static let columns = """
    r.sequence, r.id, r.model, r.kind, r.state, r.reason, r.version, r.batch, r.row_count, r.accepted_at, r.deadline,
    r.priority, r.submitter
    """
  fileprivate static let columnCount = 13

  fileprivate init(_ row: Row) throws {
    self.init(
      sequence: Int64(try row.integer(0)), id: try row.requestID(1), model: try row.text(2), kind: try row.word(3),
      state: try row.word(4), reason: try row.optionalWord(5), version: try row.optionalInteger(6),
      batch: try row.optionalInteger(7), rows: try row.integer(8), acceptedAt: try row.time(9),
      deadline: try row.optionalText(10).map { text in
        guard let deadline = Deadline(text) else { throw LedgerError.damaged("a deadline cannot be read") }
        return deadline
      },
      priority: try row.word(11), submitter: UInt32(truncatingIfNeeded: try row.integer(12)))
  }
}

extension RequestRecord {
  fileprivate static let columns = """
    r.digest, r.detail, r.submitter_name, r.received_at, r.expected_at, r.finished_at, r.already_forgotten, r.labels,
    r.on_hardness, r.evidence, v.record, m.salt
    """

  fileprivate init(_ row: Row) throws {
    let start = RequestSummary.columnCount
    let digest = try row.digest(start)
    self.init(
      summary: try RequestSummary(row), digest: digest,
      saltedDigest: SaltedDigest(digest, salt: try row.bytes(start + 11)), detail: try row.optionalText(start + 1),
      submitterName: try row.text(start + 2), receivedAt: try row.time(start + 3),
      expectedAt: try row.optionalTime(start + 4), finishedAt: try row.optionalTime(start + 5),
      alreadyForgotten: try row.integer(start + 6), labels: try row.labels(start + 7),
      onHardness: try row.optionalWord(start + 8), evidence: try Evidence(stored: try row.optionalText(start + 9)),
      versionRecord: try row.optionalDigest(start + 10))
  }
}

extension Session {
  func record(_ id: RequestID) throws -> RequestRecord? {
    var record = try first(
      """
      SELECT \(RequestSummary.columns), \(RequestRecord.columns) FROM requests r
        JOIN models m ON m.name = r.model
        LEFT JOIN versions v ON v.model = r.model AND v.number = r.version WHERE r.id = ?
      """, [id.text], read: RequestRecord.init)
    if let summary = record?.summary { record?.purged = try purged(for: summary) }
    return record
  }

  func existingRecord(_ id: RequestID) throws -> RequestRecord {
    guard let record = try record(id) else { throw LedgerError.unknownRequest(id) }
    return record
  }

  /// In the order of acceptance.
  func summaries(_ filter: RequestFilter) throws -> [RequestSummary] {
    var conditions = ["TRUE"]
    var arguments: [(any DatabaseValueConvertible)?] = []
    func require(_ condition: String, _ value: (any DatabaseValueConvertible)?) {
      guard let value else { return }
      conditions.append(condition)
      arguments.append(value)
    }
    if let states = filter.states {
      conditions.append("r.state IN (\(states.map { "'\($0.rawValue)'" }.joined(separator: ", ")))")
    }
    require("r.model = ?", filter.model)
    require("r.submitter = ?", filter.submitter.map { Int64($0) })
    require("r.batch = ?", filter.batch)
    require("r.sequence > ?", filter.after)
    return try all(
      """
      SELECT \(RequestSummary.columns) FROM requests r WHERE \(conditions.joined(separator: " AND "))
        ORDER BY r.sequence LIMIT ?
      """, arguments + [filter.limit ?? -1], read: RequestSummary.init)
  }

  /// Waiting ones with a deadline before `moment`, whose warning was not given on `day`.
  func summaries(deadlineBefore moment: Timestamp, notWarnedOn day: String) throws -> [RequestSummary] {
    let waiting = RequestState.allCases.filter(\.isWaiting).map { "'\($0.rawValue)'" }.joined(separator: ", ")
    return try all(
      """
      SELECT \(RequestSummary.columns) FROM requests r WHERE r.deadline_end IS NOT NULL AND r.deadline_end < ?
        AND r.state IN (\(waiting)) AND r.deadline_warned IS NOT ? ORDER BY r.deadline_end, r.sequence
      """, [moment.secondsSinceEpoch, day], read: RequestSummary.init)
  }
}

extension Receipt {
  /// What the ledger knows, as the requester gets it.
  package init(_ record: RequestRecord) {
    let summary = record.summary
    self.init(state: summary.state, request: summary.id.text, reason: summary.reason, detail: record.detail)
    digest = record.digest.description
    submittedBy = record.submitterName
    receivedAt = record.receivedAt.rfc3339()
    acceptedAt = summary.acceptedAt.rfc3339()
    expectedAt = record.expectedAt?.rfc3339()
    finishedAt = record.finishedAt?.rfc3339()
    model = summary.model
    version = summary.version
    batch = summary.batch
    // Neither is known before the model's data were looked at. Whoever waits has a row to wait for, when they are.
    let isResolved = summary.rows + (summary.state.isWaiting ? 0 : record.alreadyForgotten) > 0
    rows = isResolved ? summary.rows : nil
    alreadyForgotten = isResolved ? record.alreadyForgotten : nil
    take(record.evidence)
    self.record = record.versionRecord?.description
    purged = record.purged.map { Receipt.Purge(version: $0.number, at: $0.at.rfc3339()) }
  }
}
