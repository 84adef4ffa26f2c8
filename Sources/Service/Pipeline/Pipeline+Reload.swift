import Ledger
import Platform
package import Requests

// Configuration that changes while the daemon runs.
extension Pipeline {
  /// Puts the configuration as it is on disk in force, or says why not and keeps the old one.
  package func reload() async throws(ControlError) -> JSONValue {
    let fresh: Configuration
    do {
      fresh = try ConfigurationLoader.load(places)
    } catch {
      narrator.post(.configurationRejected(error.description, stillServing: true))
      throw ControlError(.configuration, error.description + "\nthe old configuration stays in force")
    }
    let gone = Set(configuration.modelNames).subtracting(fresh.modelNames)
    configuration = fresh
    for name in gone.union(fresh.brokenModels.map(\.name)) {
      models[name] = nil
      changed[name] = nil
    }
    for settings in fresh.models where models[settings.name] != nil {
      if models[settings.name]?.settings != settings { models[settings.name] = nil }
    }
    lastOpened = [:]
    await openModels()
    narrator.post(.reloaded(models: fresh.models.count, paused: fresh.brokenModels.count))
    bell.ring()
    let broken = fresh.brokenModels.map { "\n" + $0.fault.description }.joined()
    let count = fresh.models.count
    let message = "the new configuration is in force: \(count) \(count == 1 ? "model" : "models")"
    if !broken.isEmpty {
      throw ControlError(.configuration, message + "; these are paused, their files are wrong:" + broken)
    }
    return ["message": JSONValue(message), "models": .array(fresh.modelNames.map { JSONValue($0) })]
  }

  /// What user hamud may read and use: the findings of `hamuctl check`.
  func check() async -> JSONValue {
    let checker = Checker(places: places)
    let findings: Result<JSONValue, ModelTrouble> = await onThread("hamud-check") { () throws(ModelTrouble) in
      checker.check(by: "daemon")
    }
    switch findings {
    case .success(let answer): return answer
    case .failure(let trouble): return ["looked": "daemon", "findings": [], "message": JSONValue(trouble.sentence)]
    }
  }
}
