package import HAMU

/// Who watches a run and may stop it. Called on the threads that compute: it must not block for long.
package protocol RunObserver: AnyObject, Sendable {
  /// Asked before each micro-batch; once true the run ends with `stopped` within a fraction of a second.
  var shouldStop: Bool { get }

  /// After each micro-batch, by any worker: for the watchdog.
  func signOfLife()

  /// In the order in which things happen, on the thread of the run.
  func note(_ event: RunEvent)

  /// At each measured point from which the run goes on: keep it, so that a run that is killed goes on from there.
  func save(_ saved: SavedRun)
}

/// What happens in a run. Events of steps after the last saved point come again when a run is resumed from it.
package enum RunEvent: Sendable {
  /// The measurement before the first step; `groups` names the requests' keys by judged group.
  case began(Measurement, groups: [[String]])
  /// These requests' groups had nothing to forget.
  case nothingToForget(keys: [String])
  /// Once, before the first step; also where none was found.
  case nearDuplicates(NearDuplicates)
  case phaseBegan(PhaseReport)
  case stepped(StepReport)
  case measured(Measurement)
  /// What the controller decided at a measurement.
  case steered(SteeringReport)
  /// Retain degradation became unavoidable at the quota, and stopped being so.
  case hardnessBegan(HardnessReport, step: Int)
  case hardnessEnded(HardnessReport, step: Int)
  /// This request must cost what is kept on its own: the run goes on without it. Told after `hardnessBegan`.
  case setAside(key: String, HardnessReport, step: Int)
  /// The band was jumped over: back to the last measured point above it, with half the radius. Counted from 1.
  case overshot(attempt: Int)
  /// A loss or gradient was not finite: back to the last measured point, with half the radius. Counted from 1.
  case notFinite(attempt: Int)
}

/// A phase: one objective and its forget rows.
package struct PhaseReport: Sendable, Equatable {
  package enum Purpose: Sendable, Equatable, Codable {
    /// The batch's own requests.
    case requests
    /// A class that was erased earlier and came back.
    case mendClass(Int)
    /// Tombstoned rows that came back.
    case mendRows
  }

  package let purpose: Purpose
  package let objective: Objective
  package let rows: Int
  /// Steps taken before it.
  package let step: Int

  package init(purpose: Purpose, objective: Objective, rows: Int, step: Int) {
    self.purpose = purpose
    self.objective = objective
    self.rows = rows
    self.step = step
  }
}

/// One step, just taken.
package struct StepReport: Sendable, Equatable {
  /// Counted from 1.
  package let step: Int
  package let stepsAtMost: Int
  /// Mean cross-entropy of the step's batches, before the step.
  package let forgetLoss: Double
  package let retainLoss: Double
  /// Over the window; nil until it is filled.
  package let hardness: Hardness?

  package init(step: Int, stepsAtMost: Int, forgetLoss: Double, retainLoss: Double, hardness: Hardness?) {
    self.step = step
    self.stepsAtMost = stepsAtMost
    self.forgetLoss = forgetLoss
    self.retainLoss = retainLoss
    self.hardness = hardness
  }
}
