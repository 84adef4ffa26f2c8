import Networks

/// Seeded numbers, so that a failing case can be run again.
struct Numbers {
  private var state: UInt64

  init(_ seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1 }

  mutating func uniform() -> Double {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Double(state >> 11) / Double(1 << 53)
  }

  /// Values in -scale ... scale.
  mutating func array<S: BinaryFloatingPoint>(_ count: Int, scale: Double = 1) -> [S] {
    (0..<count).map { _ in S((2 * uniform() - 1) * scale) }
  }

  mutating func below(_ bound: Int) -> Int { min(bound - 1, Int(uniform() * Double(bound))) }
}

/// |x - y| / |y| in the Euclidean norm; |x| where y is zero.
func relativeL2<A: BinaryFloatingPoint, B: BinaryFloatingPoint>(_ x: [A], _ y: [B]) -> Double {
  precondition(x.count == y.count)
  var (off, size) = (0.0, 0.0)
  for (a, b) in zip(x, y) {
    off += (Double(a) - Double(b)) * (Double(a) - Double(b))
    size += Double(b) * Double(b)
  }
  guard off.isFinite else { return .infinity }
  return size > 0 ? (off / size).squareRoot() : off.squareRoot()
}

/// Largest |x - y| relative to the largest |y|.
func relativeLargest<A: BinaryFloatingPoint, B: BinaryFloatingPoint>(_ x: [A], _ y: [B]) -> Double {
  precondition(x.count == y.count)
  var (off, size) = (0.0, 0.0)
  for (a, b) in zip(x, y) {
    let difference = abs(Double(a) - Double(b))
    guard difference.isFinite else { return .infinity }
    off = max(off, difference)
    size = max(size, abs(Double(b)))
  }
  return size > 0 ? off / size : off
}
