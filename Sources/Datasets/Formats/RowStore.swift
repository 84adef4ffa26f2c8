/// The rows of one split in some format. Reads are safe from several threads at once.
protocol RowStore: Sendable {
  /// By row.
  var labels: [Int32] { get }
  /// Numbers of one sample.
  var sampleElements: Int { get }

  /// The normalised sample. `scratch` is storage kept between calls.
  func decode(_ row: Int, into sample: UnsafeMutableBufferPointer<Float>, _ scratch: inout [UInt8]) throws(DatasetError)

  /// What makes two rows the same row: the sample's bytes and its label, without id and subject.
  func content(of row: Int, _ content: inout [UInt8]) throws(DatasetError)
}

/// What both splits have in common, found out while they were opened.
struct Contents {
  let sampleShape: [Int]
  var classNames: [String]?
  var features: [String] = []
  let normalization: Normalization
}

/// A data set in some format, before its identifiers are known.
struct OpenedSplits {
  let train: any RowStore
  let heldout: any RowStore
  let contents: Contents
  let trainFiles: [OpenFile]
  let heldoutFiles: [OpenFile]
  /// Of a CSV's own id and subject columns.
  var identifiers: Identifiers = .none
}
