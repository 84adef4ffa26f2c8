import Checkpoints

/// Tensors `x` (N x ...) and `y` (N) in safetensors files.
enum SafetensorsFormat {
  static func open(
    train: [OpenFile], heldout: [OpenFile], normalization: Normalization
  ) throws(DatasetError) -> OpenedSplits {
    let trainParts = try train.map { (file) throws(DatasetError) in try Part(file) }
    let heldoutParts = try heldout.map { (file) throws(DatasetError) in try Part(file) }
    guard let first = trainParts.first else { throw .unfit("the training split names no files") }
    for part in trainParts + heldoutParts where part.shape != first.shape || part.kind != first.kind {
      throw .format(path: part.file.path, .shape(found: part.shape, expected: first.shape))
    }
    let decoder = try SampleDecoder(kind: first.kind, shape: first.shape, normalization: normalization)
    return OpenedSplits(
      train: try rows(trainParts, decoder), heldout: try rows(heldoutParts, decoder),
      contents: Contents(sampleShape: first.shape, normalization: normalization), trainFiles: train,
      heldoutFiles: heldout)
  }

  private static func rows(_ parts: [Part], _ decoder: SampleDecoder) throws(DatasetError) -> BinaryRows {
    var labels: [Int32] = []
    for part in parts {
      labels += try part.labels()
      try RowLimit.check(labels.count, path: part.file.path)
    }
    let segments = parts.map { BinaryRows.Segment(file: $0.file, rows: $0.rows, start: $0.samples) }
    let layout = BinaryRows.Layout(stride: decoder.elements * decoder.kind.bytes, sampleOffset: 0)
    return BinaryRows(segments: segments, layout: layout, labels: labels, decoder: decoder)
  }

  /// One file: where its samples and labels lie.
  private struct Part {
    let file: OpenFile
    let rows: Int
    let shape: [Int]
    let kind: ElementKind
    /// Where the samples begin in the file.
    let samples: Int
    private let labelKind: ElementKind
    private let labelStart: Int

    init(_ file: OpenFile) throws(DatasetError) {
      let path = file.path
      let header = try Self.header(of: file)
      guard let x = header.tensor("x") else { throw .format(path: path, .missingTensor("x")) }
      guard let y = header.tensor("y") else { throw .format(path: path, .missingTensor("y")) }
      guard (2...4).contains(x.shape.count) else {
        throw .format(path: path, .dimensions(found: x.shape.count, expected: "2 to 4 in x (rows first)"))
      }
      guard y.shape.count == 1 else {
        throw .format(path: path, .dimensions(found: y.shape.count, expected: "1 in y"))
      }
      guard x.shape[0] == y.shape[0] else {
        throw .format(path: path, .rowCounts(samples: x.shape[0], labels: y.shape[0]))
      }
      guard x.count > 0 else { throw .format(path: path, .empty) }
      guard x.count / x.shape[0] <= DatasetLimits.sampleElements else { throw .format(path: path, .overflow) }
      self.file = file
      rows = x.shape[0]
      let sample = Array(x.shape.dropFirst())
      shape = sample.count == 2 ? [1] + sample : sample
      kind = try Self.kind(of: x, path)
      labelKind = try Self.kind(of: y, path)
      samples = header.fileRange(of: x).lowerBound
      labelStart = header.fileRange(of: y).lowerBound
    }

    func labels() throws(DatasetError) -> [Int32] {
      try RowLimit.check(rows, path: file.path)
      return try LabelReader(file: file, kind: labelKind, start: labelStart).read(count: rows)
    }

    /// Not through `SafetensorsHeader.read`: its closure speaks of checkpoints' errors, and a read that fails here is
    /// ours.
    private static func header(of file: OpenFile) throws(DatasetError) -> SafetensorsHeader {
      guard file.size >= SafetensorsHeader.prefixBytes else {
        throw .format(path: file.path, .size(found: file.size, expected: SafetensorsHeader.prefixBytes))
      }
      let prefix = try file.read(at: 0, count: SafetensorsHeader.prefixBytes)
      let length: Int
      do { length = try SafetensorsHeader.length(prefix: prefix, fileSize: file.size) } catch {
        throw .format(path: file.path, .header(error.description))
      }
      let bytes = try file.read(at: 0, count: SafetensorsHeader.prefixBytes + length)
      do { return try SafetensorsHeader.parse(bytes, fileSize: file.size) } catch {
        throw .format(path: file.path, .header(error.description))
      }
    }

    private static func kind(of tensor: TensorEntry, _ path: String) throws(DatasetError) -> ElementKind {
      switch tensor.type {
      case .uint8: return .byte
      case .int8: return .int8
      case .int16: return .int16(bigEndian: false)
      case .int32: return .int32(bigEndian: false)
      case .int64: return .int64
      case .float16: return .float16
      case .bfloat16: return .bfloat16
      case .float32: return .float32(bigEndian: false)
      case .float64: return .float64(bigEndian: false)
      default: throw .format(path: path, .tensorType(name: tensor.name, found: tensor.type.rawValue))
      }
    }
  }
}
