/// The last steps' scalars in which no batch meets itself, and what the last steps cost on rows they were not fitted to.
///
/// The paper's F* is computed from the very batch that the step is fitted to and then reports a gain where the model
/// loses. Here A_i, B_i come from products of two disjoint halves of a batch, kappa_i from two independent batches, so
/// each is free of the batch's own noise in the mean; they are averaged over the window and only then made possible.
package struct HardnessWindow: Sendable, Equatable, Codable {
  /// One pair of gradients, by block, unclipped.
  package struct Entry: Sendable, Equatable, Codable {
    /// A_i = a1.a2 of the two halves of the retain batch; |a_i|^2 when the batch is the whole retain set.
    package var retain: [Double]
    /// B_i = b1.b2; |b_i|^2 when the batch is the whole forget set of the phase.
    package var forget: [Double]
    /// K_i = a_i.b_i
    package var kappa: [Double]

    package init(retain: [Double], forget: [Double], kappa: [Double]) {
      self.retain = retain
      self.forget = forget
      self.kappa = kappa
    }
  }

  /// Steps that are looked at, and how many there must be.
  package static let length = 10
  package static let least = 5

  /// Oldest first.
  package private(set) var entries: [Entry] = []
  /// a(new batch, after the step) . d(the step), unclipped; oldest first.
  package private(set) var costs: [Double] = []

  package init() {}

  package mutating func append(_ entry: Entry) {
    entries.append(entry)
    if entries.count > Self.length { entries.removeFirst() }
  }

  package mutating func append(cost: Double) {
    costs.append(cost)
    if costs.count > Self.length { costs.removeFirst() }
  }

  /// What is needed beside the window to state the problem: of the newest step.
  package struct Problem: Sendable {
    package var variant: Variant
    package var constraint: Constraint
    /// R_i
    package var radii: [Double]
    /// An absolute quota counts clipped gradients: the factor of the constrained side (forget; retain for HAMU-U).
    package var clip: Double

    package init(_ plan: StepPlan, _ settings: StepSettings) {
      variant = settings.variant
      constraint = settings.constraint
      radii = plan.radii
      clip = settings.variant == .hamuQ ? plan.forgetClip : plan.retainClip
    }
  }

  /// Hardness over the window; nil until both windows hold `least` entries.
  package func estimate(_ problem: Problem) -> Hardness? {
    guard entries.count >= Self.least, costs.count >= Self.least else { return nil }
    let whole = Debiased(entries, problem)
    let without = entries.indices.map { left in
      var rest = entries
      rest.remove(at: left)
      return Debiased(rest, problem)
    }
    let cost = Self.mean(costs)
    return Hardness(
      whole, errors: (Self.jackknife(without.map(\.leastCost)), Self.jackknife(without.map(\.criterion))),
      retainCost: (cost, (costs.reduce(0) { $0 + ($1 - cost) * ($1 - cost) } / Self.degrees(costs.count)).squareRoot()))
  }

  /// n (n - 1): divides the squared deviations into the squared standard error of a mean.
  private static func degrees(_ count: Int) -> Double { Double(count * (count - 1)) }

  private static func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }

  /// sqrt((n-1)/n * sum_j (F_(j) - mean F_(j))^2)
  private static func jackknife(_ values: [Double]) -> Double {
    let center = mean(values)
    let spread = values.reduce(0) { $0 + ($1 - center) * ($1 - center) }
    return (spread * Double(values.count - 1) / Double(values.count)).squareRoot()
  }
}

/// F*, Q0 and kappa from the means of some steps' scalars.
struct Debiased {
  /// F* of the problem that is solved: above 0 when even the best step harms the side that it is best for.
  var criterion: Double
  /// What is shown: F* for HAMU-Q; for HAMU-U, whose constraint it is, -U.
  var leastCost: Double
  /// Q0; for HAMU-U -F'.
  var freeImprovement: Double
  var quota: Double
  var kappa: Double
  /// |a'|^2, |b'|^2 and R^2 of all blocks taken as one.
  private var retainSquared: Double
  private var forgetSquared: Double
  private var radiusSquared: Double

  init(_ entries: [HardnessWindow.Entry], _ problem: HardnessWindow.Problem) {
    let blocks = Self.blocks(entries, problem)
    let multiplier = Multiplier(blocks)
    quota =
      switch problem.constraint {
      case .ratio(let share): share * multiplier.reach
      case .absolute(let quota): min(quota / problem.clip, multiplier.reach)
      }
    let root = multiplier.root(quota: quota)
    var solutions: [BlockSolution] = []
    multiplier.solve(at: root, into: &solutions)
    criterion = solutions.reduce(0) { $0 + $1.retainChange }
    switch problem.variant {
    case .hamuQ:
      leastCost = criterion
      freeImprovement = multiplier.freeImprovement()
    case .hamuU:
      leastCost = -quota
      freeImprovement = -criterion
    }
    kappa = blocks.reduce(0) { $0 + $1.kappa }
    retainSquared = blocks.reduce(0) { $0 + $1.retainSquared }
    forgetSquared = blocks.reduce(0) { $0 + $1.forgetSquared }
    radiusSquared = problem.radii.reduce(0) { $0 + $1 * $1 }
  }

  /// Q|a|/R, of all blocks as one.
  private var tilt: Double {
    radiusSquared > 0 ? quota * (retainSquared / radiusSquared).squareRoot() : 0
  }
  var kappa1: Double { -tilt }
  var kappa2: Double { max(0, retainSquared * forgetSquared - tilt * tilt).squareRoot() }

  /// Means over the window; then A and B not below 0, then |K| not above sqrt(A B).
  private static func blocks(
    _ entries: [HardnessWindow.Entry], _ problem: HardnessWindow.Problem
  ) -> [BlockProblem] {
    let share = 1 / Double(entries.count)
    return problem.radii.indices.map { block in
      let a = max(0, entries.reduce(0) { $0 + $1.retain[block] } * share)
      let b = max(0, entries.reduce(0) { $0 + $1.forget[block] } * share)
      let limit = (a * b).squareRoot()
      let kappa = max(-limit, min(limit, entries.reduce(0) { $0 + $1.kappa[block] } * share))
      let (retain, forget) = problem.variant == .hamuQ ? (a, b) : (b, a)
      let perp = forget > 0 ? max(0, retain - kappa * kappa / forget) : retain
      return BlockProblem(
        retainSquared: retain, forgetSquared: forget, kappa: kappa, perpSquared: perp, radius: problem.radii[block])
    }
  }
}
