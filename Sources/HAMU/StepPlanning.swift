extension StepPlan {
  /// Plans one step (arXiv:2606.02119, with the allocation `optimal` of our own).
  ///
  /// - Parameter blocks: of the unclipped gradients, all finite.
  package init(_ blocks: [BlockScalars], _ settings: StepSettings) {
    let clip = Clipping.factors(blocks, limit: settings.maxGradNorm)
    let problems = blocks.map { $0.problem(settings.variant, clip: clip, radius: settings.radius) }
    let solved = Allocated(problems, settings)
    self.blocks = zip(solved.problems, solved.quotas).enumerated().map { index, block in
      BlockStep(solved.solutions[index], settings.variant, clip: clip, radius: block.0.radius, quota: block.1)
    }
    quota = solved.quota
    isFeasible = solved.isFeasible
    multiplier = solved.multiplier
    kappa = problems.reduce(0) { $0 + $1.kappa }
    objectiveChange = solved.solutions.reduce(0) { $0 + $1.retainChange }
    constraintChange = solved.solutions.reduce(0) { $0 + $1.forgetChange }
    stoppingMargin = solved.stoppingMargin
    retainClip = clip.retain
    forgetClip = clip.forget
    radii = Self.radii(problems, settings)
  }

  /// `global` with an absolute radius has one R for all blocks together, so each block's part is R/sqrt(l).
  private static func radii(_ problems: [BlockProblem], _ settings: StepSettings) -> [Double] {
    guard settings.allocation == .global, case .absolute(let radius) = settings.radius else {
      return problems.map(\.radius)
    }
    return problems.map { _ in radius / Double(problems.count).squareRoot() }
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

/// The quota divided among the blocks and each block solved.
private struct Allocated {
  var problems: [BlockProblem]
  var solutions: [BlockSolution]
  var quota: Double
  var quotas: [Double]
  var isFeasible: Bool
  var multiplier: Double?
  var stoppingMargin: Double

  /// What rounding may add to a quota that was computed from the reach itself.
  private static let slack = 1 + 1e-12

  init(_ problems: [BlockProblem], _ settings: StepSettings) {
    switch settings.allocation {
    case .global: self.init(global: problems, settings)
    case .optimal: self.init(optimal: problems, settings)
    case .gradNormProduct, .uniform, .softmaxDot: self.init(layerwise: problems, settings)
    }
  }

  private init(global problems: [BlockProblem], _ settings: StepSettings) {
    var whole = BlockProblem.joined(problems)
    if case .absolute(let radius) = settings.radius { whole.radius = radius }
    let quota = settings.constraint.quota(reach: whole.reach)
    let solution = whole.solved(quota: quota)
    self.problems = problems.map { _ in whole }
    // Each block's own changes, so that their sum is the whole's.
    solutions = problems.map { block in
      var part = solution
      part.retainChange = solution.alongRetain * block.retainSquared + solution.alongForget * block.kappa
      part.forgetChange = solution.alongRetain * block.kappa + solution.alongForget * block.forgetSquared
      return part
    }
    self.quota = quota
    quotas = problems.map { _ in quota }
    isFeasible = quota <= whole.reach * Self.slack
    stoppingMargin = quota - whole.unsignedReach
  }

  private init(optimal problems: [BlockProblem], _ settings: StepSettings) {
    let multiplier = Multiplier(problems)
    quota = settings.constraint.quota(reach: multiplier.reach)
    isFeasible = quota <= multiplier.reach * Self.slack
    if isFeasible {
      let root = multiplier.root(quota: quota)
      self.multiplier = root.m
      solutions = multiplier.solutions(at: root)
    } else {
      solutions = multiplier.furthest()
    }
    self.problems = problems
    quotas = solutions.map(\.forgetChange)
    stoppingMargin = quota - problems.reduce(0) { $0 + $1.unsignedReach }
  }

  private init(layerwise problems: [BlockProblem], _ settings: StepSettings) {
    let reach = problems.reduce(0) { $0 + $1.reach }
    quota = settings.constraint.quota(reach: reach)
    isFeasible = quota <= reach * Self.slack
    let shares = Shares(problems, settings.allocation)
    quotas = settings.shares == .capped ? shares.capped(quota) : shares.literal(quota)
    solutions = zip(problems, quotas).map { $0.solved(quota: $1) }
    self.problems = problems
    stoppingMargin = quota - problems.reduce(0) { $0 + $1.unsignedReach }
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
