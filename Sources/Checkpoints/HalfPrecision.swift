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
    switch type {
    case .float32: widen(source, destination) { (bits: UInt32) in Float(bitPattern: bits) }
    case .float64: widen(source, destination) { (bits: UInt64) in Float(Double(bitPattern: bits)) }
    case .bfloat16: widen(source, destination) { (bits: UInt16) in widen(bfloat16: bits) }
    case .float16: widen(source, destination) { (bits: UInt16) in widen(float16: bits) }
    default: preconditionFailure("only float tensors are widened; \(type.rawValue) is none")
    }
  }

  /// The bytes of `source` as elements of `type`, little endian.
  static func narrow(_ source: UnsafeBufferPointer<Float>, to type: ElementType) -> [UInt8] {
    switch type {
    case .float32: narrow(source) { $0.bitPattern }
    case .float64: narrow(source) { Double($0).bitPattern }
    case .bfloat16: narrow(source, bits: bfloat16)
    case .float16: narrow(source, bits: float16)
    default: preconditionFailure("only float tensors are narrowed; \(type.rawValue) is none")
    }
  }

  /// `value` as it reads back after being written as `type`.
  static func rounded(_ value: Float, to type: ElementType) -> Float {
    switch type {
    case .bfloat16: widen(bfloat16: bfloat16(value))
    case .float16: widen(float16: float16(value))
    default: value
    }
  }

  @inline(__always)
  private static func widen<Bits: FixedWidthInteger>(
    _ source: UnsafeRawBufferPointer, _ destination: UnsafeMutableBufferPointer<Float>, value: (Bits) -> Float
  ) {
    precondition(source.count >= destination.count * MemoryLayout<Bits>.size)
    for index in destination.indices {
      let bits = source.loadUnaligned(fromByteOffset: index * MemoryLayout<Bits>.size, as: Bits.self)
      destination[index] = value(Bits(littleEndian: bits))
    }
  }

  @inline(__always)
  private static func narrow<Bits: FixedWidthInteger>(
    _ source: UnsafeBufferPointer<Float>, bits: (Float) -> Bits
  ) -> [UInt8] {
    let size = MemoryLayout<Bits>.size
    return [UInt8](unsafeUninitializedCapacity: source.count * size) { bytes, count in
      let raw = UnsafeMutableRawBufferPointer(bytes)
      for index in source.indices {
        raw.storeBytes(of: bits(source[index]).littleEndian, toByteOffset: index * size, as: Bits.self)
      }
      count = source.count * size
    }
  }
}
