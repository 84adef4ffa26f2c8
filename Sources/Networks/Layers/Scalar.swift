/// float32, in which engines compute, or float64, in which layers are checked against central differences.
///
/// Every kernel of this room is generic over it and reached from concrete types only, so that the compiler makes a
/// copy for each and no generic call is left in a hot loop.
package protocol Scalar: BinaryFloatingPoint, SIMDScalar, Codable, Sendable {
  /// out [m, n] = left [m, k] * right [k, n] + keep * out, row-major.
  static func multiply(_ product: Product<Self>)

  /// Minimal filtering for convolutions that suit it, in the precision that has it: float32.
  static var winograd: Winograd? { get }

  // Sixteen lanes at a time. Requirements, since in generic code the operators of SIMD go lane by lane: only the
  // concrete types have the processor's.
  static func sum(_ x: SIMD16<Self>, _ y: SIMD16<Self>) -> SIMD16<Self>
  static func difference(_ x: SIMD16<Self>, _ y: SIMD16<Self>) -> SIMD16<Self>
  static func product(_ x: SIMD16<Self>, _ y: SIMD16<Self>) -> SIMD16<Self>
  /// max(x, 0), but not a number where x is none.
  static func rectified(_ x: SIMD16<Self>) -> SIMD16<Self>
  /// x where y > 0, else 0.
  static func masked(_ x: SIMD16<Self>, where y: SIMD16<Self>) -> SIMD16<Self>
}

/// The arguments of one matrix product, out = left * right + keep * out, all row-major; a transposed factor is stored
/// the other way round. Strides are those between the stored rows.
package struct Product<S> {
  package var m: Int
  package var n: Int
  package var k: Int
  package var left: UnsafePointer<S>
  package var leftStride: Int
  package var leftTransposed = false
  package var right: UnsafePointer<S>
  package var rightStride: Int
  package var rightTransposed = false
  /// 0 overwrites `out` whatever it holds, 1 adds to it.
  package var keep: S
  package var out: UnsafeMutablePointer<S>
  package var outStride: Int

  package init(
    _ size: (m: Int, n: Int, k: Int), left: (UnsafePointer<S>, stride: Int), right: (UnsafePointer<S>, stride: Int),
    out: (UnsafeMutablePointer<S>, stride: Int), keep: S
  ) {
    (m, n, k) = size
    (self.left, leftStride) = left
    (self.right, rightStride) = right
    (self.out, outStride) = out
    self.keep = keep
  }
}
