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
    // A model whose file was right until now keeps running as it did. One that was wrong before, or is new, is paused and
    // holds up nobody else.
    let newlyBroken = fresh.brokenModels.filter { configuration.model($0.name) != nil }
    guard newlyBroken.isEmpty else {
      let reasons = newlyBroken.map(\.fault.description).joined(separator: "\n")
      narrator.post(.configurationRejected(reasons, stillServing: true))
      throw ControlError(.configuration, reasons + "\nthe old configuration stays in force")
    }
    let gone = Set(configuration.modelNames).subtracting(fresh.modelNames)
    if fresh.settings.quotas != configuration.settings.quotas { scanner.reconsider() }
    configuration = fresh
    for name in gone.union(fresh.brokenModels.map(\.name)) {
      models[name] = nil
      changed[name] = nil
      // Nobody could publish what it brings.
      if run?.job.model.name == name { stopRun() }
    }
    for settings in fresh.models where models[settings.name] != nil {
      if models[settings.name]?.settings != settings { models[settings.name] = nil }
    }
    lastOpened = [:]
    await openModels()
    narrator.post(.reloaded(models: fresh.models.count, paused: fresh.brokenModels.count))
    bell.ring()
    let count = fresh.models.count
    let paused =
      fresh.brokenModels.isEmpty
      ? "" : "; paused, as their files are wrong: \(fresh.brokenModels.map(\.name).joined(separator: ", "))"
    let message = "the new configuration is in force: \(count) \(count == 1 ? "model" : "models")\(paused)"
    return ["message": JSONValue(message), "models": .array(fresh.modelNames.map { JSONValue($0) })]
  }

  /// What user hamud may read and use: the findings of `hamuctl check`.
  func check() async -> JSONValue {
    // Ignored: a ledger that cannot be read is said by every other command; what else is wrong is still found.
    let checker = Checker(places: places, records: (try? ledger.models()) ?? [])
    let findings: Result<JSONValue, ModelTrouble> = await onThread("hamud-check") { () throws(ModelTrouble) in
      checker.check(by: "daemon")
    }
    switch findings {
    case .success(let answer): return answer
    case .failure(let trouble): return ["looked": "daemon", "findings": [], "message": JSONValue(trouble.sentence)]
    }
  }
}
