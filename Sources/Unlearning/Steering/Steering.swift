package import HAMU

/// What the controller knows and has decided: part of a run's saved state. A value; its decisions depend on nothing else.
///
/// The loop of each step is the quota's pace; radius and batch are decided at measurements, when the retain sample says what
/// the steps since the last one did.
package struct Steering: Sendable, Equatable, Codable {
  /// Of the steps since the last measurement.
  struct Tally: Sendable, Equatable, Codable {
    /// Sum of the cross-fitted costs: what the loss should have changed by.
    var predicted = 0.0
    /// Sum of sum R_i |a_i|: the longest way the loss could have gone, to first order.
    var reach = 0.0
    var quotaShares = 0.0
    var steps = 0
  }

  /// Retain rows of a step.
  package internal(set) var batch: Int
  /// By which the configured radius is multiplied.
  package internal(set) var radiusScale = 1.0
  /// By which the configured quota is multiplied.
  package internal(set) var quotaScale = 1.0
  /// Cross-entropies of the last five retain batches.
  var losses: [Double] = []
  var tally = Tally()
  /// What was spent of the budget at the last measurement.
  var spent = 0.0
  /// What was spent at the last measurements at which no quota was left for it, without one with some in between.
  var overspent: [Double] = []
  /// Share of the retain rows that were missed at the last measurement and were not before the run; an estimate.
  var missed = 0.0
  /// Retain rows that miss most; batches are drawn by them until the next measurement.
  var hard: [HardRow] = []
  /// What was seen of retain rows since.
  var seen: [HardRow] = []
  /// Rows of the phase that are not down at their targets; ascending.
  var open: [Int] = []
  /// Of tombstoned rows that guard, those that are not; ascending.
  var openGuards: [Int] = []
  /// By which the number and the weight of tombstoned rows that guard is multiplied; nil where the phase leaves them as configured.
  var guardPressure: Double?
  /// F of the phase's rows at the last measurement; nil where no margin is lowered.
  var excess: Double?
  package internal(set) var decisions: [SteeringReport] = []

  /// The phase is over, and steps with a small quota buy the retain loss back.
  var isRepairing = false
  /// It is over because it led nowhere: then nothing is held meanwhile.
  package internal(set) var isGivenUp = false
  /// Measurements after which they were begun or gone on with.
  var repairs = 0

  private static let window = 5
  /// Measurements far over the budget after which it must have fallen.
  private static let patience = 3
  private static let shortest = 1.0 / 16

  package init(_ settings: SteeringSettings, batchSize: Int) {
    batch = min(settings.batch, batchSize)
  }
}

// MARK: - Each step

extension Steering {
  mutating func note(_ pair: PairedGradients) {
    losses = losses.suffix(Self.window - 1) + [pair.retainLoss]
    seen += pair.seen
  }

  /// A step is taken.
  /// - Parameter cost: of the step before, on rows that it was not fitted to; 0 where there was none in this phase.
  package mutating func note(reach: Double, quotaShare: Double, cost: Double) {
    tally.steps += 1
    tally.reach += reach
    tally.quotaShares += quotaShare
    tally.predicted += cost
  }

  /// Forget rows of a step, at most.
  func forgetBatch(_ settings: RunSettings, _ objective: Objective) -> Int {
    guard let own = settings.steering else { return settings.batchSize }
    let size = objective == .crossEntropy ? own.classBatch : own.forgetBatch
    return min(settings.batchSize, size)
  }

  /// The more, the nearer what was erased before is to coming back: far below the band every guard is an image for nothing, and
  /// what many requests leave just below it adds up.
  /// - Parameter gap: from the AUC of all tombstoned rows to the top of the band.
  package static func guardPressure(gap: Double, _ settings: SteeringSettings) -> Double {
    let pressure = 1 + (settings.guardGap - gap) / settings.guardSlope
    return min(settings.guardMost, max(settings.guardLeast, pressure))
  }

  /// How much the retain loss has risen, by the last batches; before there are five, by the last measurement.
  func rise(over before: Double) -> Double {
    guard losses.count == Self.window else { return spent }
    return losses.reduce(0, +) / Double(losses.count) - before
  }

  /// The share of the configured quota that the next step takes: less as the budget is spent, nothing once it is.
  package static func pace(rise: Double, budget: Double, _ settings: SteeringSettings) -> Double {
    guard budget > 0 else { return rise > 0 ? 0 : 1 }
    return max(0, min(1, (settings.spent - rise / budget) / max(settings.spent - settings.free, 1e-9)))
  }
}

extension Constraint {
  func scaled(by share: Double) -> Constraint {
    switch self {
    case .ratio(let ratio): .ratio(ratio * share)
    case .absolute(let quota): .absolute(quota * share)
    }
  }
}

// MARK: - Each measurement

extension Steering {
  /// What a measurement shows that radius and batch are decided by.
  package struct Evidence: Sendable {
    package var step: Int
    /// Rise of the loss of the retain sample over before the run, and how much it may rise.
    package var spent: Double
    package var budget: Double
    /// Share of the retain rows that are missed and were not before the run.
    package var missed = 0.0
    /// The goal of the phase is reached, or given up.
    package var isOver: Bool
    package var isGivenUp = false
    /// nil before the window is filled.
    package var hardness: Hardness?
    /// The configured batch, and the configured quota as a share of the greatest improvement; nil where it is none.
    package var batchSize: Int
    package var quota: Double?
    /// Steps that the pace since the last measurement would take to the target, as a share of those that are left.
    package var stepsShare: Double?

    package init(
      step: Int, spent: Double, budget: Double, isOver: Bool = false, hardness: Hardness?, batchSize: Int
    ) {
      self.step = step
      self.isOver = isOver
      self.spent = spent
      self.budget = budget
      self.hardness = hardness
      self.batchSize = batchSize
    }
  }

  /// Whether the loss rose by so much more than the steps' costs say that they are better undone: actual > predicted +
  /// 1/2 sum R_i |a_i|, and what was lost counts beside the budget.
  package func isWorseThanPredicted(_ evidence: Evidence, _ settings: SteeringSettings) -> Bool {
    let actual = evidence.spent - spent
    return tally.steps > 0 && actual > tally.predicted + tally.reach / 2
      && actual > settings.undoAbove * evidence.budget
  }

  /// Decides radius and batch of the steps that follow.
  package mutating func decide(_ evidence: Evidence, _ settings: SteeringSettings, undone: Bool = false) {
    var causes: [SteeringReport.Cause] = []
    let actual = evidence.spent - spent
    if undone {
      causes.append(.undone)
      shrink(by: 2)
    } else if tally.steps > 0 && tally.reach > 0 {
      let surprise = (actual - tally.predicted) / tally.reach
      if surprise > settings.surprise {
        causes.append(.surprise)
        shrink(by: 2)
      } else if surprise < settings.calm && radiusScale < 1 {
        causes.append(.calm)
        radiusScale = min(1, radiusScale * 1.5)
      }
    }
    if mayHurry(evidence, settings), evidence.stepsShare.map({ $0 > settings.stepsShare }) ?? false {
      causes.append(.slow)
      quotaScale *= settings.quotaGrowth
    }
    if isNoise(evidence, settings) && batch < evidence.batchSize {
      causes.append(.noise)
      batch = min(evidence.batchSize, batch * 2)
    }
    overspent = evidence.spent > settings.spent * evidence.budget ? overspent + [evidence.spent] : []
    isRepairing = wantsRepair(evidence, settings)
    if isRepairing { repairs += 1 }
    isGivenUp = evidence.isGivenUp
    if isRepairing || !overspent.isEmpty { causes.append(.repair) }
    let steps = Double(tally.steps)
    decisions.append(
      SteeringReport(
        step: evidence.step, causes: causes.isEmpty ? [decisions.isEmpty ? .start : .steady] : causes, batch: batch,
        openRows: open.count, radiusScale: radiusScale, quotaScale: quotaScale,
        quotaShare: steps > 0 ? tally.quotaShares / steps : nil, predicted: steps > 0 ? tally.predicted : nil,
        actual: steps > 0 ? actual : nil))
    tally = Tally()
    if !undone { spent = evidence.spent }
  }

  /// There is budget left for a larger quota, and the radii leave room for it. What is being bought back is not spent again.
  package func mayHurry(_ evidence: Evidence, _ settings: SteeringSettings) -> Bool {
    guard repairs == 0, evidence.spent < settings.spareShare * evidence.budget, let quota = evidence.quota
    else { return false }
    return quota * quotaScale * settings.quotaGrowth <= settings.quotaLimit
  }

  /// As long as little of the budget is spent the steps cost nothing but time, and a pace says little: the accuracy of a class
  /// falls late, and then all at once.
  package func mayGiveUp(_ evidence: Evidence, _ settings: SteeringSettings) -> Bool {
    guard repairs > 0 || evidence.spent >= settings.spareShare * evidence.budget else { return false }
    return !mayHurry(evidence, settings)
  }

  private mutating func shrink(by factor: Double) { radiusScale = max(Self.shortest, radiusScale / factor) }

  /// The steps cost what the best step need not: a matter of the batch, not of the request. Small costs, beside the budget,
  /// are not worth a larger one.
  private func isNoise(_ evidence: Evidence, _ settings: SteeringSettings) -> Bool {
    guard let hardness = evidence.hardness, evidence.spent > settings.noiseAbove * evidence.budget else { return false }
    return hardness.retainCost > HardnessVerdict.errors * hardness.retainCostError
      && hardness.leastCost <= HardnessVerdict.errors * hardness.leastCostError
  }

  /// The phase is over, at a price that can be bought back.
  package func wantsRepair(_ evidence: Evidence, _ settings: SteeringSettings) -> Bool {
    guard evidence.isOver && repairs < settings.repairs else { return false }
    return evidence.spent > settings.repairAbove * evidence.budget || evidence.missed > settings.repairMissed
  }

  /// No quota was left for some measurements, and yet the loss does not come back.
  package func isLost(_ evidence: Evidence, _ settings: SteeringSettings) -> Bool {
    guard evidence.spent > settings.spent * evidence.budget, overspent.count >= Self.patience else { return false }
    return overspent[overspent.count - Self.patience] <= evidence.spent
  }
}
