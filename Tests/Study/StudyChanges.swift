import HAMU
import Unlearning

extension RunPlan {
  /// With constants that an experiment changes.
  func with(_ changes: [(name: String, value: Double)]) throws -> RunPlan {
    var plan = self
    for change in changes where try !plan.set(change.name, change.value) {
      var steering = plan.settings.steering ?? SteeringSettings()
      try steering.set(change.name, change.value)
      plan.settings.steering = steering
    }
    return plan
  }

  private mutating func set(_ name: String, _ value: Double) throws -> Bool {
    switch name {
    case "radius": settings.step.radius = .relative(value)
    case "ratio": settings.step.constraint = .ratio(value)
    case "rows": settings.batchSize = Int(value)
    case "every": settings.evaluateEvery = Int(value)
    case "steps": settings.maxSteps = Int(value)
    case "guards": settings.guardRows = Int(value)
    case "weight": settings.guardWeight = value
    case "stop": policy.stopsOnHardness = value != 0
    case "budget": policy.retainBudget = value
    case "off": settings.steering = nil
    default: return false
    }
    return true
  }
}

extension SteeringSettings {
  fileprivate mutating func set(_ name: String, _ value: Double) throws {
    switch name {
    case "batch": batch = Int(value)
    case "forget": forgetBatch = Int(value)
    case "hard": hardShare = value
    case "free": free = value
    case "spent": spent = value
    case "repair": repairAbove = value
    case "missed": repairMissed = value
    case "noise": noiseAbove = value
    case "repair-quota": repairQuota = value
    case "screen": screen = Int(value)
    case "growth": quotaGrowth = value
    case "limit": quotaLimit = value
    case "pace": stepsShare = value
    case "class-guards": classGuards = Int(value)
    case "row-guards": rowGuards = Int(value)
    case "guard-gap": guardGap = value
    case "guard-slope": guardSlope = value
    case "guard-least": guardLeast = value
    case "guard-most": guardMost = value
    case "hard-rows": hardRows = Int(value)
    default: throw StudyError("there is no constant \(name)")
    }
  }
}
