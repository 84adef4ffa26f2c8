/// Between float32, which hamud computes in, and the types that a file may keep its numbers in.
///
/// Widening is exact (float64 apart, which is rounded). Narrowing rounds to nearest, ties to even, into subnormals and
/// to infinity as IEEE 754 has it, which is what PyTorch's `.to(dtype)` does too, so that a version reads back as the
/// same numbers wherever it is loaded.
package enum HalfPrecision {
  /// bfloat16 is the upper half of a float32.
  package static func widen(bfloat16 bits: UInt16) -> Float { Float(bitPattern: UInt32(bits) << 16) }

  package static func widen(float16 bits: UInt16) -> Float { Float(Float16(bitPattern: bits)) }

  package static func bfloat16(_ value: Float) -> UInt16 {
    let bits = value.bitPattern
    // A NaN whose payload lies in the lower half alone would be cut to infinity: it is made quiet instead.
    if value.isNaN { return UInt16(truncatingIfNeeded: bits >> 16) | 0x0040 }
    // Half of the last place, less one where the kept part is even: then a tie goes to the even neighbour. The carry
    // runs into the exponent, and from the largest finite value into infinity, as it must.
    return UInt16(truncatingIfNeeded: (bits + 0x7fff + (bits >> 16 & 1)) >> 16)
  }

  package static func float16(_ value: Float) -> UInt16 { Float16(value).bitPattern }

  /// Reads `destination.count` elements of `type` (little endian, any alignment) as float32.
  static func widen(
    _ type: ElementType, _ source: UnsafeRawBufferPointer, into destination: UnsafeMutableBufferPointer<Float>
  ) {
    for index in destination.indices {
      switch type {
      case .float32:
        destination[index] = Float(
          bitPattern: UInt32(
            littleEndian: source.loadUnaligned(
              fromByteOffset: index * 4, as: UInt32.self)))
      case .float64:
        destination[index] = Float(
          Double(
            bitPattern: UInt64(
              littleEndian: source.loadUnaligned(
                fromByteOffset: index * 8, as: UInt64.self))))
      case .bfloat16:
        destination[index] = widen(
          bfloat16: UInt16(
            littleEndian: source.loadUnaligned(
              fromByteOffset: index * 2, as: UInt16.self)))
      case .float16:
        destination[index] = widen(
          float16: UInt16(
            littleEndian: source.loadUnaligned(
              fromByteOffset: index * 2, as: UInt16.self)))
      default: preconditionFailure("only float tensors are widened; \(type.rawValue) is none")
      }
    }
  }

  /// The bytes of `source` as elements of `type`, little endian.
  static func narrow(_ source: UnsafeBufferPointer<Float>, to type: ElementType) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(source.count * type.bits / 8)
    for value in source {
      switch type {
      case .float32: withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
      case .float64: withUnsafeBytes(of: Double(value).bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
      case .bfloat16: withUnsafeBytes(of: bfloat16(value).littleEndian) { bytes.append(contentsOf: $0) }
      case .float16: withUnsafeBytes(of: float16(value).littleEndian) { bytes.append(contentsOf: $0) }
      default: preconditionFailure("only float tensors are narrowed; \(type.rawValue) is none")
      }
    }
    return bytes
  }

  /// `value` as it reads back after being written as `type`.
  static func rounded(_ value: Float, to type: ElementType) -> Float {
    switch type {
    case .bfloat16: widen(bfloat16: bfloat16(value))
    case .float16: widen(float16: float16(value))
    default: value
    }
  }
}
