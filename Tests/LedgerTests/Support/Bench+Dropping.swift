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
    let found = Resolution(
      rows: RowSet(rows), marks: rows.map(Bench.mark), trainingRows: Bench.trainingRows, maxForgetShare: 1)
    let data = Relocation(model: "m", fingerprint: "{}", tombstones: [:], requests: [try Bench.id(id): found])
    try importing(number, data)
  }

  @discardableResult
  func importing(_ number: Int, _ data: Relocation) throws -> ImportOutcome {
    try ledger.importVersion(
      ImportedVersion(version: Bench.version(number, parent: nil), trainingData: data), at: now)
  }
}
