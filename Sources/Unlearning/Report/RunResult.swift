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
  /// There when it was found hard on its own: it is to be held whatever the run's ending, with these figures.
  package var setAside: HardnessReport?

  package init(key: String, group: Int, isJudgedAlone: Bool, hadNothingToForget: Bool, rows: Int) {
    self.key = key
    self.group = group
    self.isJudgedAlone = isJudgedAlone
    self.hadNothingToForget = hadNothingToForget
    self.rows = rows
  }
}

/// A judged group before and after.
package struct GroupResult: Sendable, Equatable {
  package let before: GroupFigures
  /// nil where the run ended before anything was measured again.
  package let after: GroupFigures?
  /// Its target holds in `after`.
  package let holds: Bool

  package init(before: GroupFigures, after: GroupFigures?, holds: Bool) {
    self.before = before
    self.after = after
    self.holds = holds
  }
}

/// phi of a forgotten row in the version that forgot it.
package struct RowMargin: Sendable, Equatable, Codable {
  package let row: Int
  package let phi: Double

  package init(row: Int, phi: Double) {
    self.row = row
    self.phi = phi
  }
}

/// The last window of a run.
package struct HardnessReport: Sendable, Equatable {
  package let hardness: Hardness
  package let isUnavoidable: Bool
  /// How much the retain loss of the fixed sample has risen over `before`, when it was last measured.
  package let retainSpent: Double

  package init(hardness: Hardness, isUnavoidable: Bool, retainSpent: Double) {
    self.hardness = hardness
    self.isUnavoidable = isUnavoidable
    self.retainSpent = retainSpent
  }
}

/// What going on would take: of a run that is held.
package struct GoingOn: Sendable, Equatable {
  /// The window's retain cost; nil without a window.
  package let retainCostPerStep: Double?
  /// Distance to the target over its mean decrease per step between the last measurements; nil when it did not fall.
  package let steps: Int?

  package init(retainCostPerStep: Double?, steps: Int?) {
    self.retainCostPerStep = retainCostPerStep
    self.steps = steps
  }
}

/// What a run took, in rows through the network, those of steps that were undone or not taken counted in.
package struct RunWork: Sendable, Equatable, Codable {
  /// Forward and backward: retain rows, forget rows and guards of every step.
  package var gradientRows = 0
  /// Forward alone, to measure.
  package var evaluatedRows = 0

  package init() {}
}

/// The end of a run.
package struct RunResult: Sendable {
  package let ending: RunEnding
  /// Taken, all phases together, those that were undone counted in.
  package let steps: Int
  package var work = RunWork()
  /// The controller's, oldest first.
  package var decisions: [SteeringReport] = []
  /// Every step, oldest first; empty for other methods than HAMU.
  package var trace: [StepTrace] = []
  /// Rows that stay and are nearly the same as rows to forget; nil where the run ended before anybody looked.
  package var nearDuplicates: NearDuplicates?
  package var requests: [RequestResult] = []
  package var groups: [GroupResult] = []
  /// On all retain rows; nil where the run ended before they were measured.
  package var retainBefore: SplitFigures?
  package var retainAfter: SplitFigures?
  /// Without the classes that were erased earlier or in this batch.
  package var heldoutBefore: SplitFigures?
  package var heldoutAfter: SplitFigures?
  /// nil when the window never filled.
  package var hardness: HardnessReport?
  /// Of a run that is held.
  package var goingOn: GoingOn?
  /// phi of the rows that are forgotten now, ascending by row: in the candidate (`target`, every row of every request),
  /// or in the current version (rows of requests that had nothing to forget).
  package var margins: [RowMargin] = []
  /// Labels of erased classes that do not hold, and whether the tombstoned rows do not (`earlierErasure`).
  package var lostClasses: [Int] = []
  package var lostRows = false
  /// What was seen of earlier batches whose rows are gone from the data. Of a published candidate, or of one that is held for
  /// it (`earlierErasure`).
  package var returns: [ReturnLook] = []
  /// Of a published candidate: what is to be kept of the batch.
  package var imprint: Imprint?
  /// Of a run that was stopped or is held: from where it can go on.
  package var saved: SavedRun?

  package init(_ ending: RunEnding, steps: Int) {
    self.ending = ending
    self.steps = steps
  }
}
