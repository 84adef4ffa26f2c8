import COpenBLAS

/// float32, in which engines compute, or float64, in which layers are checked against central differences.
///
/// Every kernel of this room is generic over it and reached from concrete types only, so that the compiler makes a
/// copy for each and no generic call is left in a hot loop.
package protocol Scalar: BinaryFloatingPoint, SIMDScalar, Codable, Sendable {
  /// out [m, n] = left [m, k] * right [k, n] + keep * out, row-major.
  static func multiply(_ product: Product<Self>)
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

extension Float: Scalar {
  package static func multiply(_ p: Product<Float>) {
    cblas_sgemm(
      CblasRowMajor, p.leftTransposed ? CblasTrans : CblasNoTrans, p.rightTransposed ? CblasTrans : CblasNoTrans,
      blasint(p.m), blasint(p.n), blasint(p.k), 1, p.left, blasint(p.leftStride), p.right, blasint(p.rightStride),
      p.keep, p.out, blasint(p.outStride))
  }
}

extension Double: Scalar {
  package static func multiply(_ p: Product<Double>) {
    cblas_dgemm(
      CblasRowMajor, p.leftTransposed ? CblasTrans : CblasNoTrans, p.rightTransposed ? CblasTrans : CblasNoTrans,
      blasint(p.m), blasint(p.n), blasint(p.k), 1, p.left, blasint(p.leftStride), p.right, blasint(p.rightStride),
      p.keep, p.out, blasint(p.outStride))
  }
}
