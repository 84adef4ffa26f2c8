import GRDB
import Platform
import Requests

/// A batch's row as transitions need it.
struct BatchRow {
  let number: Int
  let model: String
  let kind: RequestKind
  let state: BatchState
  let createdAt: Timestamp
  let failures: Int
  let retryAt: Timestamp?
  let take: Int
  let parentVersion: Int?
  let generation: Int?
  let acceptedRetainCost: Double?
  let heldSteps: Int

  fileprivate static let columns = """
    number, model, kind, state, created_at, failures, retry_at, take, parent_version, generation, accepted_retain_cost,
    held_steps
    """

  fileprivate init(_ row: Row) throws {
    number = try row.integer(0)
    model = try row.text(1)
    kind = try row.word(2)
    state = try row.word(3)
    createdAt = try row.time(4)
    failures = try row.integer(5)
    retryAt = try row.optionalTime(6)
    take = try row.integer(7)
    parentVersion = try row.optionalInteger(8)
    generation = try row.optionalInteger(9)
    acceptedRetainCost = try row.optionalReal(10)
    heldSteps = try row.integer(11)
  }

  func require(_ state: BatchState) throws {
    guard self.state == state else { throw LedgerError.batchNot(state, batch: number, found: self.state) }
  }
}

extension Session {
  func batch(_ number: Int) throws -> BatchRow {
    guard let batch = try batchIfPresent(number) else { throw LedgerError.unknownBatch(number) }
    return batch
  }

  func batchIfPresent(_ number: Int) throws -> BatchRow? {
    try first("SELECT \(BatchRow.columns) FROM batches WHERE number = ?", [number], read: BatchRow.init)
  }

  /// Oldest first.
  func batches(ofModel model: String?, in states: [BatchState]) throws -> [BatchRow] {
    try states.flatMap { state in
      try all(
        "SELECT \(BatchRow.columns) FROM batches WHERE state = ? AND (? IS NULL OR model = ?)",
        [state.rawValue, model, model], read: BatchRow.init)
    }.sorted { $0.number < $1.number }
  }

  func record(of batch: BatchRow) throws -> BatchRecord {
    BatchRecord(
      number: batch.number, model: batch.model, kind: batch.kind, state: batch.state, createdAt: batch.createdAt,
      requests: try entries(ofBatch: batch.number).map(\.id), failures: batch.failures, retryAt: batch.retryAt,
      parentVersion: batch.parentVersion, acceptedRetainCost: batch.acceptedRetainCost)
  }

  func setState(_ state: BatchState, of batch: Int, retryAt: Timestamp? = nil) throws {
    try run("UPDATE batches SET state = ?, retry_at = ? WHERE number = ?", [state.rawValue, retryAt?.stored, batch])
  }

  /// What was saved of its runs is void from now on.
  func startOver(_ batch: Int) throws {
    try run("UPDATE batches SET take = take + 1, held_steps = 0 WHERE number = ?", [batch])
  }

  /// Ends a batch in which no request waits any more.
  /// - Returns: whether it has ended.
  @discardableResult
  func endIfDone(_ batch: Int) throws -> Bool {
    let requests = try entries(ofBatch: batch)
    guard requests.allSatisfy(\.state.isEnded) else { return false }
    try setState(requests.isEmpty ? .discarded : .published, of: batch)
    return true
  }

  /// What a run of the batch has to do. Starts over where the model or its rows are others than those of its last run.
  func plan(_ batch: BatchRow) throws -> PlannedRun {
    guard let model = try model(batch.model), let current = model.currentVersion else {
      throw LedgerError.inconsistent("model \(batch.model) has no version to start from")
    }
    if batch.parentVersion != current || batch.generation != model.generation {
      try startOver(batch.number)
      try run(
        "UPDATE batches SET parent_version = ?, generation = ? WHERE number = ?",
        [current, model.generation, batch.number])
    }
    let now = try self.batch(batch.number)
    return PlannedRun(
      batch: now.number, model: now.model, kind: now.kind, parentVersion: current, generation: model.generation,
      take: now.take, acceptedRetainCost: now.acceptedRetainCost, stepsBefore: now.heldSteps, failures: now.failures,
      requests: try entries(ofBatch: batch.number).filter { $0.state == .unlearning }.map { try plannedRequest($0) })
  }

  private func plannedRequest(_ entry: Entry) throws -> PlannedRun.Request {
    let record = try existingRecord(entry.id)
    return PlannedRun.Request(
      id: entry.id, digest: record.digest, saltedDigest: record.saltedDigest, rows: entry.rows ?? .empty,
      labels: record.labels, onHardness: record.onHardness)
  }
}
