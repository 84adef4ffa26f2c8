import FoundationEssentials
import HAMU

/// Single steps against those of the authors' code and of the float64 oracle (reference.md).
enum Steps {
  /// Of each block's largest element.
  private static let updateBound = 1e-4
  /// Relative.
  private static let marginBound = 2e-3
  /// Relative to |a||b|: what rounding in float32 may do to kappa - kappa1. Closer than this, either branch is right.
  private static let rounding = 1e-6

  static func tally(in directory: String) throws -> GoldenTally {
    var tally = GoldenTally()
    for name in try GoldenDirectory.files(in: directory, prefix: "hamu_step", suffix: ".json") {
      let file = try JSONDecoder().decode(StepsFile.self, from: GoldenDirectory.read(name, in: directory))
      for (index, example) in file.cases.enumerated() {
        compare(example, "\(name) case \(index)", &tally)
      }
      for (index, example) in (file.baselines ?? []).enumerated() {
        tally.countOne()
        let blocks = example.blocks.map { BlockScalars(retain: $0.retain, forget: $0.forget) }
        for (method, wanted) in [(Baseline.gru, example.gru), (.pcgrad, example.pcgrad)] {
          let place = "\(name) baseline \(index) \(method)"
          compare(method.direction(blocks), example.blocks, wanted, place, &tally)
        }
      }
    }
    return tally
  }

  /// A direction of all blocks as one, in the bound of updates.
  private static func compare(
    _ found: (retain: Double, forget: Double), _ blocks: [StepsFile.Block], _ wanted: [[Double]], _ place: String,
    _ tally: inout GoldenTally
  ) {
    guard wanted.map(\.count) == blocks.map(\.retain.count) else {
      tally.require(false, "\(place): a direction of another shape than the gradients")
      return
    }
    for (block, wanted) in zip(blocks, wanted) {
      let step = zip(block.retain, block.forget).map { found.retain * $0 + found.forget * $1 }
      let error = zip(step, wanted).reduce(0) { max($0, abs($1.0 - $1.1)) }
      tally.compare(error: error, bound: updateBound * (wanted.map(abs).max() ?? 0), place)
    }
  }

  private static func compare(_ example: StepsFile.Case, _ place: String, _ tally: inout GoldenTally) {
    guard let settings = settings(of: example) else {
      tally.require(false, "\(place): an unknown variant or allocation, or no radius")
      return
    }
    tally.countOne()
    let expected = example.expected
    let blocks = example.blocks.map { BlockScalars(retain: $0.retain, forget: $0.forget) }
    let plan = StepPlan(blocks, settings)
    guard plan.blocks.count == expected.update.count, plan.blocks.count == expected.branch.count else {
      tally.require(false, "\(place): as many updates and branches as blocks are needed")
      return
    }
    for (index, block) in example.blocks.enumerated() {
      let step = plan.blocks[index]
      compareUpdate(step, block, expected.update[index], "\(place) block \(index)", &tally)
      if isDecided(index, plan, blocks, settings) {
        tally.require(
          step.branch.rawValue == expected.branch[index],
          "\(place) block \(index): branch \(step.branch.rawValue) where \(expected.branch[index]) is right")
      }
    }
    if let margin = expected.stoppingMargin {
      tally.compare(
        error: abs(plan.stoppingMargin - margin),
        bound: marginBound * abs(margin) + marginRounding(plan, blocks, settings), "\(place) stopping margin")
    }
  }

  private static func settings(of example: StepsFile.Case) -> StepSettings? {
    guard let variant = Variant(rawValue: example.variant), let allocation = Allocation(rawValue: example.allocation),
      let radius = example.lr.map(TrustRadius.learningRate) ?? example.radius.map(TrustRadius.absolute)
    else { return nil }
    var settings = StepSettings(
      variant: variant, allocation: allocation, radius: radius, constraint: .absolute(example.constraint),
      maxGradNorm: nil)
    settings.shares = .literal
    return settings
  }

  private static func compareUpdate(
    _ step: BlockStep, _ block: StepsFile.Block, _ expected: [Double], _ place: String, _ tally: inout GoldenTally
  ) {
    guard expected.count == block.retain.count else {
      tally.require(false, "\(place): an update of \(expected.count) elements for \(block.retain.count)")
      return
    }
    var error = 0.0
    var largest = 0.0
    for (index, wanted) in expected.enumerated() {
      let update = step.retainCoefficient * block.retain[index] + step.forgetCoefficient * block.forget[index]
      // Not max: it would drop a NaN.
      if !(abs(update - wanted) <= error) { error = abs(update - wanted) }
      largest = max(largest, abs(wanted))
    }
    tally.compare(error: error, bound: max(updateBound * largest, 1e-12), place)
  }

  /// What rounding leaves of the authors' margin, Q - sum R sqrt(|a|^2|b|^2 - kappa^2)/|a|: a little where Q and the sum
  /// cancel, and the square root of a float32 rounding where a block is parallel and |a|^2|b|^2 - kappa^2 is nothing.
  private static func marginRounding(_ plan: StepPlan, _ blocks: [BlockScalars], _ settings: StepSettings) -> Double {
    zip(blocks, plan.blocks).reduce(rounding * abs(plan.quota)) { sum, block in
      let reach = block.1.radius * block.0.constrainedNorm(settings.variant)
      return sum + reach * (block.0.isNearlyParallel ? 5e-4 : rounding)
    }
  }

  /// Whether rounding cannot have decided the branch. `optimal` and `global` decide once for all blocks.
  private static func isDecided(
    _ index: Int, _ plan: StepPlan, _ blocks: [BlockScalars], _ settings: StepSettings
  ) -> Bool {
    switch settings.allocation {
    case .optimal:
      // Direct exactly where the longest steps down the retain gradients reach Q by themselves.
      let direct = zip(blocks, plan.blocks).reduce(0) { $0 - $1.1.radius * $1.0.tilt(settings.variant) }
      let scale = zip(blocks, plan.blocks).reduce(0) { $0 + $1.1.radius * $1.0.constrainedNorm(settings.variant) }
      return isApart(direct, plan.quota, scale) && isApart(plan.quota, scale, scale)
    case .global:
      return isDecided(BlockScalars.joined(blocks), plan.blocks[index], settings)
    case .gradNormProduct, .uniform, .softmaxDot:
      return isDecided(blocks[index], plan.blocks[index], settings)
    }
  }

  private static func isDecided(_ block: BlockScalars, _ step: BlockStep, _ settings: StepSettings) -> Bool {
    let b = block.constrainedNorm(settings.variant)
    let scale = step.radius * b
    // kappa against kappa1 = -Q|a|/R, times R/|a|; Q against R|b|. Exact zeros round nothing.
    return scale == 0
      || isApart(-step.radius * block.tilt(settings.variant), step.quota, scale) && isApart(step.quota, scale, scale)
  }

  private static func isApart(_ left: Double, _ right: Double, _ scale: Double) -> Bool {
    abs(left - right) > rounding * scale
  }
}

extension BlockScalars {
  /// From the vectors themselves, in float64.
  init(retain a: [Double], forget b: [Double]) {
    func dot(_ left: [Double], _ right: [Double]) -> Double { zip(left, right).reduce(0) { $0 + $1.0 * $1.1 } }
    func perpSquared(_ left: [Double], _ right: [Double]) -> Double {
      let length = dot(right, right)
      let slope = length > 0 ? dot(left, right) / length : 0
      return zip(left, right).reduce(0) { $0 + ($1.0 - slope * $1.1) * ($1.0 - slope * $1.1) }
    }
    self.init(
      retainSquared: dot(a, a), forgetSquared: dot(b, b), kappa: dot(a, b),
      perpSquared: (perpSquared(a, b), perpSquared(b, a)))
  }

  fileprivate static func joined(_ blocks: [BlockScalars]) -> BlockScalars {
    BlockScalars(
      retainSquared: blocks.reduce(0) { $0 + $1.retainSquared },
      forgetSquared: blocks.reduce(0) { $0 + $1.forgetSquared }, kappa: blocks.reduce(0) { $0 + $1.kappa },
      perpSquared: (0, 0))
  }

  fileprivate var isNearlyParallel: Bool { retainPerpSquared <= 1e-6 * retainSquared }

  /// |b'| of the substituted problem.
  fileprivate func constrainedNorm(_ variant: Variant) -> Double {
    (variant == .hamuQ ? forgetSquared : retainSquared).squareRoot()
  }

  /// kappa / |a'|
  fileprivate func tilt(_ variant: Variant) -> Double {
    let squared = variant == .hamuQ ? retainSquared : forgetSquared
    return squared > 0 ? kappa / squared.squareRoot() : 0
  }
}
