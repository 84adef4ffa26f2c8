/// Plans step after step (arXiv:2606.02119, with the allocation `optimal` of our own) in memory that is kept: from the
/// second plan for as many blocks on, `optimal` and `global` allocate nothing.
package struct StepPlanner {
  /// The last plan. Whoever keeps a copy of it over the next one makes that one allocate.
  package private(set) var plan = StepPlan()
  private var problems: [BlockProblem] = []
  private var solutions: [BlockSolution] = []
  private var quotas: [Double] = []
  private var multiplier = Multiplier()

  /// What rounding may add to a quota that was computed from the reach itself.
  private static let slack = 1 + 1e-12

  package init() {}

  /// - Parameter blocks: of the unclipped gradients, all finite.
  package mutating func plan(_ blocks: [BlockScalars], _ settings: StepSettings) {
    let clip = Clipping.factors(blocks, limit: settings.maxGradNorm)
    clear()
    for block in blocks { problems.append(block.problem(settings.variant, clip: clip, radius: settings.radius)) }
    plan.kappa = problems.reduce(0) { $0 + $1.kappa }
    setRadii(settings)
    switch settings.allocation {
    case .global: solveGlobally(settings)
    case .optimal: solveOptimally(settings)
    case .gradNormProduct, .uniform, .softmaxDot: solveLayerwise(settings)
    }
    for index in problems.indices {
      plan.blocks.append(
        BlockStep(
          solutions[index], settings.variant, clip: clip, radius: problems[index].radius, quota: quotas[index]))
    }
    plan.objectiveChange = solutions.reduce(0) { $0 + $1.retainChange }
    plan.constraintChange = solutions.reduce(0) { $0 + $1.forgetChange }
    plan.retainClip = clip.retain
    plan.forgetClip = clip.forget
  }

  private mutating func clear() {
    plan.blocks.removeAll(keepingCapacity: true)
    plan.radii.removeAll(keepingCapacity: true)
    plan.multiplier = nil
    problems.removeAll(keepingCapacity: true)
    solutions.removeAll(keepingCapacity: true)
    quotas.removeAll(keepingCapacity: true)
  }

  /// `global` with an absolute radius has one R for all blocks together, so each block's part is R/sqrt(l).
  private mutating func setRadii(_ settings: StepSettings) {
    if settings.allocation == .global, case .absolute(let radius) = settings.radius {
      for _ in problems { plan.radii.append(radius / Double(problems.count).squareRoot()) }
    } else {
      for problem in problems { plan.radii.append(problem.radius) }
    }
  }
}

extension StepPlan {
  /// One plan alone.
  ///
  /// - Parameter blocks: of the unclipped gradients, all finite.
  package init(_ blocks: [BlockScalars], _ settings: StepSettings) {
    var planner = StepPlanner()
    planner.plan(blocks, settings)
    self = planner.plan
  }
}

extension BlockStep {
  /// Turns coefficients of the substituted, clipped gradients into those of the gradients as they came.
  fileprivate init(
    _ solution: BlockSolution, _ variant: Variant, clip: ClipFactors, radius: Double, quota: Double
  ) {
    switch variant {
    case .hamuQ:
      retainCoefficient = solution.alongRetain * clip.retain
      forgetCoefficient = solution.alongForget * clip.forget
    case .hamuU:
      retainCoefficient = -solution.alongForget * clip.retain
      forgetCoefficient = -solution.alongRetain * clip.forget
    }
    branch = solution.branch
    self.radius = radius
    self.quota = quota
    objectiveChange = solution.retainChange
    constraintChange = solution.forgetChange
  }
}

extension StepPlanner {
  private mutating func solveGlobally(_ settings: StepSettings) {
    var whole = BlockProblem.joined(problems)
    if case .absolute(let radius) = settings.radius { whole.radius = radius }
    let quota = settings.constraint.quota(reach: whole.reach)
    let solution = whole.solved(quota: quota)
    // Each block's own changes, so that their sum is the whole's.
    for index in problems.indices {
      let block = problems[index]
      var part = solution
      part.retainChange = solution.alongRetain * block.retainSquared + solution.alongForget * block.kappa
      part.forgetChange = solution.alongRetain * block.kappa + solution.alongForget * block.forgetSquared
      solutions.append(part)
      quotas.append(quota)
      problems[index] = whole
    }
    plan.quota = quota
    plan.isFeasible = quota <= whole.reach * Self.slack
    plan.stoppingMargin = quota - whole.unsignedReach
  }

  private mutating func solveOptimally(_ settings: StepSettings) {
    multiplier.set(problems)
    plan.quota = settings.constraint.quota(reach: multiplier.reach)
    plan.isFeasible = plan.quota <= multiplier.reach * Self.slack
    if plan.isFeasible {
      let root = multiplier.root(quota: plan.quota)
      plan.multiplier = root.m
      multiplier.solve(at: root, into: &solutions)
    } else {
      multiplier.goFurthest(into: &solutions)
    }
    for solution in solutions { quotas.append(solution.forgetChange) }
    plan.stoppingMargin = plan.quota - problems.reduce(0) { $0 + $1.unsignedReach }
  }

  private mutating func solveLayerwise(_ settings: StepSettings) {
    let reach = problems.reduce(0) { $0 + $1.reach }
    plan.quota = settings.constraint.quota(reach: reach)
    plan.isFeasible = plan.quota <= reach * Self.slack
    let shares = Shares(problems, settings.allocation)
    quotas = settings.shares == .capped ? shares.capped(plan.quota) : shares.literal(plan.quota)
    for (problem, quota) in zip(problems, quotas) { solutions.append(problem.solved(quota: quota)) }
    plan.stoppingMargin = plan.quota - problems.reduce(0) { $0 + $1.unsignedReach }
  }
}

extension Constraint {
  /// Q, for blocks whose greatest improvement together is `reach`.
  fileprivate func quota(reach: Double) -> Double {
    switch self {
    case .ratio(let share): share * reach
    case .absolute(let quota): quota
    }
  }
}

extension BlockProblem {
  /// R sqrt(|a|^2 |b|^2 - kappa^2)/|a| = R |b| |a_perp|/|a|
  fileprivate var unsignedReach: Double {
    retainSquared > 0 ? reach * (perpSquared / retainSquared).squareRoot() : 0
  }
}
