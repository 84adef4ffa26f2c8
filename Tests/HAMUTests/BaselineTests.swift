import HAMU
import Testing

/// Directions of the methods for comparison, on gradients of two blocks that anybody can multiply out.
@Suite struct BaselineTests {
  private let a = [[1.0, 2], [3]]
  private let against = [[-4.0, 0], [1]]  // kappa = -1, |b|^2 = 17
  private let along = [[4.0, 0], [1]]  // kappa = 7

  private func direction(_ method: Baseline, _ b: [[Double]]) -> [Double] {
    let blocks = zip(a, b).map { a, b in
      func dot(_ x: [Double], _ y: [Double]) -> Double { zip(x, y).reduce(0) { $0 + $1.0 * $1.1 } }
      return BlockScalars(retainSquared: dot(a, a), forgetSquared: dot(b, b), kappa: dot(a, b), perpSquared: (0, 0))
    }
    let found = method.direction(blocks)
    return zip(a.flatMap(\.self), b.flatMap(\.self)).map { found.retain * $0 + found.forget * $1 }
  }

  private func expect(_ method: Baseline, _ b: [[Double]], _ wanted: [Double]) {
    for (found, wanted) in zip(direction(method, b), wanted) { #expect(abs(found - wanted) < 1e-12, "\(method)") }
  }

  @Test func plainMethods_areSumsOfTheTwo() {
    expect(.ft, against, [1, 2, 3])
    for method in [Baseline.ga, .npo] { expect(method, against, [4, 0, -1]) }
    for method in [Baseline.gdiff, .kl, .scrub] { expect(method, against, [2.5, 1, 1]) }
  }

  @Test func gradientsApart_loseTheirPartAlongEachOther_overAllBlocksAsOne() {
    // b' = b + a/14; a' = a + b/17
    expect(.gru, against, [4 - 1.0 / 14, -2.0 / 14, -1 - 3.0 / 14])
    expect(
      .pcgrad, against,
      [(1 - 4.0 / 17 + 4 - 1.0 / 14) / 2, (2 - 2.0 / 14) / 2, (3 + 1.0 / 17 - 1 - 3.0 / 14) / 2])
  }

  @Test func gradientsThatAgree_stayAsTheyAre() {
    expect(.gru, along, [-4, 0, -1])
    expect(.pcgrad, along, [-1.5, 1, 1])
  }

  @Test func noGradientAtAll_isNoDirection_andNoNaN() {
    let nothing = BlockScalars(retainSquared: 0, forgetSquared: 0, kappa: 0, perpSquared: (0, 0))
    for method in Baseline.allCases {
      let found = method.direction([nothing])
      #expect(found.retain.isFinite && found.forget.isFinite)
    }
  }
}
