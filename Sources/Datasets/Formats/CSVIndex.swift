/// One pass over the files of a split: where each row lies, its label, who it belongs to, and the columns' moments.
struct CSVIndex {
  /// What one pass finds in one file.
  struct Segment: Sendable {
    let file: OpenFile
    let header: CSVHeader
    /// By row of this file: where its record begins, and how many bytes it has.
    var offsets: [Int] = []
    var lengths: [Int32] = []
  }

  private(set) var segments: [Segment] = []
  /// By row: the label's number in `CSVLabels`.
  private(set) var labels: [Int32] = []
  private(set) var moments: [ColumnMoments]
  private(set) var owners = OwnerTable()

  private let columns: DatasetDescription.Columns
  /// nil until the first header has said which they are.
  private(set) var features: [String]?
  private let isTraining: Bool

  init(columns: DatasetDescription.Columns, features: [String]?, isTraining: Bool) {
    self.columns = columns
    self.features = features
    self.isTraining = isTraining
    moments = []
  }

  mutating func add(_ file: OpenFile, _ words: inout CSVLabels) throws(DatasetError) {
    var scanner = try CSVScanner(file)
    let (names, line) = try CSVHeader.names(&scanner)
    if let first = segments.first, first.header.names != names {
      throw .table(path: file.path, line: line, column: nil, .otherHeader(than: first.file.path))
    }
    let header = try CSVHeader(
      names: names, line: line, path: file.path, columns: columns, features: features, needsOwners: isTraining)
    features = header.featureNames
    if moments.isEmpty { moments = header.features.map { _ in ColumnMoments() } }
    var segment = Segment(file: file, header: header)
    var fields = CSVFields()
    while let record = try scanner.next() {
      try split(record, header, file, &fields)
      try addMoments(record, header, file, fields)
      labels.append(try label(record, header, file, fields, &words))
      try addOwners(record, header, file, fields)
      segment.offsets.append(record.offset)
      segment.lengths.append(Int32(record.bytes.count))
      try RowLimit.check(labels.count, path: file.path)
    }
    segments.append(segment)
  }

  private func split(
    _ record: CSVScanner.Record, _ header: CSVHeader, _ file: OpenFile, _ fields: inout CSVFields
  ) throws(DatasetError) {
    do { try fields.split(record.bytes) } catch {
      throw .table(path: file.path, line: record.line, column: nil, error)
    }
    guard fields.fields.count == header.names.count else {
      throw .table(
        path: file.path, line: record.line, column: nil,
        .fieldCount(found: fields.fields.count, expected: header.names.count))
    }
  }

  private mutating func addMoments(
    _ record: CSVScanner.Record, _ header: CSVHeader, _ file: OpenFile, _ fields: CSVFields
  ) throws(DatasetError) {
    for (feature, column) in header.features.enumerated() {
      do throws(DatasetError.TableFault) {
        moments[feature].add(try fields.number(column, of: record.bytes))
      } catch {
        throw .table(path: file.path, line: record.line, column: header.names[column], error)
      }
    }
  }

  private func label(
    _ record: CSVScanner.Record, _ header: CSVHeader, _ file: OpenFile, _ fields: CSVFields, _ words: inout CSVLabels
  ) throws(DatasetError) -> Int32 {
    let column = header.names[header.label]
    guard let text = fields.text(header.label, of: record.bytes) else {
      throw .table(path: file.path, line: record.line, column: column, .notUTF8)
    }
    guard !text.isEmpty else { throw .table(path: file.path, line: record.line, column: column, .emptyCell) }
    return try words.number(of: text, path: file.path, line: record.line)
  }

  private mutating func addOwners(
    _ record: CSVScanner.Record, _ header: CSVHeader, _ file: OpenFile, _ fields: CSVFields
  ) throws(DatasetError) {
    guard isTraining else { return }
    let row = labels.count - 1
    if let column = header.id {
      let text = try owner(column, record, header, file, fields)
      try owners.add(id: text, row: row, path: file.path, line: record.line)
    }
    if let column = header.subject {
      owners.add(subject: try owner(column, record, header, file, fields), row: row)
    }
  }

  private func owner(
    _ column: Int, _ record: CSVScanner.Record, _ header: CSVHeader, _ file: OpenFile, _ fields: CSVFields
  ) throws(DatasetError) -> String {
    guard let text = fields.text(column, of: record.bytes) else {
      throw .table(path: file.path, line: record.line, column: header.names[column], .notUTF8)
    }
    return text
  }
}

/// Mean and deviation of a column in one pass (Welford, 1962): float64, without the cancellation of sums of squares.
struct ColumnMoments {
  private var count = 0.0
  private var mean = 0.0
  private var squares = 0.0

  mutating func add(_ value: Double) {
    count += 1
    let change = value - mean
    mean += change / count
    squares += change * (value - mean)
  }

  /// Mean and population deviation; 1 in place of the deviation of a column that never changes, so that it becomes 0
  /// and not a division by 0.
  var normalization: (mean: Double, deviation: Double) {
    let deviation = count > 0 ? (squares / count).squareRoot() : 0
    return (mean, deviation > 0 && deviation.isFinite ? deviation : 1)
  }
}
