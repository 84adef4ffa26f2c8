/// Random numbers that are a pure function of (seed, purpose, step): what is drawn in a step does not depend on what was
/// drawn before it, so a run goes on from anywhere to the same bits. SplitMix64 (Steele, Lea, Flood 2014), written out
/// here because the standard library's generators promise no particular numbers.
package struct SeededGenerator {
  /// What numbers are drawn for. Raw values are part of a run's identity and never change.
  package enum Purpose: UInt64 {
    case retainBatch = 1
    case forgetBatch = 2
    case erasedGuards = 3
    case rowGuards = 4
    case retainSample = 5
    case bootstrap = 6
    case screen = 7
    case ownHardnessRetain = 20
    case ownHardnessForget = 21
    case duplicateScale = 30
    case duplicateDistance = 31
    case imprint = 40
  }

  private var state: UInt64

  package init(seed: UInt64, purpose: Purpose, step: Int) {
    state = Self.mix(Self.mix(Self.mix(seed) ^ purpose.rawValue) ^ UInt64(truncatingIfNeeded: step))
  }

  private static func mix(_ value: UInt64) -> UInt64 {
    var z = value &+ 0x9e37_79b9_7f4a_7c15
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }

  package mutating func next() -> UInt64 {
    defer { state &+= 0x9e37_79b9_7f4a_7c15 }
    return Self.mix(state)
  }

  /// Each of 0 ..< bound with the same chance (Lemire 2019); bound must be above 0.
  package mutating func next(below bound: Int) -> Int {
    let range = UInt64(bound)
    var product = next().multipliedFullWidth(by: range)
    if product.low < range {
      let reject = (0 &- range) % range
      while product.low < reject { product = next().multipliedFullWidth(by: range) }
    }
    return Int(product.high)
  }

  /// At least 0 and below 1.
  package mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// `count` different places of 0 ..< size in random order; all of them where there are no more.
  package mutating func places(_ count: Int, of size: Int) -> [Int] {
    // Fisher and Yates, of which only the front is shuffled and only what moved is remembered.
    var moved: [Int: Int] = [:]
    return (0..<min(count, size)).map { front in
      let chosen = front + next(below: size - front)
      let value = moved[chosen] ?? chosen
      moved[chosen] = moved[front] ?? front
      return value
    }
  }
}
