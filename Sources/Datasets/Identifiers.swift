/// Who the training rows belong to: an id for a row, a subject for many rows.
///
/// Ids are compared as Swift compares strings, by Unicode's canonical equivalence: two spellings of one accented letter
/// are the same id, so a request written on another system finds its row.
package struct Identifiers: Sendable {
  private let idByRow: [Int: String]
  private let rowByID: [String: Int]
  private let subjectByRow: [Int: String]
  private let rowsBySubject: [String: [Int]]

  /// No row has an id or a subject.
  package static let none = Identifiers(ids: [:], rows: [:], subjects: [:])

  init(ids: [Int: String], rows: [String: Int], subjects: [Int: String]) {
    idByRow = ids
    rowByID = rows
    subjectByRow = subjects
    var bySubject: [String: [Int]] = [:]
    for (row, subject) in subjects { bySubject[subject, default: []].append(row) }
    rowsBySubject = bySubject.mapValues { $0.sorted() }
  }

  package var hasIDs: Bool { !idByRow.isEmpty }
  package var hasSubjects: Bool { !rowsBySubject.isEmpty }
  package var subjectCount: Int { rowsBySubject.count }

  package func row(ofID id: String) -> Int? { rowByID[id] }
  /// Ascending; none for an unknown subject.
  package func rows(ofSubject subject: String) -> [Int] { rowsBySubject[subject] ?? [] }
  package func id(ofRow row: Int) -> String? { idByRow[row] }
  package func subject(ofRow row: Int) -> String? { subjectByRow[row] }

  /// The salted digest of a row's id; nil where it has none.
  package func idDigest(ofRow row: Int, salt: [UInt8]) -> RowDigest? {
    idByRow[row].map { RowDigester(salt: salt).digest(id: $0) }
  }
}
