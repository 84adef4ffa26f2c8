import Networks
import Testing

@Suite struct BlockAlgebraTests {
  private struct Case {
    let network: Network
    let retain: HalfGradients
    let forget: HalfGradients
    let algebra: BlockAlgebra

    /// Blocks of one element, of a few, of a chunk and more.
    init(workers: Int, seed: UInt64) throws {
      network = try Network(onHeap: .mlp(MLPShape(layers: [300, 200, 2])))
      retain = HalfGradients(layout: network.layout)
      forget = HalfGradients(layout: network.layout)
      algebra = BlockAlgebra(network: network, team: WorkerTeam(count: workers))
      var numbers = Numbers(seed)
      for storage in network.storage {
        storage.withMutableFloats { for index in $0.indices { $0[index] = Float(numbers.uniform() - 0.5) } }
      }
      for buffer in [retain.even, retain.odd, forget.even, forget.odd, algebra.lastStep] {
        buffer.withMutableFloats { out in
          for block in network.layout.blocks {
            for index in block.range { out[index] = Float(numbers.uniform() - 0.4) }
          }
        }
      }
      (retain.evenShare, retain.oddShare) = (0.6, 0.4)
      (forget.evenShare, forget.oddShare) = (0.51, 0.49)
    }

    func side(_ side: HalfGradients, _ block: FlatLayout.Block) -> [Double] {
      zip(side.even.values[block.range], side.odd.values[block.range]).map {
        side.evenShare * Double($0) + side.oddShare * Double($1)
      }
    }
  }

  private static func dot(_ x: [Double], _ y: [Double]) -> Double { zip(x, y).reduce(0) { $0 + $1.0 * $1.1 } }

  @Test func sums_ofEveryBlock_areThePlainOnes() throws {
    let given = try Case(workers: 2, seed: 1)
    let sums = given.algebra.sums(retain: given.retain, forget: given.forget)
    for (index, block) in given.network.layout.blocks.enumerated() {
      let (a, b) = (given.side(given.retain, block), given.side(given.forget, block))
      let d = given.algebra.lastStep.values[block.range].map { Double($0) }
      let w = given.network.blockStorage[index].withFloats { $0.map { Double($0) } }
      let (alongB, alongA) = (Self.dot(a, b) / Self.dot(b, b), Self.dot(a, b) / Self.dot(a, a))
      let perp = zip(a, b).map { $0 - alongB * $1 }
      let other = zip(a, b).map { $1 - alongA * $0 }
      func halves(_ side: HalfGradients) -> Double {
        Self.dot(side.even.values[block.range].map { Double($0) }, side.odd.values[block.range].map { Double($0) })
      }
      let expected = [
        Self.dot(a, a), Self.dot(b, b), Self.dot(a, b), Self.dot(perp, perp), Self.dot(other, other),
        halves(given.retain), halves(given.forget), Self.dot(a, d), Self.dot(b, d), Self.dot(w, w),
      ]
      let found = sums[index]
      let values = [
        found.retainSquared, found.forgetSquared, found.kappa, found.retainPerpSquared, found.forgetPerpSquared,
        found.retainHalves, found.forgetHalves, found.retainLastStep, found.forgetLastStep, found.weightSquared,
      ]
      #expect(relativeLargest(values, expected) < 1e-12)
      for (value, wanted) in zip(values, expected) { #expect(abs(value - wanted) <= 1e-11 * abs(wanted)) }
    }
  }

  @Test func perpendicular_whenGradientsAreNearlyParallel_keepsItsDigits() throws {
    let given = try Case(workers: 1, seed: 2)
    let block = given.network.layout.blocks[0]
    // a = b everywhere but for a part of 1e-6 in two elements: |a_perp|^2 is 1e-12 of |a|^2 or less.
    for (from, to) in [(given.forget.even, given.retain.even), (given.forget.odd, given.retain.odd)] {
      from.withFloats { from in to.withMutableFloats { to in for i in block.range { to[i] = from[i] } } }
    }
    (given.retain.evenShare, given.retain.oddShare) = (given.forget.evenShare, given.forget.oddShare)
    given.retain.even.withMutableFloats { out in
      out[block.offset] += 1e-5
      out[block.offset + 9] -= 1e-5
    }
    let sums = given.algebra.sums(retain: given.retain, forget: given.forget)[0]
    let (a, b) = (given.side(given.retain, block), given.side(given.forget, block))
    let ratio = Self.dot(a, b) / Self.dot(b, b)
    let expected = zip(a, b).reduce(0.0) { $0 + ($1.0 - ratio * $1.1) * ($1.0 - ratio * $1.1) }
    #expect(expected < 1e-12 * sums.retainSquared)
    #expect(abs(sums.retainPerpSquared - expected) < 1e-6 * expected)
    #expect(abs(sums.forgetPerpSquared - expected * sums.forgetSquared / sums.retainSquared) < 1e-6 * expected)
  }

  @Test func sums_ofOneElement_areParallel() throws {
    let network = try Network(onHeap: .mlp(MLPShape(layers: [1, 1, 2])))
    let (retain, forget) = (HalfGradients(layout: network.layout), HalfGradients(layout: network.layout))
    retain.even.withMutableFloats { $0[0] = 0.1 }
    forget.even.withMutableFloats { $0[0] = -0.3 }
    let sums = BlockAlgebra(network: network, team: WorkerTeam(count: 1)).sums(retain: retain, forget: forget)
    #expect(sums[0].retainPerpSquared <= 1e-12 * sums[0].retainSquared)
    #expect(sums[1].retainPerpSquared == 0 && sums[1].retainSquared == 0)
  }

  @Test func apply_movesWeightsAndKeepsTheStep() throws {
    let given = try Case(workers: 2, seed: 3)
    let before = given.network.blockStorage.map { $0.withFloats { Array($0) } }
    let coefficients = given.network.layout.blocks.indices.map {
      BlockCoefficients(retain: -0.01 * Double($0 + 1), forget: 0.003)
    }
    given.algebra.apply(coefficients, retain: given.retain, forget: given.forget)
    for (index, block) in given.network.layout.blocks.enumerated() {
      let (a, b) = (given.side(given.retain, block), given.side(given.forget, block))
      let step = zip(a, b).map { coefficients[index].retain * $0 + coefficients[index].forget * $1 }
      #expect(relativeLargest(Array(given.algebra.lastStep.values[block.range]), step) < 1e-7)
      let after = given.network.blockStorage[index].withFloats { Array($0) }
      let kept = given.algebra.lastStep.values[block.range]
      #expect(after == zip(before[index], kept).map { $0 + $1 })
    }
    // The square that the step left behind is the one that is measured.
    let cached = given.algebra.sums(retain: given.retain, forget: given.forget).map(\.weightSquared)
    given.algebra.weightsChanged()
    #expect(cached == given.algebra.sums(retain: given.retain, forget: given.forget).map(\.weightSquared))
  }

  @Test func sumsAndSteps_withAnyNumberOfWorkers_haveTheSameBits() throws {
    let results = try [1, 2, 4].map { workers in
      let given = try Case(workers: workers, seed: 4)
      let sums = given.algebra.sums(retain: given.retain, forget: given.forget)
      given.algebra.apply(
        sums.map { BlockCoefficients(retain: -1e-3 / $0.retainSquared, forget: 1e-3 * $0.kappa) },
        retain: given.retain, forget: given.forget)
      return (sums, given.algebra.lastStep.values, given.network.storage.map { $0.withFloats { Array($0) } })
    }
    for result in results.dropFirst() {
      #expect(result.0 == results[0].0)
      #expect(result.1 == results[0].1)
      #expect(result.2 == results[0].2)
    }
  }
}
