import Ledger
import Platform
import Requests

extension Bench {
  /// How many rows each version remembers that the data lack.
  func remembered(by versions: ClosedRange<Int>, in data: Relocation = Bench.gone) throws -> [Int] {
    try versions.map { try ledger.rowsRemembered(by: $0, goneFrom: data) }
  }

  static let gone = Relocation(model: "m", fingerprint: "{}", tombstones: [:])

  /// Imports a model whose data have these of a waiting request's rows.
  func importing(_ number: Int, _ id: String, has rows: [Int]) throws {
    let requests = [try Bench.id(id): Bench.found(rows.map(Bench.mark))]
    let data = Relocation(model: "m", fingerprint: "{}", tombstones: [:], requests: requests)
    try importing(number, data)
  }

  @discardableResult
  func importing(_ number: Int, _ data: Relocation) throws -> ImportOutcome {
    try ledger.importVersion(
      ImportedVersion(version: Bench.version(number, parent: nil), trainingData: data), at: now)
  }

  /// What a request selects in changed data.
  static func found(_ marks: [RowMark]) -> Resolution {
    Resolution(rows: RowSet(marks.map(\.row)), marks: marks, trainingRows: trainingRows, maxForgetShare: 1)
  }

  /// Ends a run that found nothing to forget.
  func publishNothing(_ plan: PlannedRun) throws {
    _ = try ledger.publish(
      Publication(
        batch: plan.batch, generation: plan.generation, version: nil,
        endings: plan.requests.map { ending($0, .nothingToForget) }), at: now)
  }
}
