/// Ids and subjects while they are read; finds what repeats.
struct OwnerTable {
  private var ids: [Int: String] = [:]
  private var rows: [String: Int] = [:]
  private var subjects: [Int: String] = [:]
  /// By id: the line where it stood first.
  private var lines: [String: Int] = [:]

  /// An empty id is none.
  mutating func add(id: String, row: Int, path: String, line: Int) throws(DatasetError) {
    guard !id.isEmpty else { return }
    if let first = lines[id] { throw .identifiers(path: path, line: line, .repeatedID(firstLine: first)) }
    lines[id] = line
    ids[row] = id
    rows[id] = row
  }

  /// An empty subject is none.
  mutating func add(subject: String, row: Int) {
    if !subject.isEmpty { subjects[row] = subject }
  }

  var identifiers: Identifiers { Identifiers(ids: ids, rows: rows, subjects: subjects) }
}
