import Testing
import Unlearning

/// The competition's score on answers that are known: by reasoning, and as its published evaluation gives them.
@Suite struct ForgettingQualityTests {
  /// A fixed linear generator, so that the reference figures can be computed anew anywhere.
  private func draw(_ networks: Int, _ rows: Int, seed: Int) -> [[Double]] {
    var x = seed
    return (0..<networks).map { _ in
      (0..<rows).map { _ in
        x = (1_103_515_245 * x + 12345) % 2_147_483_648
        return 3 * Double(x) / 2_147_483_648
      }
    }
  }

  @Test func sameNetworks_cannotBeTold_andScoreOne() {
    let networks = draw(8, 5, seed: 3)
    let found = ForgettingQuality(unlearned: networks, retrained: networks)
    #expect(found.epsilons.allSatisfy { $0 < 1e-9 } && found.quality == 1)
  }

  @Test func networksApart_areAlwaysTold_andScoreZero() {
    let networks = draw(8, 5, seed: 3)
    let found = ForgettingQuality(unlearned: networks.map { $0.map { $0 + 10 } }, retrained: networks)
    #expect(found.epsilons.allSatisfy { $0 == ForgettingQuality.cap } && found.quality == 0)
  }

  @Test func manyNetworksOfOneDistribution_scoreMoreThanShiftedOnes() {
    let (first, second) = (draw(128, 6, seed: 5), draw(128, 6, seed: 8))
    let same = ForgettingQuality(unlearned: first, retrained: second)
    let shifted = ForgettingQuality(unlearned: first.map { $0.map { $0 + 1 } }, retrained: second)
    #expect(same.quality > 2 * shifted.quality)
    #expect(zip(same.epsilons, shifted.epsilons).allSatisfy { $0 < $1 })
  }

  @Test func constantNetworks_areTheirOwnTwins() {
    let constant = [[Double]](repeating: [1, 2], count: 4)
    #expect(ForgettingQuality(unlearned: constant, retrained: constant).epsilons == [0, 0])
    let other = [[Double]](repeating: [1, 3], count: 4)
    #expect(ForgettingQuality(unlearned: other, retrained: constant).epsilons == [0, ForgettingQuality.cap])
  }

  /// Networks, rows, seed, the unlearned ones' scale and shift by row, and what the published evaluation says.
  struct Reference: Sendable {
    var networks: Int
    var seed: Int
    var scale: [Double]
    var shift: [Double]
    var epsilons: [Double]
    var quality: Double
  }

  static let references = [
    Reference(
      networks: 8, seed: 7, scale: [1, 1, 1, 1], shift: [0, 0, 0, 0],
      epsilons: [1.6094219123060989, 1.6094219123060989, 1.6094219123060989, 1.7917461358058318], quality: 0.125),
    Reference(
      networks: 8, seed: 11, scale: [1, 1, 1, 1], shift: [0.3, 0.6, 0.9, 1.5],
      epsilons: [1.386274360919888, 1.0985856216458811, 1.0985856216458811, 1.7917461358058318], quality: 0.21875),
    Reference(
      networks: 8, seed: 13, scale: [0.6, 0.3, 0.1, 0.004], shift: [0, 0, 0, 0],
      epsilons: [1.6094219123060989, 1.945898720418578, 50, 50], quality: 0.0625),
    Reference(
      networks: 32, seed: 17, scale: [1, 1, 1], shift: [0, 0.4, 0.8],
      epsilons: [1.09850561631215, 2.1971890211485503, 2.397866181466131], quality: 0.125),
  ]

  @Test(arguments: references.indices)
  func quality_isThePublishedEvaluations(_ index: Int) {
    let given = Self.references[index]
    let rows = given.scale.count
    let unlearned = draw(given.networks, rows, seed: given.seed + 1).map { phi in
      phi.indices.map { phi[$0] * given.scale[$0] + given.shift[$0] + (1 - given.scale[$0]) * 1.4 }
    }
    let found = ForgettingQuality(unlearned: unlearned, retrained: draw(given.networks, rows, seed: given.seed))
    for (epsilon, wanted) in zip(found.epsilons, given.epsilons) { #expect(abs(epsilon - wanted) < 1e-6) }
    #expect(abs(found.quality - given.quality) < 1e-12)
  }
}
