package import HAMU

/// What is pushed. The raw values are the words of a configuration (`objective`).
package enum Objective: String, Sendable, CaseIterable, Codable {
  /// The mean of max(phi - target, 0) is lowered; phi is the log-odds of the right class.
  case margin
  /// The mean cross-entropy is raised: the paper's.
  case crossEntropy = "cross-entropy"
  /// The negative-preference loss is lowered (arXiv:2404.05868).
  case npo
  /// The divergence from the model before is raised: of `scrub` alone, nobody's word.
  case divergence
}

/// A method that HAMU is compared with, in HAMU's place.
package struct BaselineSettings: Sendable, Equatable, Codable {
  package var method: Baseline
  /// Of plain SGD.
  package var learningRate: Double

  package init(_ method: Baseline, learningRate: Double) {
    self.method = method
    self.learningRate = learningRate
  }
}

/// How a run works: the `unlearning` section of a model's configuration.
package struct RunSettings: Sendable, Equatable, Codable {
  /// Variant, allocation, radius, constraint, and the norm that gradients are clipped to.
  package var step = StepSettings()
  /// nil: HAMU, as `step` says, which then nobody looks at.
  package var baseline: BaselineSettings?
  /// nil: margin for rows, cross-entropy for classes; for other methods than HAMU their own.
  package var objective: Objective?
  /// Retain rows a step, and at most as many forget rows.
  package var batchSize = 128
  /// All phases together.
  package var maxSteps = 200
  /// Steps between two measurements.
  package var evaluateEvery = 10
  /// Rows of each kind of earlier erasure in every step, and the weight of their part in F.
  package var guardRows = 32
  package var guardWeight = 0.3
  package var seed: UInt64 = 42
  /// nil: no controller; radius, constraint and batch stay as they are above, which otherwise are where it starts.
  package var steering: SteeringSettings?

  package init() {}

  /// What is pushed of the batch's requests.
  func requestObjective(ofClasses: Bool) -> Objective {
    switch baseline?.method {
    case .scrub: .divergence
    case .npo: .npo
    case .ft, .ga, .gdiff, .kl, .gru, .pcgrad: objective ?? .crossEntropy
    case nil: objective ?? (ofClasses ? .crossEntropy : .margin)
    }
  }
}

/// When a group is forgotten: the `target` section of a model's configuration.
package struct RunTarget: Sendable, Equatable, Codable {
  /// x means the band 1 - x to x.
  package var membershipAUC = 0.55
  /// At most, on the rows of a class and on its held-out rows; nil: one over the number of classes.
  package var classAccuracy: Double?
  /// At most. Where this or `forgetLoss` is set, they take the place of the band for requests of rows.
  package var forgetAccuracy: Double?
  /// At least.
  package var forgetLoss: Double?

  package init() {}
}

/// When a run stops before its target.
package struct RunPolicy: Sendable, Equatable, Codable {
  /// At hardness: the strictest of the model's policy and the batch's requests.
  package var stopsOnHardness = true
  /// How much the mean retain loss may rise over `before`.
  package var retainBudget = 0.02
  /// At a sign that rows which are gone from the data are back.
  package var holdsOnReturn = false
  /// `resume --accept-retain-cost X`: X in place of the budget, no stop for hardness, and as many steps again.
  package var acceptedRetainCost: Double?

  package init() {}

  package var budget: Double { acceptedRetainCost ?? retainBudget }
  /// A person who said what going on may cost wants it published.
  package var holdsReturns: Bool { holdsOnReturn && acceptedRetainCost == nil }
  package var stops: Bool { stopsOnHardness && acceptedRetainCost == nil }
}

/// Named bounds of a run.
package enum RunLimits {
  /// Requests with fewer rows are judged together as one group.
  package static let judgedAlone = 30
  /// Retain rows of the fixed sample that is measured during a run.
  package static let retainSample = 1000
  /// Below this distance to the band measurements come every `nearInterval` steps.
  package static let nearBand = 0.05
  package static let nearInterval = 5
  /// A small group's F must have fallen to this share of what it was before the first step.
  package static let excessShare = 0.25
  /// Tries to land in a band that was jumped over, each with half the radius.
  package static let overshootTries = 5
  /// Times that a run goes back after a loss or gradient that is not finite.
  package static let notFiniteTries = 3
  /// Rounds of mending earlier erasures before a batch is held.
  package static let mendingRounds = 3
  /// Of these, rounds that bring earlier erasures back into the band where they are above it by less than the slack.
  package static let bandRounds = 2
  /// Steps of bringing them back, unless that is reached: each costs twice what a step of the request does, and the next run
  /// looks at them again.
  package static let bandSteps = 20
  /// How far above the band the AUC of all tombstoned rows may lie.
  package static let erasureSlack = 0.03
  /// Batches with fewer rows leave no imprint.
  package static let imprintRows = 8
  /// Numbers of an imprint at most, and at least: with fewer every look would drown in its own error.
  package static let imprintWidth = 4096
  package static let imprintLeastWidth = 32
  /// Of the sketch that tells how far a version is from the one that forgot: 9 % standard error.
  package static let imprintPlaceWidth = 64
  /// A sign of return is a rise above so many standard errors, and above this share of what forgetting took.
  package static let returnErrors = 3.0
  package static let returnShare = 0.2
  /// Further from the version that forgot, relative to its weights, nothing is said. On the ResNet-20 runs and short training
  /// moved by 0.0001 to 0.013 and on a small network by 0.13, where estimates held; independent weights of the same norm are
  /// at 1.4.
  package static let returnDistance = 0.2
  /// Draws of a bootstrap interval.
  package static let bootstrapDraws = 1000
}
