import HAMU
import Networks

/// The end of a course as a result.
struct RunReport {
  /// Everything measured once more at the end.
  struct Final {
    var measurement: Measurement
    var verdicts: [GroupVerdict]
    var look: ErasureLook
    /// phi of the active rows.
    var margins: [RowMargin]
    /// How much the retain loss of all rows has risen over `before`.
    var retainSpent: Double
    var evaluatedRows: Int

    var holds: Bool { verdicts.allSatisfy(\.holds) && look.holds }
  }

  private let course: Course
  private var bench: Workbench { course.bench }
  private var state: RunState { course.state }
  private var roster: Roster { course.bench.roster }

  init(_ course: Course) { self.course = course }

  func measureAll(with gauge: Gauge) throws(Interruption) -> Final {
    let active = roster.activeRows(state.starts)
    let rows = active + roster.setAsideRows + roster.tombstones.map(\.row) + roster.erasedRows.map(\.row)
    let (survey, _) = try bench.survey(gauge, rows: rows, retain: bench.plan.retainRows)
    let measurement = bench.measurement(survey, state, isFull: true)
    return Final(
      measurement: measurement, verdicts: bench.verdicts(measurement, state.starts),
      look: ErasureLook(survey, erased: bench.plan.erasures.classes, bench.judge),
      margins: active.map { RowMargin(row: $0, phi: survey.train[$0].phi) },
      retainSpent: survey.retain.loss - state.before.retain.loss, evaluatedRows: survey.evaluatedRows)
  }

  /// Of the rows that the run forgot; none of classes, which held-out rows measure as long as there are any.
  func imprint(_ gauge: Gauge, _ after: Measurement) throws(Interruption) -> Imprint? {
    let rows = roster.activeRows(state.starts)
    guard let seed = bench.plan.imprintSeed, !roster.isOfClasses, !rows.isEmpty else { return nil }
    var taken = (sum: 0.0, rows: 0)
    for (index, group) in roster.groups.enumerated() where roster.isActive(index, state.starts) {
      let fall = (state.before.groups[index].excess ?? 0) - (after.groups[index].excess ?? 0)
      taken.sum += fall * Double(group.rows.count)
      taken.rows += group.rows.count
    }
    return try ImprintMaker(gauge: gauge, plan: bench.plan).imprint(
      of: rows, taken: taken.sum / Double(taken.rows), seed: seed)
  }

  /// An ending short of the target: measured once more on everything, for the receipts.
  func ended(_ ending: RunEnding, _ look: ErasureLook) throws(Interruption) -> RunResult {
    var found = try measureAll(with: try bench.gauge())
    found.look = look
    return ended(ending, found)
  }

  func ended(_ ending: RunEnding, _ found: Final) -> RunResult {
    let isHeld = ending != .target && ending != .notFinite
    var result = result(ending, after: found.measurement, found.verdicts)
    result.work.evaluatedRows += found.evaluatedRows
    result.goingOn = isHeld ? goingOn : nil
    result.margins = ending == .target ? (found.margins + state.settledMargins).sorted { $0.row < $1.row } : settled
    result.lostClasses = ending == .earlierErasure ? found.look.classes : []
    result.lostRows = ending == .earlierErasure && found.look.rows
    result.saved = isHeld ? course.saved(isHeld: true) : nil
    return result
  }

  func stopped() -> RunResult {
    var result = result(.stopped, after: nil, [])
    result.margins = settled
    result.saved = course.saved(isHeld: false)
    return result
  }

  private var settled: [RowMargin] { state.settledMargins }

  private func result(_ ending: RunEnding, after: Measurement?, _ verdicts: [GroupVerdict]) -> RunResult {
    var result = RunResult(ending, steps: state.step)
    result.work = state.work
    result.decisions = state.steering?.decisions ?? []
    result.trace = state.trace
    result.nearDuplicates = state.nearDuplicates
    result.requests = roster.requestResults(state.starts, state.setAside)
    result.groups = roster.groups.indices.map { index in
      GroupResult(
        before: state.before.groups[index], after: after?.groups[index],
        holds: !roster.groups[index].isSetAside
          && (after == nil ? state.starts[index].hadNothing : verdicts[index].holds))
    }
    result.retainBefore = state.before.retain
    result.retainAfter = after?.retain
    result.heldoutBefore = state.before.heldout
    result.heldoutAfter = after?.heldout
    result.hardness = state.hardness.map {
      HardnessReport(hardness: $0, isUnavoidable: state.verdict.isUnavoidable, retainSpent: state.retainSpent)
    }
    return result
  }

  /// Distance over its mean decrease per step between the last measurements, of which there must be two.
  private var goingOn: GoingOn {
    let recent = state.distances.suffix(3)
    var steps: Int?
    if let first = recent.first, let last = recent.last, last.step > first.step, last.distance < first.distance {
      let decrease = (first.distance - last.distance) / Double(last.step - first.step)
      steps = Int((last.distance / decrease).rounded(.up))
    }
    return GoingOn(retainCostPerStep: state.hardness?.retainCost, steps: steps)
  }
}

extension Roster {
  func requestResults(_ starts: [GroupStart], _ aside: [SetAside] = []) -> [RequestResult] {
    requests.map { request in
      let own = aside.first { $0.key == request.key }
      var result = RequestResult(
        key: request.key, group: request.group, isJudgedAlone: !groups[request.group].isSmall,
        hadNothingToForget: own == nil && starts.indices.contains(request.group) && starts[request.group].hadNothing,
        rows: request.rows)
      result.setAside = own?.report
      return result
    }
  }
}

// MARK: - Ends before the first step

extension RunResult {
  static func stoppedBeforeBeginning(_ roster: Roster) -> RunResult {
    var result = RunResult(.stopped, steps: 0)
    result.requests = roster.requestResults([])
    return result
  }

  /// The current version itself gives losses that are not finite.
  static func notFinite(_ roster: Roster) -> RunResult {
    var result = RunResult(.notFinite, steps: 0)
    result.requests = roster.requestResults([])
    return result
  }

  static func nothingToForget(_ roster: Roster, _ before: Measurement, _ margins: [RowMargin]) -> RunResult {
    var result = RunResult(.nothingToForget, steps: 0)
    let start = GroupStart(wasAbove: false, excess: 0, hadNothing: true)
    result.requests = roster.requestResults(roster.groups.map { _ in start })
    result.groups = before.groups.map { GroupResult(before: $0, after: $0, holds: true) }
    (result.retainBefore, result.retainAfter) = (before.retain, before.retain)
    (result.heldoutBefore, result.heldoutAfter) = (before.heldout, before.heldout)
    result.margins = margins
    return result
  }
}
