/// Which column of one file is what.
struct CSVHeader: Sendable, Equatable {
  let names: [String]
  let label: Int
  let id: Int?
  let subject: Int?
  /// In the order of the model's inputs.
  let features: [Int]

  var featureNames: [String] { features.map { names[$0] } }

  /// The column names from a file's first record.
  static func names(_ scanner: inout CSVScanner) throws(DatasetError) -> (names: [String], line: Int) {
    let path = scanner.file.path
    guard let record = try scanner.next() else { throw .table(path: path, line: 1, column: nil, .noHeader) }
    var fields = CSVFields()
    do { try fields.split(record.bytes) } catch {
      throw .table(path: path, line: record.line, column: nil, error)
    }
    guard fields.fields.count <= DatasetLimits.columns else {
      throw .tooMany(what: "columns", path: path, found: fields.fields.count, limit: DatasetLimits.columns)
    }
    var names: [String] = []
    var seen: Set<String> = []
    for index in fields.fields.indices {
      guard let name = fields.text(index, of: record.bytes) else {
        throw .table(path: path, line: record.line, column: nil, .notUTF8)
      }
      guard !name.isEmpty else {
        throw .table(path: path, line: record.line, column: nil, .emptyColumnName(position: index + 1))
      }
      guard seen.insert(name).inserted else {
        throw .table(path: path, line: record.line, column: name, .repeatedColumn)
      }
      names.append(name)
    }
    return (names, record.line)
  }

  /// - Parameters:
  ///   - columns: from the configuration.
  ///   - features: the columns to use, in order; nil: the configuration's, or all that have no other role.
  ///   - needsOwners: whether id and subject must be there (training files), or may be missing (held-out files).
  init(
    names: [String], line: Int, path: String, columns: DatasetDescription.Columns, features: [String]?,
    needsOwners: Bool
  ) throws(DatasetError) {
    // Looked up, not searched for: a table may have thousands of columns, and every one of them is asked for.
    let places = Dictionary(zip(names, names.indices), uniquingKeysWith: { first, _ in first })
    func position(_ name: String) throws(DatasetError) -> Int {
      guard let index = places[name] else {
        throw .table(path: path, line: line, column: name, .missingColumn(known: names))
      }
      return index
    }
    func owner(_ name: String?) throws(DatasetError) -> Int? {
      guard let name else { return nil }
      return needsOwners ? try position(name) : places[name]
    }
    self.names = names
    label = try position(columns.label)
    id = try owner(columns.id)
    subject = try owner(columns.subject)
    let roles = [label, id, subject].compactMap { $0 }
    if let wanted = features ?? columns.features {
      var chosen: [Int] = []
      var seen: Set<Int> = []
      for name in wanted {
        let index = try position(name)
        guard index != label else { throw .table(path: path, line: line, column: name, .featureIsLabel) }
        guard seen.insert(index).inserted else { throw .table(path: path, line: line, column: name, .repeatedColumn) }
        chosen.append(index)
      }
      self.features = chosen
    } else {
      self.features = names.indices.filter { !roles.contains($0) }
    }
    guard !self.features.isEmpty else { throw .table(path: path, line: line, column: nil, .noFeatures) }
  }
}
