import HAMU
import Testing

/// The closed form of one block: each branch, and the values at which branches meet.
@Suite struct BlockStepTests {
  private func plan(
    _ blocks: [Block], radius: Double, quota: Double, variant: Variant = .hamuQ, allocation: Allocation = .uniform
  ) -> StepPlan {
    var settings = StepSettings(
      variant: variant, allocation: allocation, radius: .absolute(radius), constraint: .absolute(quota),
      maxGradNorm: nil)
    settings.shares = .literal
    return StepPlan(blocks.map(\.scalars), settings)
  }

  private func only(_ block: Block, radius: Double, quota: Double) -> (step: BlockStep, d: [Double]) {
    let step = plan([block], radius: radius, quota: quota).blocks[0]
    return (step, block.step(step))
  }

  @Test func opposedGradients_goStraightDown() {
    let (step, d) = only(Block(a: [1, 0], b: [-1, 0.1]), radius: 0.1, quota: 0.01)
    #expect(step.branch == .direct)
    #expect(d == [-0.1, 0])
  }

  @Test func kappaAtKappa1_isDirectStill_andJustAboveIsRectified() {
    // kappa = -1, and kappa1 = -Q|a|/R = -Q/0.5.
    let block = Block(a: [1, 0], b: [-1, 2])
    #expect(only(block, radius: 0.5, quota: 0.5).step.branch == .direct)
    let (step, d) = only(block, radius: 0.5, quota: 0.5 + 1e-9)
    #expect(step.branch == .rectified)
    // The two forms meet: the step does not jump.
    #expect(abs(d[0] + 0.5) < 1e-6 && abs(d[1]) < 1e-4)
  }

  @Test func alignedGradients_areRectified_onBothEdges() {
    let block = Block(a: [1, 0.5], b: [1, 0])
    let (step, d) = only(block, radius: 0.2, quota: 0.1)
    #expect(step.branch == .rectified)
    #expect(abs(dot(block.b, d) - 0.1) < 1e-15)
    #expect(abs(norm(d) - 0.2) < 1e-15)
    #expect(d[1] < 0)
  }

  @Test func kappaAboveKappa2_isExactlyWhereTheBestStepCosts() {
    var numbers = TestNumbers(3)
    for _ in 0..<500 {
      let block = Block(a: numbers.vector(4), b: numbers.vector(4))
      let radius = 0.1
      let quota = numbers.real(0, radius * norm(block.b))
      let squared = dot(block.a, block.a) * dot(block.b, block.b)
      let tilt = quota * norm(block.a) / radius
      let kappa2 = max(0, squared - tilt * tilt).squareRoot()
      let plan = plan([block], radius: radius, quota: quota)
      if abs(plan.objectiveChange) < 1e-12 { continue }
      #expect((plan.objectiveChange > 0) == (plan.kappa > kappa2))
    }
  }

  @Test func quotaAtTheReach_isFeasible_andBeyondIsInfeasibleByName() {
    let block = Block(a: [1, 1], b: [3, 4])
    let atReach = only(block, radius: 0.1, quota: 0.5)
    #expect(atReach.step.branch == .rectified)
    #expect(zip(atReach.d, [0.06, 0.08]).allSatisfy { abs($0 - $1) < 1e-9 })
    let beyond = only(block, radius: 0.1, quota: 0.6)
    #expect(beyond.step.branch == .infeasible)
    #expect(abs(norm(beyond.d) - 0.12) < 1e-15)
  }

  @Test func oneElement_isParallel_neverStretchedToTheRadius() {
    let (step, d) = only(Block(a: [0.3], b: [0.7]), radius: 10, quota: 0.07)
    #expect(step.branch == .parallel)
    #expect(abs(d[0] - 0.1) < 1e-15)
  }

  @Test func parallelOpposed_isDirect() {
    let (step, d) = only(Block(a: [-0.6, 0], b: [0.3, 0]), radius: 0.1, quota: 0.01)
    #expect(step.branch == .direct)
    #expect(d[0] == 0.1)
  }

  @Test func nearlyParallel_isDecidedAtOneMillionth() {
    #expect(only(Block(a: [1, 0.9e-6], b: [1, 0]), radius: 1, quota: 0.1).step.branch == .parallel)
    #expect(only(Block(a: [1, 1.1e-6], b: [1, 0]), radius: 1, quota: 0.1).step.branch == .rectified)
  }

  @Test func nothingToRetain_takesTheShortestStep() {
    let (step, d) = only(Block(a: [0, 0], b: [0, 2]), radius: 1, quota: 0.2)
    #expect(step.branch == .parallel)
    #expect(d == [0, 0.1])
  }

  @Test func nothingToForget_isDirectWithoutAQuota_andStaysWithOne() {
    let block = Block(a: [0, 2], b: [0, 0])
    let free = only(block, radius: 0.5, quota: 0)
    #expect(free.step.branch == .direct && free.d == [0, -0.5])
    let asked = only(block, radius: 0.5, quota: 0.1)
    #expect(asked.step.branch == .zeroForgetGradient && asked.d == [0, 0])
  }

  @Test(arguments: [Allocation.optimal, .uniform, .gradNormProduct, .softmaxDot, .global])
  func degenerateBlocks_neverGiveNaN(allocation: Allocation) {
    let zero = Block(a: [0, 0], b: [0, 0])
    for variant in Variant.allCases {
      for radius in [0.0, 0.1] {
        for quota in [0.0, 0.001, 5] {
          for blocks in [[zero], [zero, zero], [zero, Block(a: [1, 0], b: [0, 1])], [Block(a: [0], b: [1])]] {
            let plan = plan(blocks, radius: radius, quota: quota, variant: variant, allocation: allocation)
            for (block, step) in zip(blocks, plan.blocks) {
              #expect(block.step(step).allSatisfy { $0.isFinite })
            }
            #expect(plan.objectiveChange.isFinite && plan.constraintChange.isFinite && plan.stoppingMargin.isFinite)
            #expect(zip(blocks, plan.blocks).allSatisfy { radius > 0 || quota > 0 || norm($0.step($1)) == 0 })
          }
        }
      }
    }
  }

  @Test func hamuU_isTheSubstitutedProblem() {
    var numbers = TestNumbers(5)
    for allocation in Allocation.allCases {
      for _ in 0..<50 {
        let blocks = Block.several(&numbers)
        let swapped = blocks.map { Block(a: $0.b.map { -$0 }, b: $0.a.map { -$0 }) }
        let reach = blocks.reduce(0) { $0 + 0.1 * norm($1.a) }
        let direct = plan(blocks, radius: 0.1, quota: 0.3 * reach, variant: .hamuU, allocation: allocation)
        let other = plan(swapped, radius: 0.1, quota: 0.3 * reach, allocation: allocation)
        for (index, block) in blocks.enumerated() {
          let d = block.step(direct.blocks[index])
          let e = swapped[index].step(other.blocks[index])
          let size = max(1e-6, norm(e))
          #expect(zip(d, e).allSatisfy { abs($0 - $1) < 1e-6 * size })
          #expect(direct.blocks[index].branch == other.blocks[index].branch)
        }
      }
    }
  }
}
