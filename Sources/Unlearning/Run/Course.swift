import Datasets
import HAMU
import Networks

/// A run after its first measurement: step by step, measurement by measurement, until it is ready or ends.
final class Course {
  /// Where a course stops.
  enum Stop {
    /// The target and all earlier erasures hold.
    case ready
    case ending(RunEnding, ErasureLook = ErasureLook())
  }

  let bench: Workbench
  var state: RunState
  /// The last measured point from which the run went on.
  var point: MeasuredPoint
  var schedule: Schedule
  /// Where everything held before earlier erasures were brought into their band; nil: they are not.
  var ready: MeasuredPoint?
  /// Somebody accepted what the held requests cost, and those that were set aside are to be pushed again.
  private var rejoins = false
  /// The step at which what was ready did not survive being published.
  private var lostStep: Int?

  var plan: RunPlan { bench.plan }
  var observer: any RunObserver { bench.observer }
  /// By the settings of now: whoever raises max_steps while a run is stopped means this run too.
  var stepLimit: Int { state.stepBase + plan.settings.maxSteps }

  /// From the first measurement.
  init(_ bench: Workbench, _ state: RunState) {
    self.bench = bench
    self.state = state
    point = MeasuredPoint(state: state, weights: bench.stepper.snapshot())
    schedule = Schedule(bench.plan, bench.roster, state)
    tellPhase()
    save()
  }

  /// From a saved run.
  init(_ bench: Workbench, resuming saved: SavedRun) throws(UnlearningError) {
    let points = try saved.read(bench.stepper.network)
    let current = points.current
    bench.roster = try Roster(bench.plan, aside: Set(current.state.setAside.map(\.key)))
    self.bench = bench
    (point, ready) = (points.point, points.ready)
    var state = current.state
    if state.isHeld && bench.plan.policy.acceptedRetainCost != nil {
      state.goOnAfterHold()
      rejoins = true
    }
    guard [state, point.state, ready?.state].compactMap(\.self).allSatisfy({ $0.fits(bench) }) else {
      throw .saved("the saved run is of other requests or other data; the run has to start over")
    }
    self.state = state
    schedule = Schedule(bench.plan, bench.roster, state)
    bench.stepper.restore(current.weights)
  }

  func run() throws(Interruption) -> Stop {
    if rejoins {
      try rejoin()
      rejoins = false
    }
    while true {
      if observer.shouldStop { throw .stopped }
      // Measuring the same weights again would find them ready again, for ever.
      if state.step >= stepLimit && lostStep == state.step { return .ending(.maxSteps) }
      let isDue = state.nextMeasurement <= state.step || state.step >= stepLimit
      if let stop = isDue ? try measure() : try step() { return settled(stop) }
    }
  }

  /// The run as it stands, held by a person's decision or only interrupted.
  func saved(isHeld: Bool) -> SavedRun {
    var state = state
    state.isHeld = isHeld
    let now = MeasuredPoint(state: state, weights: bench.stepper.snapshot())
    return SavedRun(now, from: point, ready: ready, bench.stepper.network)
  }

  /// What was ready did not survive being published: further steps.
  func goOnAfterLoss() {
    lostStep = state.step
    state.nextMeasurement = state.step + min(RunLimits.nearInterval, plan.settings.evaluateEvery)
  }

  private func tellPhase() {
    observer.note(
      .phaseBegan(
        PhaseReport(
          purpose: state.phase.purpose, objective: state.phase.objective, rows: state.phase.rows.count,
          step: state.step)))
  }
}

// MARK: - One step

extension Course {
  /// Paired gradients, verdict, step. The state changes when the step is taken, so that a run that stops in between
  /// computes the same pair again.
  private func step() throws(Interruption) -> Stop? {
    let pair = try bench.stepper.gradients(
      retain: try schedule.retain(state.step, bench.reference),
      forget: try schedule.forget(state.step, bench.reference))
    state.work.gradientRows += pair.rows
    state.work.evaluatedRows += bench.reference?.countedRows() ?? 0
    guard pair.isFinite else { return goBackAfterNotFinite() }
    var next = state
    if !pair.retainIsEmpty { next.retainLosses = state.retainLosses.suffix(2) + [pair.retainLoss] }
    if isAlarming(next.retainLosses) {
      state.retainLosses = []
      state.nextMeasurement = state.step
      return nil
    }
    if let baseline = plan.settings.baseline { return take(baseline, pair, next) }
    next.steering?.note(pair)
    var settings = stepSettings
    let quotaShare = next.quotaShare(plan)
    settings.constraint = settings.constraint.scaled(by: quotaShare)
    let stepPlan = StepPlan(pair.scalars, settings)
    if state.owesCost { next.window.append(cost: pair.costOfLastStep) }
    next.window.append(pair.entry)
    let hardness = next.window.estimate(problem(stepPlan, settings))
    if let hardness, isHard(hardness, &next) { return try stopOrSetAside(hardness) }
    guard stepPlan.isFeasible else { return .ending(.infeasible) }
    bench.stepper.take(stepPlan)
    next.step += 1
    next.note(stepPlan, settings, pair, costOfLast: state.owesCost ? pair.costOfLastStep : nil)
    next.owesCost = true
    next.steering?.note(
      reach: pair.reach(stepPlan), quotaShare: quotaShare, cost: state.owesCost ? pair.costOfLastStep : 0)
    state = next
    observer.note(
      .stepped(
        StepReport(
          step: state.step, stepsAtMost: stepLimit, forgetLoss: pair.forgetLoss, retainLoss: pair.retainLoss,
          hardness: hardness)))
    return nil
  }

  /// A step of another method than HAMU: no quota, so there is nothing to be hard. Of a side that the method does not look
  /// at the last measurement is told.
  private func take(_ baseline: BaselineSettings, _ pair: PairedGradients, _ next: RunState) -> Stop? {
    bench.stepper.take(baseline, pair, rate: baseline.learningRate * state.radiusScale)
    let forgetLoss = pair.forgetIsEmpty ? state.latest.groups.first?.forgetLoss : pair.forgetLoss
    let retainLoss = pair.retainIsEmpty ? state.latest.retain.loss : pair.retainLoss
    state = next
    state.step += 1
    observer.note(
      .stepped(
        StepReport(
          step: state.step, stepsAtMost: stepLimit, forgetLoss: forgetLoss ?? 0, retainLoss: retainLoss, hardness: nil)
      ))
    return nil
  }

  /// Whether retain degradation is unavoidable and the policy says stop.
  private func isHard(_ hardness: Hardness, _ next: inout RunState) -> Bool {
    next.hardness = hardness
    let edge = next.verdict.update(hardness)
    // Told once, also when the step is not taken now but after the run was resumed.
    state.verdict = next.verdict
    state.hardness = hardness
    let report = HardnessReport(
      hardness: hardness, isUnavoidable: next.verdict.isUnavoidable, retainSpent: state.retainSpent)
    switch edge {
    case .begins: observer.note(.hardnessBegan(report, step: state.step))
    case .ends: observer.note(.hardnessEnded(report, step: state.step))
    case nil: break
    }
    return next.verdict.isUnavoidable && plan.policy.stops
  }
}

// MARK: - One measurement

extension Course {
  private func measure() throws(Interruption) -> Stop? {
    let gauge = try bench.gauge()
    let rows = bench.roster.activeRows(state.starts) + bench.roster.tombstones.map(\.row) + state.phase.rows
    let (survey, retain) = try bench.survey(gauge, rows: rows, retain: bench.roster.retainSample)
    let screened = try screen(gauge)
    state.work.evaluatedRows += survey.evaluatedRows + screened.rows.count
    guard survey.isFinite else { return goBackAfterNotFinite() }
    let measurement = bench.measurement(survey, state, isFull: false)
    let accuracy = state.before.retain.accuracy
    state.steering?.estimateMissed(screened, of: plan.retainRows.count, before: accuracy)
    let verdicts = bench.verdicts(measurement, state.starts)
    let goal = goal(survey, verdicts)
    state.latest = measurement
    state.append(goal)
    observer.note(.measured(measurement))
    if isOverspent { return .ending(.retainBudget) }
    if verdicts.contains(where: \.isBelow) { return ready == nil ? goBackAfterOvershoot() : .ending(.overshot) }
    if isWorseThanPredicted { return undo() }
    let isDone = goal.holds && isWorthEnding
    if isDone {
      if let stop = try finishPhase(survey, gauge, verdicts) { return stop }
    } else if state.step >= stepLimit || (isTooSlow && !wantsRepair) || (isBandTooFar && !goal.holds) {
      return .ending(isOverBudget ? .retainBudget : .maxSteps)
    } else {
      state.planMeasurement(plan.settings)
    }
    steer([retain, screened], isReached: goal.holds && !isDone)
    keep(survey)
    return nil
  }

  /// Where the phase stands.
  private func goal(_ survey: Survey, _ verdicts: [GroupVerdict]) -> GroupVerdict {
    switch state.phase.purpose {
    case .requests: .all(verdicts)
    case .mendClass(let label): ErasureLook.verdict(survey, class: label, bench.judge)
    case .mendRows: ErasureLook.rowsVerdict(survey, bench.judge, slack: ready == nil ? RunLimits.erasureSlack : 0)
    }
  }

  /// The goal of the phase is reached: the next phase of the round, or the look at everything.
  private func finishPhase(
    _ survey: Survey, _ gauge: Gauge, _ verdicts: [GroupVerdict]
  ) throws(Interruption) -> Stop? {
    if state.queue.isEmpty {
      let erased = try gauge.train(bench.roster.erasedRows.map(\.row))
      state.work.evaluatedRows += erased.rows.count
      let look = ErasureLook(survey.adding(erased), erased: plan.erasures.classes, bench.judge)
      let requestsHold = verdicts.allSatisfy(\.holds)
      let holds = look.holds && requestsHold
      let wantsBand = holds && wantsBand(look)
      if holds && !wantsBand { return .ready }
      if holds { ready = MeasuredPoint(state: state, weights: bench.stepper.snapshot()) }
      let phases = mendingPhases(look, requestsHold: requestsHold, wantsBand: wantsBand)
      guard let phases, state.round < RunLimits.mendingRounds else { return .ending(.earlierErasure, look) }
      state.round += 1
      state.queue = phases
    }
    if state.phase.purpose == .requests && bench.roster.isOfClasses {
      state.heldMargins = bench.roster.activeRows(state.starts).map { RowMargin(row: $0, phi: survey.train[$0].phi) }
    }
    state.begin(state.queue.removeFirst())
    state.planMeasurement(plan.settings)
    tellPhase()
    return nil
  }

  /// nil where a class came back of which no row is left to push.
  private func mendingPhases(_ look: ErasureLook, requestsHold: Bool, wantsBand: Bool) -> [Phase]? {
    var phases: [Phase] = []
    let labels = plan.dataset.train.labels
    for label in look.classes {
      let rows = bench.roster.erasedRows.map(\.row).filter { labels[$0] == Int32(label) }
      if rows.isEmpty { return nil }
      phases.append(Phase(purpose: .mendClass(label), objective: .crossEntropy, rows: rows))
    }
    if look.rows || wantsBand {
      phases.append(Phase(purpose: .mendRows, objective: .margin, rows: bench.roster.tombstones.map(\.row)))
    }
    if !requestsHold {
      let objective = plan.settings.requestObjective(ofClasses: bench.roster.isOfClasses)
      phases.append(
        Phase(purpose: .requests, objective: objective, rows: bench.roster.activeRows(state.starts)))
    }
    return phases
  }

  /// The run goes on from here: new targets, and a point to come back to.
  private func keep(_ survey: Survey) {
    state.renewTargets(survey)
    state.aim(survey, plan.settings.steering, bench.judge)
    point = MeasuredPoint(state: state, weights: bench.stepper.snapshot())
    schedule = Schedule(plan, bench.roster, state)
    save()
  }

  private func save() { observer.save(SavedRun(point, ready: ready, bench.stepper.network)) }
}
