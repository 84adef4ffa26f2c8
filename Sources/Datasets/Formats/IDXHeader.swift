/// The header of an IDX file: two zero bytes, the element type, the number of dimensions, and each dimension's size as
/// a big-endian 32-bit number. Source: LeCun, Cortes, Burges, "The MNIST database of handwritten digits".
struct IDXHeader: Sendable, Equatable {
  /// Bytes up to the sizes of the dimensions.
  static let prefixBytes = 4
  /// Enough for a batch of pictures with channels.
  private static let dimensionLimit = 4

  let kind: ElementKind
  /// Outermost first: the number of rows, then the sample.
  let sizes: [Int]

  /// Where the elements begin.
  var dataOffset: Int { Self.prefixBytes + 4 * sizes.count }
  var rows: Int { sizes[0] }
  /// Numbers of one row.
  var rowElements: Int { sizes.dropFirst().reduce(1, *) }
  /// Bytes of the whole file.
  var fileBytes: Int { dataOffset + rows * rowElements * kind.bytes }

  /// Bytes of a header, from its first four.
  static func length(prefix: [UInt8]) throws(Fault) -> Int {
    guard prefix.count >= prefixBytes, prefix[0] == 0, prefix[1] == 0 else {
      throw .magic(found: Array(prefix.prefix(4)))
    }
    let dimensions = Int(prefix[3])
    guard (1...dimensionLimit).contains(dimensions) else {
      throw .dimensions(found: dimensions, expected: "1 to \(dimensionLimit)")
    }
    return prefixBytes + 4 * dimensions
  }

  /// - Parameter bytes: as many as `length(prefix:)` says, at least.
  init(_ bytes: [UInt8]) throws(Fault) {
    let length = try Self.length(prefix: bytes)
    guard bytes.count >= length else { throw .size(found: bytes.count, expected: length) }
    switch bytes[2] {
    case 0x08: kind = .byte
    case 0x09: kind = .int8
    case 0x0B: kind = .int16(bigEndian: true)
    case 0x0C: kind = .int32(bigEndian: true)
    case 0x0D: kind = .float32(bigEndian: true)
    case 0x0E: kind = .float64(bigEndian: true)
    default: throw .elementType(found: bytes[2])
    }
    sizes = stride(from: Self.prefixBytes, to: length, by: 4).map { start in
      bytes[start..<start + 4].reduce(0) { $0 << 8 | Int($1) }
    }
    try Self.checkProduct(sizes, elementBytes: kind.bytes)
  }

  /// Four sizes below 2^32 can overflow: nothing is multiplied before this has passed.
  private static func checkProduct(_ sizes: [Int], elementBytes: Int) throws(Fault) {
    var sample = 1
    for size in sizes.dropFirst() {
      guard size > 0 else { throw .empty }
      let (product, overflow) = sample.multipliedReportingOverflow(by: size)
      guard !overflow, product <= DatasetLimits.sampleElements else { throw .overflow }
      sample = product
    }
    guard sizes[0] > 0 else { throw .empty }
    // At most 2^32 rows of at most 2^24 numbers of 8 bytes: 2^59.
    _ = sizes[0] * sample * elementBytes
  }

  typealias Fault = DatasetError.FormatFault
}
