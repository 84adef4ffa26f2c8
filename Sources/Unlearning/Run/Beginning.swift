import HAMU
import Networks

/// The measurement before the first step, and what follows from it.
struct Beginning {
  enum Outcome {
    case notFinite
    /// No group has anything to forget.
    case nothing(Measurement, margins: [RowMargin])
    case run(RunState)
  }

  private let bench: Workbench
  private var roster: Roster { bench.roster }

  init(_ bench: Workbench) { self.bench = bench }

  func measure() throws(Interruption) -> Outcome {
    let rows = roster.rows + roster.tombstones.map(\.row)
    let (survey, retain) = try bench.survey(try bench.gauge(), rows: rows, retain: bench.plan.retainRows)
    guard survey.isFinite else { return .notFinite }
    let figures = roster.groups.map { survey.figures(of: $0, intervalSeed: bench.plan.settings.seed) }
    let before = Measurement(
      step: 0, groups: figures, retain: survey.retain, heldout: survey.heldoutFigures, isFull: true)
    let starts = zip(roster.groups, figures).map { bench.judge.start($0, $1) }
    tell(before, starts)
    let settled = survey.settledMargins(starts)
    if starts.allSatisfy(\.hadNothing) { return .nothing(before, margins: settled) }
    var state = state(before, starts, retain, survey)
    state.settledMargins = settled
    state.work.evaluatedRows = survey.evaluatedRows
    state.nearDuplicates = try nearDuplicates(starts)
    return .run(state)
  }

  private func tell(_ before: Measurement, _ starts: [GroupStart]) {
    bench.observer.note(.began(before, groups: roster.groups.map(\.keys)))
    let settled = zip(roster.groups, starts).flatMap { $1.hadNothing ? $0.keys : [] }
    if !settled.isEmpty { bench.observer.note(.nothingToForget(keys: settled)) }
  }

  private func nearDuplicates(_ starts: [GroupStart]) throws(Interruption) -> NearDuplicates {
    let active = zip(bench.plan.requests, roster.requests).filter { roster.isActive($1.group, starts) }.map(\.0)
    let search = DuplicateSearch(bench.plan.dataset, seed: bench.plan.settings.seed, observer: bench.observer)
    let found = try search.look(for: active, among: bench.plan.retainRows)
    bench.observer.note(.nearDuplicates(found))
    return found
  }

  private func state(
    _ before: Measurement, _ starts: [GroupStart], _ retain: SeenRows, _ survey: Survey
  ) -> RunState {
    let objective = bench.plan.settings.requestObjective(ofClasses: roster.isOfClasses)
    let sample = retain.figures(of: roster.retainSample)
    let phase = Phase(purpose: .requests, objective: objective, rows: roster.activeRows(starts))
    var state = RunState(before: before, sample: sample, starts: starts, phase: phase)
    state.append(.all(bench.verdicts(before, starts)))
    state.renewTargets(survey)
    if let settings = bench.plan.settings.steering {
      state.steering = Steering(settings, batchSize: bench.plan.settings.batchSize, seeing: retain)
    }
    state.aim(survey, bench.plan.settings.steering, bench.judge)
    state.planMeasurement(bench.plan.settings)
    return state
  }
}

extension Survey {
  /// phi of the rows whose groups had nothing to forget.
  func settledMargins(_ starts: [GroupStart]) -> [RowMargin] {
    Set(zip(roster.groups, starts).flatMap { $1.hadNothing && !$0.isSetAside ? $0.rows : [] }).sorted()
      .map { RowMargin(row: $0, phi: train[$0].phi) }
  }
}

extension RunState {
  /// Rank-matched targets of the phase's rows and of the rows that guard, from what was just measured.
  mutating func renewTargets(_ survey: Survey) {
    switch (phase.objective, phase.purpose) {
    case (.margin, .requests): targets = survey.requestTargets(starts).targets
    case (.margin, _): targets = RankedRows(phase.rows, in: survey).targets
    case (.crossEntropy, _), (.npo, _), (.divergence, _): targets = []
    }
    guardTargets = RankedRows(survey.roster.rowGuards(self).map(\.row), in: survey).targets
  }

  /// When the next measurement is due.
  mutating func planMeasurement(_ settings: RunSettings) {
    let interval =
      if measuresEachStep {
        1
      } else if isNear {
        min(RunLimits.nearInterval, settings.evaluateEvery)
      } else {
        settings.evaluateEvery
      }
    nextMeasurement = step + interval
  }
}
