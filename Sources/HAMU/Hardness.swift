/// How hard forgetting is just now, in loss units per step, of the unclipped gradients (algorithm.md, "Hardness without
/// the batch's noise").
package struct Hardness: Sendable, Equatable, Codable {
  /// sum of a.b over the blocks, and the thresholds of all blocks taken as one: for orientation, they can lag F*.
  package var kappa: Double
  package var kappa1: Double
  package var kappa2: Double
  /// Q (HAMU-U: U).
  package var quota: Double
  /// F*(Q): what a step must cost the retain loss, at the least, to first order. HAMU-U: -U.
  package var leastCost: Double
  /// Standard error, by the jackknife.
  package var leastCostError: Double
  /// What steps did cost on rows they were not fitted to (cross-fitted), and its standard error.
  package var retainCost: Double
  package var retainCostError: Double
  /// Q0: the largest improvement of the forget side that costs nothing. HAMU-U: the best one under U.
  package var freeImprovement: Double
  /// What the verdict looks at, and its standard error: F* (for HAMU-U -freeImprovement).
  package var criterion: Double
  package var criterionError: Double

  /// All figures 0: for whoever fills them in one by one.
  package init() {
    (kappa, kappa1, kappa2, quota) = (0, 0, 0, 0)
    (leastCost, leastCostError, retainCost, retainCostError) = (0, 0, 0, 0)
    (freeImprovement, criterion, criterionError) = (0, 0, 0)
  }

  init(
    _ debiased: Debiased, errors: (leastCost: Double, criterion: Double), retainCost: (mean: Double, error: Double)
  ) {
    kappa = debiased.kappa
    kappa1 = debiased.kappa1
    kappa2 = debiased.kappa2
    quota = debiased.quota
    leastCost = debiased.leastCost
    leastCostError = errors.leastCost
    self.retainCost = retainCost.mean
    retainCostError = retainCost.error
    freeImprovement = debiased.freeImprovement
    criterion = debiased.criterion
    criterionError = errors.criterion
  }
}

extension Hardness {
  /// Retain degradation is unavoidable at the quota: the criterion is above 0 by more than its error.
  package var isUnavoidable: Bool { criterion > HardnessVerdict.errors * criterionError }
}

/// Whether retain degradation is unavoidable at the quota, with the two edges of that condition. The steps between say
/// nothing, so that a criterion that trembles around 0 neither begins nor ends it.
package struct HardnessVerdict: Sendable, Equatable, Codable {
  package enum Edge: Sendable, Equatable {
    case begins
    case ends
  }

  /// A one-sided 95 % of the normal distribution.
  package static let errors = 1.64

  package private(set) var isUnavoidable = false

  package init() {}

  /// The edge that this estimate is, if it is one.
  package mutating func update(_ hardness: Hardness) -> Edge? {
    let margin = Self.errors * hardness.criterionError
    if !isUnavoidable && hardness.isUnavoidable {
      isUnavoidable = true
      return .begins
    }
    if isUnavoidable && hardness.criterion < -margin {
      isUnavoidable = false
      return .ends
    }
    return nil
  }
}
