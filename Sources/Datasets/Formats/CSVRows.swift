/// The rows of a table: read line by line where the index says they lie, and parsed anew each time, so that memory does
/// not grow with the table beyond twelve bytes a row.
final class CSVRows: RowStore {
  let labels: [Int32]
  private let segments: [CSVIndex.Segment]
  private let starts: RowStarts
  private let normalization: Normalization
  /// By class: what stands for it in a row's content.
  private let labelTexts: [[UInt8]]

  init(segments: [CSVIndex.Segment], labels: [Int32], labelTexts: [String], normalization: Normalization) {
    self.segments = segments
    self.labels = labels
    self.normalization = normalization
    self.labelTexts = labelTexts.map { Array($0.utf8) }
    starts = RowStarts(counts: segments.map(\.offsets.count))
  }

  var sampleElements: Int { segments.first?.header.features.count ?? 0 }

  func decode(
    _ row: Int, into sample: UnsafeMutableBufferPointer<Float>, _ scratch: inout [UInt8]
  ) throws(DatasetError) {
    let path = try forEachFeature(of: row, &scratch) { feature, value in
      let (mean, deviation) = normalization.channel(feature)
      sample[feature] = Float((value - mean) / deviation)
    }
    guard sample.allSatisfy(\.isFinite) else { throw .format(path: path, .notFinite(row: row)) }
  }

  /// The numbers themselves and not their spelling, so that `1`, `1.0` and another order of the columns are the same
  /// row.
  func content(of row: Int, _ content: inout [UInt8]) throws(DatasetError) {
    var scratch: [UInt8] = []
    content.removeAll(keepingCapacity: true)
    try forEachFeature(of: row, &scratch) { _, value in
      // -0 equals 0 and has other bits.
      withUnsafeBytes(of: (value == 0 ? 0 : value).bitPattern.littleEndian) { content += $0 }
    }
    content += labelTexts[Int(labels[row])]
  }

  @discardableResult
  private func forEachFeature(
    of row: Int, _ scratch: inout [UInt8], _ body: (_ feature: Int, _ value: Double) -> Void
  ) throws(DatasetError) -> String {
    let (file, index) = starts.place(of: row)
    let segment = segments[file]
    let path = segment.file.path
    try segment.file.read(at: segment.offsets[index], count: Int(segment.lengths[index]), into: &scratch)
    var fields = CSVFields()
    do throws(DatasetError.TableFault) {
      try fields.split(scratch)
      let expected = segment.header.names.count
      guard fields.fields.count == expected else {
        throw .fieldCount(found: fields.fields.count, expected: expected)
      }
      for (feature, column) in segment.header.features.enumerated() {
        body(feature, try fields.number(column, of: scratch))
      }
    } catch {
      // It was well-formed when the file was opened: whatever is wrong now, the file was rewritten since.
      throw .changed(path: path, row: row)
    }
    return path
  }
}
