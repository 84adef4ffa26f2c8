import HAMU

/// A block's gradients as vectors, for tests that check what the algorithm says about scalars.
struct Block: Sendable {
  var a: [Double]
  var b: [Double]
  var weightSquared = 0.0

  var scalars: BlockScalars {
    BlockScalars(
      retainSquared: dot(a, a), forgetSquared: dot(b, b), kappa: dot(a, b),
      perpSquared: (perpSquared(a, b), perpSquared(b, a)), weightSquared: weightSquared)
  }

  func step(_ step: BlockStep) -> [Double] {
    zip(a, b).map { step.retainCoefficient * $0 + step.forgetCoefficient * $1 }
  }
}

func dot(_ left: [Double], _ right: [Double]) -> Double { zip(left, right).reduce(0) { $0 + $1.0 * $1.1 } }
func norm(_ vector: [Double]) -> Double { dot(vector, vector).squareRoot() }

private func perpSquared(_ left: [Double], _ right: [Double]) -> Double {
  let length = dot(right, right)
  let slope = length > 0 ? dot(left, right) / length : 0
  return zip(left, right).reduce(0) { $0 + ($1.0 - slope * $1.1) * ($1.0 - slope * $1.1) }
}

/// Numbers that are the same in every run of the tests.
struct TestNumbers {
  private var state: UInt64

  init(_ seed: UInt64) { state = seed &* 0x9e37_79b9_7f4a_7c15 | 1 }

  mutating func next() -> UInt64 {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return state
  }

  /// 0 ..< 1
  mutating func unit() -> Double { Double(next() >> 11) / Double(1 << 53) }
  mutating func real(_ low: Double, _ high: Double) -> Double { low + unit() * (high - low) }
  mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }
  /// Near enough to a normal distribution.
  mutating func normal() -> Double { (0..<12).reduce(-6) { sum, _ in sum + unit() } }
  mutating func vector(_ count: Int, scale: Double = 1) -> [Double] { (0..<count).map { _ in scale * normal() } }
}

extension Block {
  /// Ordinary blocks and, one in three, one of the kinds at which formulas break.
  static func random(_ numbers: inout TestNumbers) -> Block {
    let count = [1, 2, 3, 8, 30][numbers.below(5)]
    let b = numbers.vector(count, scale: numbers.real(0.01, 1))
    var block = Block(a: numbers.vector(count, scale: numbers.real(0.01, 1)), b: b)
    let slope = numbers.real(-2, 2)
    switch numbers.below(15) {
    case 0: block.a = b.map { $0 * slope }
    case 1: block.a = b.map { _ in 0 }
    case 2: block.b = b.map { _ in 0 }
    case 3: block = Block(a: b.map { _ in 0 }, b: b.map { _ in 0 })
    case 4: block.a = b.map { $0 * slope + 1e-9 * numbers.normal() }
    default: break
    }
    block.weightSquared = numbers.real(0, 4)
    return block
  }

  static func several(_ numbers: inout TestNumbers) -> [Block] {
    (0..<(1 + numbers.below(6))).map { _ in random(&numbers) }
  }
}
