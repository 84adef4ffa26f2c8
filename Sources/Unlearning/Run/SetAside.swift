import HAMU
import Networks

/// A request that was found hard on its own, and how hard.
struct SetAside: Sendable, Equatable, Codable {
  var key: String
  var hardness: Hardness
  /// How much the retain loss of the sample had risen by then.
  var retainSpent: Double

  var report: HardnessReport { HardnessReport(hardness: hardness, isUnavoidable: true, retainSpent: retainSpent) }
}

// Hardness began and the policy says stop: what is hard stops, and nothing else.
//
// The others go on from where the run stands, and not from an earlier point: the verdict comes before the step that would
// have had to cost, every step so far was inside the budget, which goes on being counted from before the first, and what was
// pushed of the request that is set aside is in no retain set and has to be forgotten anyway. To go back would pay the same
// images twice for the same weights of the others.
extension Course {
  /// - Parameter hardness: of the batch.
  func stopOrSetAside(_ hardness: Hardness) throws(Interruption) -> Stop? {
    guard state.phase.purpose == .requests, ready == nil else { return .ending(.unavoidable) }
    let verdicts = bench.verdicts(state.latest, state.starts)
    let active = bench.roster.requests.indices.filter {
      bench.roster.isActive(bench.roster.requests[$0].group, state.starts)
    }
    let open = active.filter { !verdicts[bench.roster.requests[$0].group].holds }
    guard active.count > 1 else { return .ending(.unavoidable) }
    let all = try ownHardness(open, hardness)
    let hard = all.filter(\.hardness.isUnavoidable)
    // What has reached its target is not what is hard. Among the others it is those that are so on their own; where that
    // is all of them or none, they are so together.
    let aside = hard.isEmpty || hard.count == open.count ? (open.count < active.count ? all : []) : hard
    if aside.isEmpty { return .ending(.unavoidable) }
    try setAside(aside)
    return bench.roster.activeRows(state.starts).isEmpty ? .ending(.unavoidable) : nil
  }

  private func ownHardness(_ open: [Int], _ batch: Hardness) throws(Interruption) -> [SetAside] {
    func aside(_ index: Int, _ hardness: Hardness) -> SetAside {
      SetAside(key: bench.plan.requests[index].key, hardness: hardness, retainSpent: state.retainSpent)
    }
    // What has reached its target has next to no gradient, so the batch's figures are the one request's that has not.
    if open.count == 1 { return [aside(open[0], batch)] }
    let own = try OwnHardness(bench, schedule, step: state.step, stepSettings)
    state.work.gradientRows += own.retainRows
    var found: [SetAside] = []
    for index in open {
      state.work.gradientRows += own.forgetRows(of: bench.plan.requests[index].rows)
      let quota = smallestQuota(ofGroup: bench.roster.requests[index].group)
      if let hardness = try own.measure(bench.plan.requests[index].rows, quota: quota) {
        found.append(aside(index, hardness))
      }
    }
    return found
  }

  /// Where a controller takes less than the quota, a request is asked what the run is: the least that still brings its
  /// group's excess down within the steps that are left. nil: the quota of the settings.
  private func smallestQuota(ofGroup group: Int) -> Double? {
    guard state.steering?.excess != nil, bench.plan.settings.step.variant == .hamuQ else { return nil }
    return state.latest.groups[group].excess.map { $0 / stepsToGo }
  }

  private func setAside(_ requests: [SetAside]) throws(Interruption) {
    try regroup(state.setAside + requests)
    for request in requests { observer.note(.setAside(key: request.key, request.report, step: state.step)) }
    observer.save(saved(isHeld: false))
  }

  /// Somebody accepted what the held requests cost: those that were set aside are pushed again with the others.
  func rejoin() throws(Interruption) {
    if !state.setAside.isEmpty { try regroup([]) }
  }

  /// Judges without these requests from now on. What `before` was is measured anew in the version that the run started
  /// from, since small requests are judged together; nothing changes when that is interrupted.
  private func regroup(_ aside: [SetAside]) throws(Interruption) {
    let roster = try bench.roster(without: aside)
    let gauge = try bench.gauge(bench.plan.parent)
    let (survey, _) = try bench.survey(
      gauge, rows: roster.rows + roster.tombstones.map(\.row), retain: [], for: roster)
    state.work.evaluatedRows += survey.evaluatedRows
    let regrouping = Regrouping(survey, aside, bench, old: bench.roster)
    bench.roster = roster
    state = regrouping.applied(to: state)
    point.state = regrouping.applied(to: point.state)
    state.nextMeasurement = state.step
    schedule = Schedule(bench.plan, roster, state)
  }
}

/// What changes in a state when other requests are judged than before.
private struct Regrouping {
  let old: Roster
  let new: Roster
  let aside: [SetAside]
  let before: [GroupFigures]
  let starts: [GroupStart]
  let settled: [RowMargin]

  /// - Parameter survey: of the version that the run started from, with the new roster.
  init(_ survey: Survey, _ aside: [SetAside], _ bench: Workbench, old: Roster) {
    self.old = old
    self.aside = aside
    new = survey.roster
    before = new.groups.map { survey.figures(of: $0, intervalSeed: bench.plan.settings.seed) }
    starts = zip(new.groups, before).map { bench.judge.start($0, $1) }
    settled = survey.settledMargins(starts)
  }

  func applied(to earlier: RunState) -> RunState {
    var state = earlier
    let latest = Dictionary(zip(old.groups.map(\.keys), earlier.latest.groups), uniquingKeysWith: { first, _ in first })
    state.setAside = aside
    state.before.groups = before
    state.starts = starts
    state.settledMargins = settled
    state.latest.groups = new.groups.indices.map { latest[new.groups[$0].keys] ?? before[$0] }
    let active = new.activeRows(starts)
    if state.phase.purpose == .requests {
      if state.phase.objective == .margin {
        // Those of rows that join again are set by the measurement that comes before the next step.
        let known = Dictionary(zip(state.phase.rows, state.targets), uniquingKeysWith: { first, _ in first })
        state.targets = active.map { known[$0] ?? 0 }
      }
      state.phase.rows = active
    }
    for index in state.queue.indices where state.queue[index].purpose == .requests { state.queue[index].rows = active }
    let guards = new.rowGuards(state).map(\.row)
    if state.guardTargets.count != guards.count { state.guardTargets = Array(repeating: 0, count: guards.count) }
    // The measurement that comes before the next step renews these, unless it is one from which the run goes back.
    state.steering?.narrow(to: state.phase.rows, guards: guards)
    state.forgetWindow()
    return state
  }
}

extension RunState {
  /// What the last steps say of the batch as it was.
  fileprivate mutating func forgetWindow() {
    window = HardnessWindow()
    verdict = HardnessVerdict()
    hardness = nil
    owesCost = false
    retainLosses = []
    distances = []
    isNear = false
  }
}

extension Workbench {
  fileprivate func roster(without aside: [SetAside]) throws(Interruption) -> Roster {
    do throws(UnlearningError) {
      return try Roster(plan, aside: Set(aside.map(\.key)))
    } catch {
      throw .failed(error)
    }
  }
}
