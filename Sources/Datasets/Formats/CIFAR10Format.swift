/// CIFAR-10's binary version: rows of one label byte and 3 x 32 x 32 bytes, red, green, blue. Source: the data set's
/// page, "Binary version"; Krizhevsky, "Learning Multiple Layers of Features from Tiny Images" (2009).
enum CIFAR10Format {
  private static let shape = [3, 32, 32]
  private static let rowBytes = 3073
  private static let classes = classNames.count
  /// What the ten labels mean, in every copy of this data set (`batches.meta.txt`).
  private static let classNames = [
    "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck",
  ]
  /// Rows that are read at once for their labels.
  private static let rowsAtOnce = 256

  static func open(
    train: [OpenFile], heldout: [OpenFile], normalization: Normalization
  ) throws(DatasetError) -> OpenedSplits {
    let decoder = try SampleDecoder(kind: .byte, shape: shape, normalization: normalization)
    let trainRows = try rows(of: train, decoder)
    let heldoutRows = try rows(of: heldout, decoder)
    let largest = max(trainRows.labels.max() ?? 0, heldoutRows.labels.max() ?? 0)
    let names = Array(classNames.prefix(1 + Int(largest)))
    return OpenedSplits(
      train: trainRows, heldout: heldoutRows,
      contents: Contents(sampleShape: shape, classNames: names, normalization: normalization), trainFiles: train,
      heldoutFiles: heldout)
  }

  private static func rows(of files: [OpenFile], _ decoder: SampleDecoder) throws(DatasetError) -> BinaryRows {
    var segments: [BinaryRows.Segment] = []
    var labels: [Int32] = []
    for file in files {
      guard file.size > 0 else { throw .format(path: file.path, .empty) }
      guard file.size % rowBytes == 0 else {
        throw .format(path: file.path, .partialRow(size: file.size, rowBytes: rowBytes))
      }
      segments.append(.init(file: file, rows: file.size / rowBytes, start: 0))
      try RowLimit.check(labels.count + file.size / rowBytes, path: file.path)
      try appendLabels(of: file, to: &labels)
    }
    return BinaryRows(
      segments: segments, layout: .init(stride: rowBytes, sampleOffset: 1), labels: labels, decoder: decoder)
  }

  private static func appendLabels(of file: OpenFile, to labels: inout [Int32]) throws(DatasetError) {
    try file.forEachChunk(chunk: rowsAtOnce * rowBytes) { (offset, bytes) throws(DatasetError) in
      for start in stride(from: 0, to: bytes.count, by: rowBytes) {
        guard bytes[start] < classes else {
          throw .format(
            path: file.path, .label(row: (offset + start) / rowBytes, found: Int(bytes[start]), classes: classes))
        }
        labels.append(Int32(bytes[start]))
      }
    }
  }
}

/// The bound on rows, in one place.
enum RowLimit {
  static func check(_ rows: Int, path: String) throws(DatasetError) {
    guard rows <= DatasetLimits.rows else {
      throw .tooMany(what: "rows", path: path, found: rows, limit: DatasetLimits.rows)
    }
  }
}
