/// Pictures (or plain rows of numbers) and their labels in two IDX files, gzipped or not.
enum IDXFormat {
  /// One split's files, in the order in which their rows are counted.
  struct Files {
    let images: [OpenFile]
    let labels: [OpenFile]

    /// Images and labels in turns, as they are opened and fingerprinted.
    let all: [OpenFile]

    init(_ all: [OpenFile]) {
      self.all = all
      images = all.indices.filter { $0 % 2 == 0 }.map { all[$0] }
      labels = all.indices.filter { $0 % 2 == 1 }.map { all[$0] }
    }
  }

  static func open(
    train: Files, heldout: Files, normalization: Normalization
  ) throws(DatasetError) -> OpenedSplits {
    let trainImages = try images(of: train.images)
    let heldoutImages = try images(of: heldout.images)
    let shape = trainImages.shape
    guard let first = heldoutImages.segments.first else { throw .unfit("the held-out split names no files") }
    guard heldoutImages.shape == shape, heldoutImages.kind == trainImages.kind else {
      throw .format(path: first.file.path, .shape(found: heldoutImages.shape, expected: shape))
    }
    let decoder = try SampleDecoder(kind: trainImages.kind, shape: shape, normalization: normalization)
    return OpenedSplits(
      train: try rows(trainImages, labels: train.labels, decoder),
      heldout: try rows(heldoutImages, labels: heldout.labels, decoder),
      contents: Contents(sampleShape: shape, normalization: normalization), trainFiles: train.all,
      heldoutFiles: heldout.all)
  }

  private struct Images {
    var kind: ElementKind
    var shape: [Int]
    var segments: [BinaryRows.Segment]
  }

  private static func images(of files: [OpenFile]) throws(DatasetError) -> Images {
    var images: Images?
    for file in files {
      let (content, header) = try opened(file)
      guard header.sizes.count >= 2 else {
        throw .format(path: file.path, .dimensions(found: header.sizes.count, expected: "2 to 4 (rows first)"))
      }
      let shape = sampleShape(header)
      var known = images ?? Images(kind: header.kind, shape: shape, segments: [])
      guard known.shape == shape, known.kind == header.kind else {
        throw .format(path: file.path, .shape(found: shape, expected: known.shape))
      }
      known.segments.append(.init(file: content, rows: header.rows, start: header.dataOffset))
      images = known
    }
    guard let images else { throw .unfit("a split names no image files") }
    return images
  }

  private static func rows(
    _ images: Images, labels files: [OpenFile], _ decoder: SampleDecoder
  ) throws(DatasetError) -> BinaryRows {
    var labels: [Int32] = []
    for (segment, file) in zip(images.segments, files) {
      let found = try readLabels(file)
      guard found.count == segment.rows else {
        throw .format(path: file.path, .rowCounts(samples: segment.rows, labels: found.count))
      }
      labels += found
      try RowLimit.check(labels.count, path: file.path)
    }
    let layout = BinaryRows.Layout(stride: decoder.elements * images.kind.bytes, sampleOffset: 0)
    return BinaryRows(segments: images.segments, layout: layout, labels: labels, decoder: decoder)
  }

  private static func readLabels(_ file: OpenFile) throws(DatasetError) -> [Int32] {
    let (content, header) = try opened(file)
    guard header.sizes.count == 1 else {
      throw .format(path: file.path, .dimensions(found: header.sizes.count, expected: "1"))
    }
    try RowLimit.check(header.rows, path: file.path)
    return try LabelReader(file: content, kind: header.kind, start: header.dataOffset).read(count: header.rows)
  }

  /// The file, inflated where it is gzipped, and its header, which its size agrees with.
  private static func opened(_ file: OpenFile) throws(DatasetError) -> (OpenFile, IDXHeader) {
    let content = try GzipFile.isGzip(file) ? inflated(file) : file
    guard content.size >= IDXHeader.prefixBytes else {
      throw .format(path: file.path, .size(found: content.size, expected: IDXHeader.prefixBytes))
    }
    do throws(IDXHeader.Fault) {
      let prefix = try bytes(content, IDXHeader.prefixBytes)
      let header = try IDXHeader(try bytes(content, try IDXHeader.length(prefix: prefix)))
      guard content.size == header.fileBytes else { throw .size(found: content.size, expected: header.fileBytes) }
      return (content, header)
    } catch {
      throw .format(path: file.path, error)
    }
  }

  private static func bytes(_ content: OpenFile, _ count: Int) throws(IDXHeader.Fault) -> [UInt8] {
    guard content.size >= count else { throw .size(found: content.size, expected: count) }
    do { return try content.read(at: 0, count: count) } catch { throw .header(error.description) }
  }

  /// The header says how much may come out of the stream: one byte more and it is refused, so that a small file cannot
  /// take more memory than its own header admits.
  private static func inflated(_ file: OpenFile) throws(DatasetError) -> OpenFile {
    let content = try GzipFile.inflate(file) { (start) throws(IDXHeader.Fault) in
      guard start.count >= IDXHeader.prefixBytes else { return nil }
      guard start.count >= (try IDXHeader.length(prefix: start)) else { return nil }
      return try IDXHeader(start).fileBytes
    }
    return OpenFile(file, inflated: content)
  }

  /// [N, H, W] is one channel; [N, F] a row of numbers; [N, C, H, W] as it is.
  private static func sampleShape(_ header: IDXHeader) -> [Int] {
    let sizes = Array(header.sizes.dropFirst())
    return sizes.count == 2 ? [1] + sizes : sizes
  }
}
