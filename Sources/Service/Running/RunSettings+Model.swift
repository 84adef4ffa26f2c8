import HAMU
package import Unlearning

// A model's configuration in the words of the room that runs.

extension RunSettings {
  package init(_ settings: UnlearningSettings) {
    self.init()
    step = StepSettings(
      variant: settings.method == .hamuU ? .hamuU : .hamuQ, allocation: Allocation(settings.allocation),
      radius: TrustRadius(settings.radius), constraint: Constraint(settings.constraint),
      maxGradNorm: settings.maxGradNorm)
    baseline = Baseline(rawValue: settings.method.rawValue).flatMap { method in
      settings.learningRate.map { BaselineSettings(method, learningRate: $0) }
    }
    objective = settings.objective.map(Objective.init)
    batchSize = settings.batchSize
    maxSteps = settings.maxSteps
    evaluateEvery = settings.evaluateEvery
    guardRows = settings.guards.rows
    guardWeight = settings.guards.weight
    seed = UInt64(clamping: settings.seed)
    steering = settings.controller && baseline == nil ? SteeringSettings() : nil
  }
}

extension RunTarget {
  package init(_ settings: TargetSettings) {
    self.init()
    membershipAUC = settings.membershipAUC
    classAccuracy = settings.classAccuracy
    forgetAccuracy = settings.forgetAccuracy
    forgetLoss = settings.forgetLoss
  }
}

extension Objective {
  init(_ objective: UnlearningSettings.Objective) {
    self =
      switch objective {
      case .margin: .margin
      case .crossEntropy: .crossEntropy
      case .npo: .npo
      }
  }
}

extension Allocation {
  init(_ allocation: UnlearningSettings.Allocation) {
    self =
      switch allocation {
      case .optimal: .optimal
      case .gradNormProduct: .gradNormProduct
      case .uniform: .uniform
      case .softmaxDot: .softmaxDot
      case .global: .global
      }
  }
}

extension TrustRadius {
  init(_ radius: UnlearningSettings.Radius) {
    self =
      switch radius {
      case .relative(let factor): .relative(factor)
      case .learningRate(let rate): .learningRate(rate)
      case .absolute(let length): .absolute(length)
      }
  }
}

extension Constraint {
  init(_ constraint: UnlearningSettings.Constraint) {
    self =
      switch constraint {
      case .ratio(let share): .ratio(share)
      case .absolute(let quota): .absolute(quota)
      }
  }
}
