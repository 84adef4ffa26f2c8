import HAMU

/// One step of HAMU as it was taken: one line of a run's record.
package struct StepTrace: Sendable, Equatable, Codable {
  /// Counted from 1.
  package var step: Int
  /// x of the radius rule of the settings, as it was in this step.
  package var radius: Double
  /// Retain rows of the step, and forget rows, guards counted in.
  package var retainRows: Int
  package var forgetRows: Int
  /// Q over all blocks, in loss units of the forget side; U of the retain side with HAMU-U.
  package var quota: Double
  /// a.d by the batch that the step was fitted to: what the retain loss should change by.
  package var predicted: Double
  /// The same step on the next retain batch, which it was not fitted to; nil for the last step of a phase and for one
  /// after which the run went back.
  package var actual: Double?
}

extension StepTrace {
  /// - Parameter settings: of this step, the controller's say counted in.
  init(step: Int, _ plan: StepPlan, _ settings: StepSettings, rows: (retain: Int, forget: Int)) {
    self.step = step
    radius = settings.radius.rate
    (retainRows, forgetRows) = rows
    switch settings.variant {
    case .hamuQ:
      quota = plan.quota / plan.forgetClip
      predicted = plan.objectiveChange / plan.retainClip
    case .hamuU:
      // a' is -b and b' is -a there.
      quota = plan.quota / plan.retainClip
      predicted = -plan.constraintChange / plan.retainClip
    }
  }
}

extension TrustRadius {
  fileprivate var rate: Double {
    switch self {
    case .relative(let x), .learningRate(let x), .absolute(let x): x
    }
  }
}
