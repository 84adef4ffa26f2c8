import HAMU
import Testing

/// What `optimal` and the shared quotas promise, on blocks of every awkward kind.
@Suite struct AllocationTests {
  private func settings(_ allocation: Allocation, ratio: Double, _ variant: Variant = .hamuQ) -> StepSettings {
    StepSettings(
      variant: variant, allocation: allocation, radius: .absolute(0.1), constraint: .ratio(ratio), maxGradNorm: nil)
  }

  /// a', b' of the substituted problem.
  private func substituted(_ block: Block, _ variant: Variant) -> Block {
    variant == .hamuQ ? block : Block(a: block.b.map { -$0 }, b: block.a.map { -$0 })
  }

  @Test(arguments: Allocation.allCases, Variant.allCases)
  func ratio_isMetWithinTheRadii(allocation: Allocation, variant: Variant) {
    var numbers = TestNumbers(11)
    for _ in 0..<300 {
      let blocks = Block.several(&numbers)
      let plan = StepPlan(blocks.map(\.scalars), settings(allocation, ratio: numbers.real(0, 0.99), variant))
      #expect(plan.isFeasible)
      var improvement = 0.0
      var lengthSquared = 0.0
      for (block, step) in zip(blocks, plan.blocks) {
        let d = block.step(step)
        improvement += dot(substituted(block, variant).b, d)
        lengthSquared += dot(d, d)
        #expect(allocation == .global || norm(d) <= 0.1 * (1 + 1e-9))
        #expect(step.branch != .infeasible && step.branch != .zeroForgetGradient)
      }
      #expect(allocation != .global || lengthSquared.squareRoot() <= 0.1 * (1 + 1e-9))
      #expect(improvement >= plan.quota - 1e-9 * max(1, plan.quota))
      #expect(abs(improvement - plan.constraintChange) <= 1e-9 * max(1, abs(improvement)))
    }
  }

  @Test(arguments: [Allocation.gradNormProduct, .uniform, .softmaxDot])
  func optimal_isNeverAboveAnotherLayerWiseAllocation(allocation: Allocation) {
    var numbers = TestNumbers(12)
    for _ in 0..<2000 {
      let blocks = Block.several(&numbers).map(\.scalars)
      let ratio = numbers.real(0, 0.99)
      let best = StepPlan(blocks, settings(.optimal, ratio: ratio))
      let other = StepPlan(blocks, settings(allocation, ratio: ratio))
      let scale = max(1e-12, abs(other.objectiveChange), abs(best.objectiveChange))
      #expect(best.objectiveChange <= other.objectiveChange + 1e-9 * scale)
    }
  }

  @Test func optimal_meetsTheConditionsOfKarushKuhnAndTucker() throws {
    var numbers = TestNumbers(13)
    for _ in 0..<2000 {
      let blocks = Block.several(&numbers)
      let plan = StepPlan(blocks.map(\.scalars), settings(.optimal, ratio: numbers.real(0, 0.99)))
      let multiplier = try #require(plan.multiplier)
      #expect(multiplier >= 0)
      // Complementary slackness: the quota binds where the multiplier is above 0.
      let isBinding = abs(plan.constraintChange - plan.quota) <= 1e-7 * max(plan.quota, 1e-9)
      #expect(multiplier == 0 || isBinding)
      for (block, step) in zip(blocks, plan.blocks) {
        // Stationarity: d points against a - m b at length R, or a - m b is nothing.
        let slope = zip(block.a, block.b).map { $0 - multiplier * $1 }
        let d = block.step(step)
        let size = norm(slope)
        if size <= 2e-6 * norm(block.a) || size == 0 { continue }
        #expect(abs(dot(slope, d) + 0.1 * size) <= 1e-6 * 0.1 * size)
      }
    }
  }

  @Test func optimal_agreesWithANaiveProjectedSolver() {
    var numbers = TestNumbers(14)
    for _ in 0..<60 {
      let blocks = (0..<3).map { _ in Block(a: numbers.vector(4), b: numbers.vector(4)) }
      let plan = StepPlan(blocks.map(\.scalars), settings(.optimal, ratio: numbers.real(0.1, 0.9)))
      let naive = ProjectedSolver(blocks: blocks, radii: [0.1, 0.1, 0.1], quota: plan.quota)
      let scale = blocks.reduce(0) { $0 + 0.1 * norm($1.a) }
      #expect(abs(naive.cost() - plan.objectiveChange) < 2e-3 * scale)
    }
  }

  @Test func optimal_onOneBlock_isTheClosedForm() {
    var numbers = TestNumbers(15)
    for _ in 0..<500 {
      let block = Block(a: numbers.vector(5), b: numbers.vector(5))
      let ratio = numbers.real(0, 0.95)
      let best = StepPlan([block.scalars], settings(.optimal, ratio: ratio))
      let closed = StepPlan([block.scalars], settings(.uniform, ratio: ratio))
      #expect(zip(block.step(best.blocks[0]), block.step(closed.blocks[0])).allSatisfy { abs($0 - $1) < 1e-8 })
      #expect(best.blocks[0].branch == closed.blocks[0].branch)
    }
  }

  @Test func global_hasLengthR_evenWhereBlocksDiffer() {
    // The authors divide each block's orthogonal part by its own norm: their step is longer (reference.md, 2).
    let blocks = [Block(a: [1, 2], b: [2, 1]), Block(a: [0.1, 0], b: [0.1, 0.2])]
    let plan = StepPlan(blocks.map(\.scalars), settings(.global, ratio: 0.5))
    let length = zip(blocks, plan.blocks).reduce(0) { $0 + dot($1.0.step($1.1), $1.0.step($1.1)) }
    #expect(abs(length.squareRoot() - 0.1) < 1e-12)
  }

  @Test func shares_beyondABlocksReach_goToTheOthersInProportion() {
    // Reaches 0.01, 0.1, 0.2; uniform shares of 0.21 would be 0.07 each: the first is full, the others take 0.1 each.
    let blocks = [0.1, 1.0, 2.0].map { Block(a: [0, 1], b: [$0, 0]) }
    let plan = StepPlan(
      blocks.map(\.scalars),
      StepSettings(
        allocation: .uniform, radius: .absolute(0.1), constraint: .absolute(0.21), maxGradNorm: nil))
    let quotas = plan.blocks.map(\.quota)
    #expect(zip(quotas, [0.01, 0.1, 0.1]).allSatisfy { abs($0 - $1) < 1e-12 })
  }

  @Test func shares_whenOnlyBlocksWithoutWeightAreLeft_stillMeetTheQuota() {
    // Under grad-norm-product a block with nothing to retain has no weight; the other one cannot reach the quota alone.
    let blocks = [Block(a: [0, 1], b: [0.1, 0]), Block(a: [0, 0], b: [1, 0])]
    let plan = StepPlan(blocks.map(\.scalars), settings(.gradNormProduct, ratio: 0.9))
    #expect(abs(plan.constraintChange - plan.quota) < 1e-12)
  }

  @Test func quota_outOfReach_isNotFeasible() {
    for allocation in Allocation.allCases {
      let settings = StepSettings(
        allocation: allocation, radius: .absolute(0.1), constraint: .absolute(1), maxGradNorm: nil)
      #expect(!StepPlan([Block(a: [1], b: [2]).scalars], settings).isFeasible)
    }
  }

  @Test func radius_followsItsRule() {
    let block = Block(a: [3, 4], b: [1, 0], weightSquared: 4)
    func radius(_ rule: TrustRadius, _ variant: Variant = .hamuQ) -> Double {
      StepPlan([block.scalars], StepSettings(variant: variant, radius: rule, maxGradNorm: nil)).blocks[0].radius
    }
    #expect(radius(.relative(0.5)) == 1)
    #expect(radius(.learningRate(0.1)) == 0.5)
    #expect(radius(.learningRate(0.1), .hamuU) == 0.1)
    #expect(radius(.absolute(7)) == 7)
    #expect(radius(TrustRadius.relative(0.5).scaled(by: 0.5)) == 0.5)
  }

  @Test func clipping_movesAllBlocksAlike_andNotTheDirection() {
    let blocks = [Block(a: [30, 0], b: [0, 1]), Block(a: [0, 40], b: [1, 1])]
    let clipped = StepPlan(
      blocks.map(\.scalars), StepSettings(radius: .absolute(0.1), constraint: .ratio(0.5), maxGradNorm: 1))
    #expect(abs(clipped.retainClip - 1 / (50 + 1e-6)) < 1e-15)
    let smaller = blocks.map { Block(a: $0.a.map { $0 * clipped.retainClip }, b: $0.b.map { $0 * clipped.forgetClip }) }
    let plain = StepPlan(
      smaller.map(\.scalars), StepSettings(radius: .absolute(0.1), constraint: .ratio(0.5), maxGradNorm: nil))
    for (index, block) in blocks.enumerated() {
      let d = block.step(clipped.blocks[index])
      let e = smaller[index].step(plain.blocks[index])
      #expect(zip(d, e).allSatisfy { abs($0 - $1) < 1e-12 })
    }
  }
}
