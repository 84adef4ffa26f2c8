package import HAMU

/// Why a run ended. The raw values are the words of receipts (`reason`).
package enum RunEnding: String, Sendable, CaseIterable, Codable {
  /// The target holds, measured on the published candidate read back from disk.
  case target
  /// No group had anything to forget: the version that is current has forgotten them already.
  case nothingToForget = "nothing_to_forget"
  case unavoidable
  case retainBudget = "retain_budget"
  case maxSteps = "max_steps"
  case overshot
  case earlierErasure = "earlier_erasure"
  case infeasible
  case notFinite = "non_finite"
  /// Asked to stop: `RunResult.saved` goes on to the same bits; nil when nothing had been done yet.
  case stopped
}

/// What `UnlearningRun.run` comes back with.
package enum RunOutcome: Sendable {
  /// The target holds in memory: write a candidate of the run's `weights` and let `verify` measure it.
  case ready(step: Int)
  case ended(RunResult)
}

/// What `UnlearningRun.verify` found on a candidate that was read back from disk.
package enum Verification: Sendable {
  /// The target holds: publish it.
  case confirmed(RunResult)
  /// Rounding to the file's types lost the target: discard the candidate and call `run` again.
  case lost
  /// The retain loss on all rows is over the budget, or the run was asked to stop.
  case ended(RunResult)
}

/// What became of one request.
package struct RequestResult: Sendable, Equatable {
  package let key: String
  /// Index into `RunResult.groups`.
  package let group: Int
  /// True where the request is judged by itself, false where together with other small ones.
  package let isJudgedAlone: Bool
  /// Its group had nothing to forget before the first step: forgotten with the current version, whatever the run's
  /// ending.
  package let hadNothingToForget: Bool
  package let rows: Int
}

/// A judged group before and after.
package struct GroupResult: Sendable, Equatable {
  package let before: GroupFigures
  /// nil where the run ended before anything was measured again.
  package let after: GroupFigures?
  /// Its target holds in `after`.
  package let holds: Bool
}

/// phi of a forgotten row in the version that forgot it.
package struct RowMargin: Sendable, Equatable, Codable {
  package let row: Int
  package let phi: Double
}

/// The last window of a run.
package struct HardnessReport: Sendable, Equatable {
  package let hardness: Hardness
  package let isUnavoidable: Bool
  /// How much the retain loss of the fixed sample has risen over `before`, when it was last measured.
  package let retainSpent: Double
}

/// What going on would take: of a run that is held.
package struct GoingOn: Sendable, Equatable {
  /// The window's retain cost; nil without a window.
  package let retainCostPerStep: Double?
  /// Distance to the target over its mean decrease per step between the last measurements; nil when it did not fall.
  package let steps: Int?
}

/// The end of a run.
package struct RunResult: Sendable {
  package let ending: RunEnding
  /// Taken, all phases together, those that were undone counted in.
  package let steps: Int
  package internal(set) var requests: [RequestResult] = []
  package internal(set) var groups: [GroupResult] = []
  /// On all retain rows; nil where the run ended before they were measured.
  package internal(set) var retainBefore: SplitFigures?
  package internal(set) var retainAfter: SplitFigures?
  /// Without the classes that were erased earlier or in this batch.
  package internal(set) var heldoutBefore: SplitFigures?
  package internal(set) var heldoutAfter: SplitFigures?
  /// nil when the window never filled.
  package internal(set) var hardness: HardnessReport?
  /// Of a run that is held.
  package internal(set) var goingOn: GoingOn?
  /// phi of the rows that are forgotten now, ascending by row: in the candidate (`target`, every row of every request),
  /// or in the current version (rows of requests that had nothing to forget).
  package internal(set) var margins: [RowMargin] = []
  /// Labels of erased classes that do not hold, and whether the tombstoned rows do not (`earlierErasure`).
  package internal(set) var lostClasses: [Int] = []
  package internal(set) var lostRows = false
  /// Of a run that was stopped or is held: from where it can go on.
  package internal(set) var saved: SavedRun?

  init(_ ending: RunEnding, steps: Int) {
    self.ending = ending
    self.steps = steps
  }
}
