import HAMU
import Networks

// What the controller does in a course.
extension Course {
  private func evidence(isOver: Bool = false) -> Steering.Evidence {
    var evidence = Steering.Evidence(
      step: state.step, spent: state.retainSpent, budget: plan.policy.budget, isOver: isOver, hardness: state.hardness,
      batchSize: plan.settings.batchSize)
    evidence.missed = state.steering?.missed ?? 0
    if case .ratio(let share) = plan.settings.step.constraint { evidence.quota = share }
    evidence.stepsShare = state.stepsShare(ofLeft: stepLimit - state.step, over: 1)
    return evidence
  }

  private func steering(_ test: (Steering, SteeringSettings) -> Bool) -> Bool? {
    guard let steering = state.steering, let settings = plan.settings.steering else { return nil }
    return test(steering, settings)
  }

  var isWorseThanPredicted: Bool { steering { $0.isWorseThanPredicted(evidence(), $1) } ?? false }

  /// The retain loss is over the budget for good. Without a controller nothing brings it back.
  var isOverspent: Bool {
    steering { $0.isLost(evidence(), $1) } ?? isOverBudget
  }

  var isOverBudget: Bool { state.retainSpent > plan.policy.budget }

  /// Whether a goal that is reached is all that was wanted.
  var isWorthEnding: Bool {
    !isOverBudget && (!wantsRepair || state.step >= stepLimit)
  }

  /// Whether a phase that is over, reached or given up, is gone on with to buy the retain loss back.
  var wantsRepair: Bool { steering { $0.wantsRepair(evidence(isOver: true), $1) } ?? false }

  /// Also the steps that were accepted to cost something are only taken while they lead somewhere.
  var isTooSlow: Bool {
    // Of a run that goes on after it was held, the steps that it took since.
    guard let settings = plan.settings.steering, let steering = state.steering,
      state.step - state.stepBase >= settings.paceSteps, steering.mayGiveUp(evidence(), settings)
    else { return false }
    let share = state.stepsShare(ofLeft: stepLimit - state.step, over: settings.paceSteps)
    return share.map { $0 > settings.paceSlack } ?? false
  }

  /// Decides radius and batch at a measurement from which the run goes on.
  /// - Parameter retain: what was seen of retain rows since the last measurement, beside the steps' own.
  func steer(_ retain: [SeenRows], isReached: Bool) {
    guard let settings = plan.settings.steering, var steering = state.steering else { return }
    steering.seen += retain.flatMap(\.hardRows)
    var evidence = evidence(isOver: isReached || isTooSlow)
    evidence.isGivenUp = !isReached && isTooSlow
    steering.decide(evidence, settings)
    state.steering = steering
    if steering.isRepairing { state.isNear = true }
    if state.nextMeasurement > state.step { state.planMeasurement(plan.settings) }
    tellDecision()
  }

  /// Looks for retain rows that have become hard; before a measurement changes anything, so that a run that is stopped in it
  /// measures again.
  func screen(_ gauge: Gauge) throws(Interruption) -> SeenRows {
    guard let settings = plan.settings.steering, let steering = state.steering else { return try gauge.train([]) }
    var generator = SeededGenerator(seed: plan.settings.seed, purpose: .screen, step: state.step)
    let rows = generator.places(settings.screen, of: steering.hard.count).map { steering.hard[$0].row }
    return try gauge.train(rows.sorted())
  }

  /// Back to the last measured point, with shorter steps.
  func undo() -> Stop? {
    guard let settings = plan.settings.steering, var steering = state.steering else { return nil }
    steering.decide(evidence(), settings, undone: true)
    goBack()
    state.steering?.radiusScale = steering.radiusScale
    state.steering?.quotaScale = steering.quotaScale
    state.steering?.decisions = steering.decisions
    state.steering?.tally = Steering.Tally()
    state.planMeasurement(plan.settings)
    tellDecision()
    return nil
  }

  var stepSettings: StepSettings {
    var settings = plan.settings.step
    settings.radius = settings.radius.scaled(by: state.radiusScale)
    if let steering = state.steering { settings.radius = settings.radius.scaled(by: steering.radiusScale) }
    return settings
  }

  /// The mean of the last three retain batches is over the budget: it is measured at once. With a controller the pace
  /// of the next step sees to it.
  func isAlarming(_ losses: [Double]) -> Bool {
    state.steering == nil && losses.count == 3 && losses.reduce(0, +) / 3 > state.sampleBefore.loss + plan.policy.budget
  }

  /// What hardness is asked of: the quota of the steps; with a controller, which takes less where less is enough, the
  /// smallest that still reaches the target within the steps that are left.
  func problem(_ stepPlan: StepPlan, _ settings: StepSettings) -> HardnessWindow.Problem {
    var problem = HardnessWindow.Problem(stepPlan, settings)
    if let excess = state.steering?.excess, settings.variant == .hamuQ {
      problem.constraint = .absolute(problem.clip * excess / stepsToGo)
    }
    return problem
  }

  /// Among which what is still to be forgotten is shared out. Of the last few steps no more is asked than of as many as a
  /// window has: a target that is missed by little is not hard because the steps run out.
  var stepsToGo: Double { Double(max(HardnessWindow.length, stepLimit - state.step)) }

  private func tellDecision() {
    if let decision = state.steering?.decisions.last { observer.note(.steered(decision)) }
  }
}

extension RunState {
  /// Of the configured quota, what the next step takes.
  func quotaShare(_ plan: RunPlan) -> Double {
    guard let steering, let settings = plan.settings.steering, plan.settings.step.variant == .hamuQ else { return 1 }
    if steering.isRepairing { return steering.isGivenUp ? 0 : settings.repairQuota * steering.quotaScale }
    let rise = steering.rise(over: before.retain.loss)
    return steering.quotaScale * Steering.pace(rise: rise, budget: plan.policy.budget, settings)
  }
}

extension PairedGradients {
  /// sum R_i |a_i|, in loss units.
  func reach(_ plan: StepPlan) -> Double {
    zip(sums, plan.radii).reduce(0) { $0 + $1.1 * $1.0.retainSquared.squareRoot() }
  }
}
