/// A tensor in memory: to be written, or read back from a paused run.
package struct TensorArray: Sendable, Equatable {
  package enum Values: Sendable, Equatable {
    case float32([Float])
    case float64([Double])
    case int64([Int64])

    package var count: Int {
      switch self {
      case .float32(let values): values.count
      case .float64(let values): values.count
      case .int64(let values): values.count
      }
    }
  }

  package let name: String
  package let shape: [Int]
  package let values: Values

  /// The product of `shape` must be the number of values.
  package init(_ name: String, shape: [Int], _ values: Values) {
    precondition(shape.reduce(1, *) == values.count, "\(name): shape \(shape) is not of \(values.count) values")
    self.name = name
    self.shape = shape
    self.values = values
  }

  /// A vector.
  package init(_ name: String, _ values: Values) { self.init(name, shape: [values.count], values) }

  package var type: ElementType {
    switch values {
    case .float32: .float32
    case .float64: .float64
    case .int64: .int64
    }
  }

  var byteCount: Int { values.count * type.bits / 8 }

  /// Calls `body` with the little-endian bytes, in order, in pieces.
  func forEachPiece<Failure: Error>(_ body: ([UInt8]) throws(Failure) -> Void) throws(Failure) {
    switch values {
    case .float32(let values): try Self.pieces(values, body) { $0.bitPattern.littleEndian }
    case .float64(let values): try Self.pieces(values, body) { $0.bitPattern.littleEndian }
    case .int64(let values): try Self.pieces(values, body) { $0.littleEndian }
    }
  }

  private static let piece = 1 << 17

  private static func pieces<Element, Bits: FixedWidthInteger, Failure: Error>(
    _ values: [Element], _ body: ([UInt8]) throws(Failure) -> Void, bits: (Element) -> Bits
  ) throws(Failure) {
    var start = 0
    while start < values.count {
      let end = min(start + piece, values.count)
      let converted = values[start..<end].map(bits)
      try body(converted.withUnsafeBytes { Array($0) })
      start = end
    }
  }

  /// From little-endian bytes; nil for a type that is none of the three, or bytes that are not of this shape.
  init?(_ tensor: TensorEntry, bytes: [UInt8]) {
    guard tensor.type.byteCount(elements: tensor.count) == bytes.count else { return nil }
    let count = tensor.count
    func load<Bits: FixedWidthInteger>(_ type: Bits.Type) -> [Bits] {
      bytes.withUnsafeBytes { raw in
        (0..<count).map {
          Bits(littleEndian: raw.loadUnaligned(fromByteOffset: $0 * MemoryLayout<Bits>.size, as: type))
        }
      }
    }
    switch tensor.type {
    case .float32: self.init(tensor.name, shape: tensor.shape, .float32(load(UInt32.self).map(Float.init(bitPattern:))))
    case .float64:
      self.init(tensor.name, shape: tensor.shape, .float64(load(UInt64.self).map(Double.init(bitPattern:))))
    case .int64: self.init(tensor.name, shape: tensor.shape, .int64(load(Int64.self)))
    default: return nil
    }
  }
}
