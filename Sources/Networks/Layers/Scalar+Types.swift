import COpenBLAS

extension Float: Scalar {
  package static var winograd: Winograd? { Winograd.fastest }

  package static func multiply(_ p: Product<Float>) {
    cblas_sgemm(
      CblasRowMajor, p.leftTransposed ? CblasTrans : CblasNoTrans, p.rightTransposed ? CblasTrans : CblasNoTrans,
      blasint(p.m), blasint(p.n), blasint(p.k), 1, p.left, blasint(p.leftStride), p.right, blasint(p.rightStride),
      p.keep, p.out, blasint(p.outStride))
  }

  @inline(__always)
  package static func sum(_ x: SIMD16<Float>, _ y: SIMD16<Float>) -> SIMD16<Float> { x + y }

  @inline(__always)
  package static func difference(_ x: SIMD16<Float>, _ y: SIMD16<Float>) -> SIMD16<Float> { x - y }

  @inline(__always)
  package static func product(_ x: SIMD16<Float>, _ y: SIMD16<Float>) -> SIMD16<Float> { x * y }

  @inline(__always)
  package static func rectified(_ x: SIMD16<Float>) -> SIMD16<Float> { x.replacing(with: 0, where: x .< 0) }

  @inline(__always)
  package static func masked(_ x: SIMD16<Float>, where y: SIMD16<Float>) -> SIMD16<Float> {
    SIMD16<Float>(repeating: 0).replacing(with: x, where: y .> 0)
  }
}

extension Double: Scalar {
  package static var winograd: Winograd? { nil }

  package static func multiply(_ p: Product<Double>) {
    cblas_dgemm(
      CblasRowMajor, p.leftTransposed ? CblasTrans : CblasNoTrans, p.rightTransposed ? CblasTrans : CblasNoTrans,
      blasint(p.m), blasint(p.n), blasint(p.k), 1, p.left, blasint(p.leftStride), p.right, blasint(p.rightStride),
      p.keep, p.out, blasint(p.outStride))
  }

  @inline(__always)
  package static func sum(_ x: SIMD16<Double>, _ y: SIMD16<Double>) -> SIMD16<Double> { x + y }

  @inline(__always)
  package static func difference(_ x: SIMD16<Double>, _ y: SIMD16<Double>) -> SIMD16<Double> { x - y }

  @inline(__always)
  package static func product(_ x: SIMD16<Double>, _ y: SIMD16<Double>) -> SIMD16<Double> { x * y }

  @inline(__always)
  package static func rectified(_ x: SIMD16<Double>) -> SIMD16<Double> { x.replacing(with: 0, where: x .< 0) }

  @inline(__always)
  package static func masked(_ x: SIMD16<Double>, where y: SIMD16<Double>) -> SIMD16<Double> {
    SIMD16<Double>(repeating: 0).replacing(with: x, where: y .> 0)
  }
}
