import HAMU
import Testing

@Suite struct HardnessTests {
  private typealias Entry = HardnessWindow.Entry

  private func problem(
    radii: [Double], _ constraint: Constraint = .ratio(0.5), _ variant: Variant = .hamuQ, clip: Double = 1
  ) -> HardnessWindow.Problem {
    let settings = StepSettings(variant: variant, radius: .absolute(1), constraint: constraint, maxGradNorm: nil)
    let scalars = radii.map { _ in
      BlockScalars(retainSquared: 1, forgetSquared: 1, kappa: 0, perpSquared: (1, 1))
    }
    var problem = HardnessWindow.Problem(StepPlan(scalars, settings), settings)
    problem.radii = radii
    problem.clip = clip
    return problem
  }

  private func window(_ entries: [Entry], costs: [Double]) -> HardnessWindow {
    var window = HardnessWindow()
    for entry in entries { window.append(entry) }
    for cost in costs { window.append(cost: cost) }
    return window
  }

  private let steady = [Entry](
    repeating: Entry(retain: [4, 1], forget: [1, 9], kappa: [1, -1]), count: 6)

  @Test func window_withFewerThanFiveOfEither_saysNothing() {
    #expect(window(Array(steady.prefix(4)), costs: [1, 1, 1, 1, 1]).estimate(problem(radii: [1, 1])) == nil)
    #expect(window(steady, costs: [1, 1, 1, 1]).estimate(problem(radii: [1, 1])) == nil)
    #expect(window(steady, costs: [1, 1, 1, 1, 1]).estimate(problem(radii: [1, 1])) != nil)
  }

  @Test func window_holdsTen() {
    var window = window(steady + steady, costs: Array(repeating: 1, count: 15))
    #expect(window.entries.count == 10 && window.costs.count == 10)
    window.append(cost: 7)
    #expect(window.costs.last == 7 && window.costs.count == 10)
  }

  @Test func steadyScalars_giveThePlansOwnCost_withoutError() throws {
    let hardness = try #require(window(steady, costs: [1, 2, 3, 4, 5]).estimate(problem(radii: [0.1, 0.2])))
    let plan = StepPlan(
      [
        BlockScalars(retainSquared: 4, forgetSquared: 1, kappa: 1, perpSquared: (3, 0.75), weightSquared: 0.01),
        BlockScalars(retainSquared: 1, forgetSquared: 9, kappa: -1, perpSquared: (8.0 / 9, 8), weightSquared: 0.04),
      ], StepSettings(radius: .relative(1), constraint: .ratio(0.5), maxGradNorm: nil))
    #expect(abs(hardness.leastCost - plan.objectiveChange) < 1e-12)
    #expect(hardness.leastCostError == 0)
    #expect(abs(hardness.quota - 0.5 * (0.1 * 1 + 0.2 * 3)) < 1e-15)
    #expect(hardness.kappa == 0)
    #expect(hardness.retainCost == 3)
    // s = sqrt(2.5), s/sqrt(5)
    #expect(abs(hardness.retainCostError - 0.5.squareRoot()) < 1e-15)
    #expect(hardness.criterion == hardness.leastCost)
  }

  @Test func thresholds_areThoseOfAllBlocksAsOne() throws {
    let hardness = try #require(window(steady, costs: [0, 0, 0, 0, 0]).estimate(problem(radii: [3, 4])))
    let (a, b, radius) = (5.0.squareRoot(), 10.0.squareRoot(), 5.0)
    #expect(abs(hardness.kappa1 + hardness.quota * a / radius) < 1e-12)
    let inner = 50 - hardness.quota * hardness.quota * 5 / 25
    #expect(abs(hardness.kappa2 - inner.squareRoot()) < 1e-12)
    #expect(a * b > hardness.kappa2)
  }

  @Test func impossibleMeans_areClamped() throws {
    // A and B scatter around 0: no gradient is left, and nothing can be improved.
    let noise = [1.0, -1, 1, -1, -1, -1].map { Entry(retain: [$0], forget: [-$0], kappa: [5]) }
    let hardness = try #require(window(noise, costs: [0, 0, 0, 0, 0]).estimate(problem(radii: [1])))
    #expect(hardness.leastCost == 0 && hardness.freeImprovement == 0 || hardness.leastCost.isFinite)
    #expect(hardness.kappa2.isFinite && hardness.kappa1.isFinite && hardness.leastCostError.isFinite)
    // |K| is at most sqrt(A B).
    let steep = [Entry](repeating: Entry(retain: [1], forget: [1], kappa: [9]), count: 5)
    let aligned = try #require(window(steep, costs: [0, 0, 0, 0, 0]).estimate(problem(radii: [1])))
    #expect(aligned.kappa == 1)
    #expect(abs(aligned.leastCost - 0.5) < 1e-12)
    #expect(abs(aligned.freeImprovement) < 1e-12)
  }

  @Test func error_isTheJackknifeOfWholeEstimates() throws {
    var numbers = TestNumbers(4)
    let entries = (0..<7).map { _ in
      Entry(
        retain: [numbers.real(1, 2), numbers.real(1, 2)], forget: [numbers.real(1, 2), numbers.real(3, 4)],
        kappa: [numbers.real(-1, 1), numbers.real(-1, 1)])
    }
    let costs = [0.0, 0, 0, 0, 0]
    let whole = try #require(window(entries, costs: costs).estimate(problem(radii: [1, 1])))
    let left = try entries.indices.map { index in
      var rest = entries
      rest.remove(at: index)
      return try #require(window(rest, costs: costs).estimate(problem(radii: [1, 1]))).leastCost
    }
    let mean = left.reduce(0, +) / 7
    let spread = left.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    #expect(abs(whole.leastCostError - (spread * 6 / 7).squareRoot()) < 1e-14)
    #expect(whole.leastCostError > 0)
  }

  @Test func freeImprovement_isTheLargestQuotaThatCostsNothing() throws {
    var numbers = TestNumbers(8)
    for _ in 0..<100 {
      let entry = Entry(
        retain: [numbers.real(0, 2), numbers.real(0, 2)], forget: [numbers.real(0, 2), numbers.real(0, 2)],
        kappa: [numbers.real(-1, 2), numbers.real(-1, 2)])
      let steady = window([Entry](repeating: entry, count: 5), costs: [0, 0, 0, 0, 0])
      func cost(_ quota: Double) throws -> Hardness {
        try #require(steady.estimate(problem(radii: [0.3, 0.2], .absolute(quota))))
      }
      let free = try cost(0).freeImprovement
      let below = try cost(free * 0.999)
      #expect(below.leastCost <= 1e-9)
      // Above it a step costs, unless it is all that can be reached.
      let beyond = try cost(free * 1.001 + 1e-9)
      #expect(beyond.leastCost >= -1e-9 || beyond.quota <= free * (1 + 1e-12))
    }
  }

  @Test func absoluteQuota_countsClippedGradients_andIsCappedAtTheReach() throws {
    let steady = window(self.steady, costs: [0, 0, 0, 0, 0])
    let half = try #require(steady.estimate(problem(radii: [1, 1], .absolute(0.5), clip: 0.5)))
    #expect(half.quota == 1)
    let capped = try #require(steady.estimate(problem(radii: [1, 1], .absolute(500), clip: 0.5)))
    #expect(capped.quota == 4)
  }

  @Test func hamuU_showsItsOwnSide() throws {
    let hardness = try #require(
      window(steady, costs: [0, 0, 0, 0, 0]).estimate(problem(radii: [0.1, 0.2], .ratio(0.5), .hamuU)))
    // U = ratio * sum R sqrt(A); what must be had for the retain side is its least cost, below 0.
    #expect(abs(hardness.quota - 0.5 * (0.1 * 2 + 0.2 * 1)) < 1e-15)
    #expect(hardness.leastCost == -hardness.quota)
    #expect(hardness.freeImprovement == -hardness.criterion)
    let swapped = [Entry](repeating: Entry(retain: [1, 9], forget: [4, 1], kappa: [1, -1]), count: 6)
    let other = try #require(window(swapped, costs: [0, 0, 0, 0, 0]).estimate(problem(radii: [0.1, 0.2])))
    #expect(abs(hardness.criterion - other.leastCost) < 1e-15)
  }

  @Test func verdict_hasTwoEdges_andIsSilentBetween() throws {
    var hardness = try #require(window(steady, costs: [0, 0, 0, 0, 0]).estimate(problem(radii: [1, 1])))
    var verdict = HardnessVerdict()
    func edge(_ criterion: Double, error: Double = 1) -> HardnessVerdict.Edge? {
      hardness.criterion = criterion
      hardness.criterionError = error
      return verdict.update(hardness)
    }
    #expect(edge(1.6) == nil)
    #expect(edge(1.64) == nil)
    #expect(edge(1.65) == .begins)
    #expect(edge(3) == nil)
    #expect(edge(-1.6) == nil)
    #expect(edge(1.7) == nil)
    #expect(edge(-1.65) == .ends)
    #expect(edge(-3) == nil)
    #expect(edge(0, error: 0) == nil)
    #expect(edge(1e-9, error: 0) == .begins)
  }
}
