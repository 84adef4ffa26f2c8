import Glibc

/// A stream of numbers for one purpose. SplitMix64 (Steele, Lea, Flood, 2014).
///
/// The standard library's own shuffles and draws are not promised to stay as they are, so all that is drawn here is
/// drawn by this file.
package struct SeededGenerator {
  private var state: UInt64

  /// What a stream is for. Streams of one seed have nothing to do with one another.
  package enum Purpose: UInt64 {
    case weights = 1
    case order = 2
    case augmentation = 3
  }

  /// - Parameter index: which of the purpose's streams: a tensor, an epoch, a row of an epoch.
  package init(seed: UInt64, _ purpose: Purpose, _ index: UInt64 = 0) {
    state = seed
    state = next() ^ purpose.rawValue
    state = next() ^ index
    state = next()
  }

  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
    return z ^ z >> 31
  }

  /// In [0, 1).
  package mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// In 0 ..< bound. The bias is below bound / 2^64.
  package mutating func below(_ bound: Int) -> Int { Int(next().multipliedFullWidth(by: UInt64(bound)).high) }

  /// Of mean 0 and deviation 1 (Box and Muller, 1958).
  package mutating func normal() -> Double {
    // 1 - unit() is never 0, so its logarithm is finite.
    (-2 * log(1 - unit())).squareRoot() * cos(2 * Double.pi * unit())
  }

  /// 0 ..< count in a random order (Fisher and Yates).
  package mutating func permutation(of count: Int) -> [Int] {
    var order = Array(0..<count)
    for last in stride(from: count - 1, to: 0, by: -1) { order.swapAt(last, below(last + 1)) }
    return order
  }
}
