/// Samples of one size, side by side in files.
final class BinaryRows: RowStore {
  /// One file's part of the rows.
  struct Segment: Sendable {
    let file: OpenFile
    let rows: Int
    /// Where the first row begins in the file.
    let start: Int
  }

  /// How a row lies in its file.
  struct Layout: Sendable, Equatable {
    /// From one row to the next, in bytes.
    let stride: Int
    /// Where the sample begins within the row; what lies before it is the label, which then belongs to the content.
    let sampleOffset: Int
  }

  let labels: [Int32]
  private let segments: [Segment]
  private let starts: RowStarts
  private let layout: Layout
  private let decoder: SampleDecoder

  init(segments: [Segment], layout: Layout, labels: [Int32], decoder: SampleDecoder) {
    self.segments = segments
    self.layout = layout
    self.labels = labels
    self.decoder = decoder
    starts = RowStarts(counts: segments.map(\.rows))
  }

  var sampleElements: Int { decoder.elements }

  func decode(
    _ row: Int, into sample: UnsafeMutableBufferPointer<Float>, _ scratch: inout [UInt8]
  ) throws(DatasetError) {
    let (file, offset) = place(of: row)
    try file.read(at: offset + layout.sampleOffset, count: layout.stride - layout.sampleOffset, into: &scratch)
    guard scratch.withUnsafeBytes({ decoder.decode($0, into: sample) }) else {
      throw .format(path: file.path, .notFinite(row: row))
    }
  }

  func content(of row: Int, _ content: inout [UInt8]) throws(DatasetError) {
    let (file, offset) = place(of: row)
    if layout.sampleOffset > 0 {
      return try file.read(at: offset, count: layout.stride, into: &content)
    }
    // The label lies elsewhere: appended as four bytes, so that relabelled rows are other rows.
    var sample: [UInt8] = []
    try file.read(at: offset, count: layout.stride, into: &sample)
    content.removeAll(keepingCapacity: true)
    content += sample
    withUnsafeBytes(of: labels[row].littleEndian) { content += $0 }
  }

  private func place(of row: Int) -> (file: OpenFile, offset: Int) {
    let (file, index) = starts.place(of: row)
    return (segments[file].file, segments[file].start + index * layout.stride)
  }
}
