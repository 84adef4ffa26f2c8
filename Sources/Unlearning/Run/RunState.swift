import HAMU

/// One phase of a run: an objective and its forget rows.
struct Phase: Sendable, Equatable, Codable {
  var purpose: PhaseReport.Purpose
  var objective: Objective
  /// Ascending.
  var rows: [Int]
}

/// Everything of a run between two steps except weights and the last step. A value: going back to a measured point, and
/// going on from a saved one, is assigning it.
struct RunState: Sendable, Equatable, Codable {
  /// A measured distance to the target.
  struct Distance: Sendable, Equatable, Codable {
    var step: Int
    var distance: Double
  }

  // MARK: What was before the first step

  /// On all rows, and on the fixed retain sample.
  var before: Measurement
  var sampleBefore: SplitFigures
  /// By judged group.
  var starts: [GroupStart]
  /// phi in the current version of rows whose groups had nothing to forget.
  var settledMargins: [RowMargin] = []
  /// Requests that were found hard on their own.
  var setAside: [SetAside] = []
  /// nil: nobody looked.
  var nearDuplicates: NearDuplicates?

  // MARK: Where the run is

  /// Taken; never goes back, so that no step draws rows that another drew.
  var step = 0
  /// Steps that were taken when the run began, or when somebody accepted to go on: `maxSteps` count from here.
  var stepBase = 0
  var phase: Phase
  /// Phases of this round after the present one.
  var queue: [Phase] = []
  /// Rounds of mending that have begun.
  var round = 0
  /// Bringing earlier erasures into their band was given up; nil in what an older release saved.
  var gaveUpBand: Bool?
  /// Rank-matched targets of the phase's rows, and of the guards that have such; renewed at each measurement.
  var targets: [Double] = []
  var guardTargets: [Double] = []
  /// phi of the batch's rows when the requests' target held: what mending holds an erased class of this batch down to.
  var heldMargins: [RowMargin] = []

  // MARK: How it steps

  var work = RunWork()
  /// Every step of HAMU, those that were undone counted in.
  var trace: [StepTrace] = []
  /// nil: no controller.
  var steering: Steering?
  var radiusScale = 1.0
  var overshoots = 0
  /// The band was jumped over in this phase: every step is measured.
  var measuresEachStep = false
  var notFinites = 0
  /// The cross-entropies of the last three retain batches.
  var retainLosses: [Double] = []
  /// `lastStep` was a step of this phase whose cost on the next batch is still to be taken.
  var owesCost = false
  /// The number of `lastStep`; behind `step` after a way back.
  var lastTaken: Int?
  var window = HardnessWindow()
  var verdict = HardnessVerdict()
  /// The last window's, also of an earlier phase: what receipts show.
  var hardness: Hardness?

  // MARK: How it measures

  var nextMeasurement = 0
  var latest: Measurement
  /// Of this phase, oldest first.
  var distances: [Distance] = []
  /// The last measurement came within 0.05 of the band.
  var isNear = false
  /// Saved when the run was held: going on means that somebody accepted what it costs.
  var isHeld = false

  init(before: Measurement, sample: SplitFigures, starts: [GroupStart], phase: Phase) {
    self.before = before
    sampleBefore = sample
    self.starts = starts
    self.phase = phase
    latest = before
    latest.retain = sample
    latest.isFull = false
  }

  /// How much the retain loss of the sample has risen.
  var retainSpent: Double { latest.retain.loss - sampleBefore.loss }

  /// A new phase begins with an empty window: its gradients are of another objective.
  mutating func begin(_ next: Phase) {
    phase = next
    window = HardnessWindow()
    owesCost = false
    retainLosses = []
    distances = []
    isNear = false
    measuresEachStep = false
  }

  /// A step is taken.
  /// - Parameter cost: of the step before, on rows that it was not fitted to.
  mutating func note(_ plan: StepPlan, _ settings: StepSettings, _ pair: PairedGradients, costOfLast cost: Double?) {
    // After a way back the cost is of the last step before it, not of the one that was undone.
    if let cost, let line = trace.lastIndex(where: { $0.step == lastTaken }) { trace[line].actual = cost }
    let retain = pair.seen.count
    trace.append(StepTrace(step: step, plan, settings, rows: (retain, pair.rows - retain)))
    lastTaken = step
  }

  /// What was measured last takes the place of an earlier distance at the same step.
  mutating func append(_ verdict: GroupVerdict) {
    if distances.last?.step == step { distances.removeLast() }
    distances.append(Distance(step: step, distance: verdict.distance))
    isNear = verdict.isNear
  }

  /// The run was held, and somebody accepted what going on costs: as many steps again, and new tries.
  mutating func goOnAfterHold() {
    isHeld = false
    stepBase = step
    overshoots = 0
    notFinites = 0
    round = 0
  }

  /// This state as it was measured, but with what must not be forgotten of `later`: steps are spent, tries are counted,
  /// and the edges of hardness were told.
  func returned(from later: RunState) -> RunState {
    var state = self
    state.step = later.step
    state.work = later.work
    state.trace = later.trace
    state.stepBase = later.stepBase
    state.overshoots = later.overshoots
    state.measuresEachStep = later.measuresEachStep
    state.notFinites = later.notFinites
    state.gaveUpBand = later.gaveUpBand
    state.radiusScale = later.radiusScale
    state.verdict = later.verdict
    return state
  }
}
