/// One tensor of a safetensors file: its name, element type, shape, and where its bytes lie.
package struct TensorEntry: Sendable, Equatable {
  package let name: String
  package let type: ElementType
  /// Sizes of the dimensions, outermost first; empty for a scalar.
  package let shape: [Int]
  /// Bytes, counted from the start of the data section (`SafetensorsHeader.dataOffset` in the file).
  package let range: Range<Int>

  package init(name: String, type: ElementType, shape: [Int], range: Range<Int>) {
    self.name = name
    self.type = type
    self.shape = shape
    self.range = range
  }

  /// Elements: the product of the shape, 1 for a scalar. It cannot overflow in an entry that `parse` returned.
  package var count: Int { shape.reduce(1, *) }
}

/// The header of a safetensors file, held to every rule of the format.
///
/// A file is 8 bytes (the header's length N, little endian), N bytes of JSON, and the tensors' bytes. The tensors must
/// lie side by side, without hole or overlap, from the first byte after the header to the last of the file. The order
/// of the keys is free, as in the reference implementation; `tensors` is in the order of the bytes.
/// Source: the format description of the safetensors project.
package struct SafetensorsHeader: Sendable, Equatable {
  /// One pair of `__metadata__`.
  package struct Metadata: Sendable, Equatable {
    package let key: String
    package let value: String

    package init(key: String, value: String) {
      self.key = key
      self.value = value
    }
  }

  /// Bytes before the JSON: its length.
  package static let prefixBytes = 8

  /// In the order of their bytes in the file.
  package let tensors: [TensorEntry]
  /// In the order of the header.
  package let metadata: [Metadata]
  /// Where the data section begins in the file: 8 + the header's length.
  package let dataOffset: Int
  /// Bytes of the whole file.
  package let fileSize: Int

  /// The header's length, from a file's first bytes.
  ///
  /// A reader calls this with the first 8 bytes, reads that many more, and hands all of them to `parse`.
  /// - Throws: where the length is not between 2 and `CheckpointLimits.headerBytes`, or past the end of the file.
  package static func length(prefix: [UInt8], fileSize: Int) throws(CheckpointError) -> Int {
    guard prefix.count >= prefixBytes, fileSize >= prefixBytes else {
      throw .header(.truncated(fileSize: fileSize, needed: prefixBytes))
    }
    var length: UInt64 = 0
    for index in (0..<prefixBytes).reversed() { length = length << 8 | UInt64(prefix[index]) }
    guard length <= UInt64(CheckpointLimits.headerBytes) else {
      throw .header(.tooLong(bytes: length, limit: CheckpointLimits.headerBytes))
    }
    guard Int(length) <= fileSize - prefixBytes else {
      throw .header(.truncated(fileSize: fileSize, needed: prefixBytes + Int(length)))
    }
    return Int(length)
  }

  /// Parses and checks a header.
  ///
  /// - Parameter bytes: the file from its first byte, at least to the end of the header; anything after that is not
  ///   looked at.
  /// - Parameter fileSize: bytes of the whole file.
  package static func parse(_ bytes: [UInt8], fileSize: Int) throws(CheckpointError) -> SafetensorsHeader {
    let length = try length(prefix: bytes, fileSize: fileSize)
    guard bytes.count >= prefixBytes + length else {
      throw .header(.truncated(fileSize: bytes.count, needed: prefixBytes + length))
    }
    let json = Array(bytes[prefixBytes..<prefixBytes + length])
    guard json.first == UInt8(ascii: "{") else { throw .header(.notAnObject(first: json.first)) }
    var parser = HeaderParser(json)
    try parser.parse()
    let dataOffset = prefixBytes + length
    let tensors = try contiguous(parser.tensors, dataBytes: fileSize - dataOffset)
    return SafetensorsHeader(
      tensors: tensors, metadata: parser.metadata, dataOffset: dataOffset, fileSize: fileSize)
  }

  /// Reads the header of a file through `read`, which returns exactly the bytes asked for.
  package static func read(
    fileSize: Int, read: (_ range: Range<Int>) throws(CheckpointError) -> [UInt8]
  ) throws(CheckpointError) -> SafetensorsHeader {
    guard fileSize >= prefixBytes else {
      throw .header(.truncated(fileSize: fileSize, needed: prefixBytes))
    }
    let prefix = try read(0..<prefixBytes)
    let length = try length(prefix: prefix, fileSize: fileSize)
    return try parse(prefix + (try read(prefixBytes..<prefixBytes + length)), fileSize: fileSize)
  }

  /// The tensor of that name. A scan: for many lookups make a dictionary.
  package func tensor(_ name: String) -> TensorEntry? { tensors.first { $0.name == name } }

  /// Where a tensor's bytes lie in the file.
  package func fileRange(of tensor: TensorEntry) -> Range<Int> {
    tensor.range.lowerBound + dataOffset..<tensor.range.upperBound + dataOffset
  }

  /// Sorted by their bytes, with neither hole nor overlap, from 0 to `dataBytes`.
  private static func contiguous(
    _ tensors: [TensorEntry], dataBytes: Int
  ) throws(CheckpointError) -> [TensorEntry] {
    let sorted = tensors.enumerated().sorted { left, right in
      (left.element.range.lowerBound, left.element.range.upperBound, left.offset)
        < (right.element.range.lowerBound, right.element.range.upperBound, right.offset)
    }
    var end = 0
    for (_, tensor) in sorted {
      guard tensor.range.lowerBound == end else {
        throw .header(.notContiguous(name: tensor.name, begins: tensor.range.lowerBound, expected: end))
      }
      end = tensor.range.upperBound
    }
    guard end == dataBytes else { throw .header(.dataSize(found: dataBytes, expected: end)) }
    return sorted.map(\.element)
  }
}

/// Walks the JSON of a header once.
private struct HeaderParser {
  private var cursor: JSONCursor
  private(set) var tensors: [TensorEntry] = []
  private(set) var metadata: [SafetensorsHeader.Metadata] = []

  init(_ json: [UInt8]) { cursor = JSONCursor(json) }

  mutating func parse() throws(CheckpointError) {
    var scope = try cursor.beginObject()
    while let name = try cursor.nextKey(&scope) {
      if name == "__metadata__" {
        try parseMetadata()
      } else {
        guard tensors.count < CheckpointLimits.tensors else {
          throw .header(.tooManyTensors(limit: CheckpointLimits.tensors))
        }
        tensors.append(try parseTensor(name))
      }
    }
    try cursor.end()
  }

  private mutating func parseMetadata() throws(CheckpointError) {
    var scope = try cursor.beginObject()
    while let key = try cursor.nextKey(&scope) {
      metadata.append(.init(key: key, value: try cursor.string()))
    }
  }

  private mutating func parseTensor(_ name: String) throws(CheckpointError) -> TensorEntry {
    var scope = try cursor.beginObject()
    var type: ElementType?
    var shape: [Int]?
    var offsets: [Int]?
    while let key = try cursor.nextKey(&scope) {
      switch key {
      case "dtype":
        let word = try cursor.string()
        guard let known = ElementType(rawValue: word) else { throw .header(.unknownType(name: name, word)) }
        type = known
      case "shape": shape = try counts(name, limit: CheckpointLimits.dimensions)
      case "data_offsets": offsets = try counts(name, limit: 2)
      default: throw .header(.unknownKey(name: name, key))
      }
    }
    guard let type, let shape, let offsets, offsets.count == 2 else { throw .header(.incomplete(name: name)) }
    return try Self.entry(name, type, shape, begin: offsets[0], end: offsets[1])
  }

  private mutating func counts(_ name: String, limit: Int) throws(CheckpointError) -> [Int] {
    var scope = try cursor.beginArray()
    var counts: [Int] = []
    while try cursor.nextElement(&scope) {
      guard counts.count < limit else { throw .header(.tooManyNumbers(name: name, limit: limit)) }
      counts.append(try cursor.count())
    }
    return counts
  }

  private static func entry(
    _ name: String, _ type: ElementType, _ shape: [Int], begin: Int, end: Int
  ) throws(CheckpointError) -> TensorEntry {
    guard begin <= end else { throw .header(.backwards(name: name, begins: begin, ends: end)) }
    var count = 1
    for size in shape {
      let (product, overflow) = count.multipliedReportingOverflow(by: size)
      guard !overflow else { throw .header(.overflow(name: name)) }
      count = product
    }
    guard let bytes = type.byteCount(elements: count) else { throw .header(.overflow(name: name)) }
    guard bytes == end - begin else {
      throw .header(.tensorSize(name: name, found: end - begin, expected: bytes))
    }
    return TensorEntry(name: name, type: type, shape: shape, range: begin..<end)
  }
}
