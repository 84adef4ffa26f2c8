/// ids.csv: a header with `row` and `id`, `subject` or both, in any order, and one line for each training row that has
/// one.
enum IdentifierFile {
  static func read(_ file: OpenFile, trainCount: Int) throws(DatasetError) -> Identifiers {
    var scanner = try CSVScanner(file)
    let (names, line) = try CSVHeader.names(&scanner)
    guard let row = names.firstIndex(of: "row") else {
      throw .table(path: file.path, line: line, column: "row", .missingColumn(known: names))
    }
    let id = names.firstIndex(of: "id")
    let subject = names.firstIndex(of: "subject")
    guard id != nil || subject != nil else {
      throw .table(path: file.path, line: line, column: "id", .missingColumn(known: names))
    }
    var owners = OwnerTable()
    var lineOfRow: [Int: Int] = [:]
    var fields = CSVFields()
    while let record = try scanner.next() {
      try split(record, file, columns: names.count, &fields)
      let number = try rowNumber(record, fields, row, file, trainCount)
      if let first = lineOfRow.updateValue(record.line, forKey: number) {
        throw .identifiers(path: file.path, line: record.line, .repeatedRow(row: number, firstLine: first))
      }
      if let id {
        let text = try text(record, fields, id, "id", file)
        try owners.add(id: text, row: number, path: file.path, line: record.line)
      }
      if let subject { owners.add(subject: try text(record, fields, subject, "subject", file), row: number) }
    }
    return owners.identifiers
  }

  private static func split(
    _ record: CSVScanner.Record, _ file: OpenFile, columns: Int, _ fields: inout CSVFields
  ) throws(DatasetError) {
    do throws(DatasetError.TableFault) {
      try fields.split(record.bytes)
      guard fields.fields.count == columns else { throw .fieldCount(found: fields.fields.count, expected: columns) }
    } catch {
      throw .table(path: file.path, line: record.line, column: nil, error)
    }
  }

  private static func rowNumber(
    _ record: CSVScanner.Record, _ fields: CSVFields, _ column: Int, _ file: OpenFile, _ trainCount: Int
  ) throws(DatasetError) -> Int {
    let digits = fields.bytes(column, of: record.bytes)
    guard !digits.isEmpty, digits.count <= 18, digits.allSatisfy({ (0x30...0x39).contains($0) }),
      let row = Int(String(decoding: digits, as: UTF8.self))
    else { throw .identifiers(path: file.path, line: record.line, .badRow) }
    guard row < trainCount else {
      throw .identifiers(path: file.path, line: record.line, .rowPastEnd(row: row, count: trainCount))
    }
    return row
  }

  private static func text(
    _ record: CSVScanner.Record, _ fields: CSVFields, _ column: Int, _ name: String, _ file: OpenFile
  ) throws(DatasetError) -> String {
    guard let text = fields.text(column, of: record.bytes) else {
      throw .table(path: file.path, line: record.line, column: name, .notUTF8)
    }
    return text
  }
}
