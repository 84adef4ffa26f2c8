import Checkpoints
import Ledger
import Platform
import Requests

// Back to an earlier version, and forward again over everything that was served since.
extension Pipeline {
  func rollBack(
    _ name: String, to version: Int?, servesNow: Bool, _ caller: Caller, _ dryRun: Bool
  ) async throws(ControlError) -> JSONValue {
    let settings = try await take(name)
    defer { release(name) }
    do {
      let number = try version ?? parent(of: name)
      // Whoever asks for it is not refused because what is served cannot be read.
      var servesNow = servesNow
      if !servesNow { servesNow = try await isServedLost(name) }
      if dryRun {
        let plan = try ledger.rollbackPlan(of: name, to: number, servesNow: servesNow)
        return Self.answer(name, plan, "would go back", isDry: true)
      }
      try await checkWhole(number, of: name)
      lookUpAnew(in: name)
      let plan = try ledger.rollBack(name, to: number, servesNow: servesNow, by: caller.uid, at: clocks.wall())
      narrator.post(
        .modelRolledBack(
          name, to: number, again: (plan.requests.map(\.text), plan.rows), serving: plan.servedMeanwhile,
          by: caller.uid))
      models[name] = nil
      changed[name] = nil
      try tell()
      // Opened again, the model follows the ledger: what runs start from, and what `current` names.
      await openHeld(settings)
      expect(plan.requests)
      return Self.answer(name, plan, "goes back", isDry: false)
    } catch let error as LedgerError {
      throw ControlError(error)
    } catch {
      throw error as? ControlError ?? ControlError(.inputOutput, "\(error)")
    }
  }

  /// What was served may be what is gone, or damaged in any byte: then nobody should be served it meanwhile.
  private func isServedLost(_ name: String) async throws -> Bool {
    guard let serving = try ledger.model(name)?.serving else { return false }
    // None for one that the ledger does not know, after an older ledger was brought back; then by its own record.
    let record = try ledger.versions(of: name).first { $0.number == serving }?.record.description
    let store = VersionStore(directory: places.model(name), model: name)
    return try await onThread("hamud-verify") { () throws(ModelTrouble) in
      do throws(CheckpointError) {
        return try store.verifiedIfWhole(serving, recordDigest: record) == nil
      } catch {
        throw ModelTrouble("nobody can say whether what is served is whole: \(error); try again, or with --serve-now")
      }
    }.get()
  }

  private func parent(of name: String) throws -> Int {
    guard let current = try ledger.model(name)?.currentVersion,
      let parent = try ledger.versions(of: name).first(where: { $0.number == current })?.parent
    else { throw ControlError(.usage, "model \(name) has no version before its current one") }
    return parent
  }

  /// Every byte of it: a version is gone back to because the later ones are no good, and then this one has to be.
  private func checkWhole(_ number: Int, of name: String) async throws {
    let record = try ledger.versions(of: name).first { $0.number == number }?.record.description
    let store = VersionStore(directory: places.model(name), model: name)
    try await onThread("hamud-verify") { () throws(ModelTrouble) in
      do throws(CheckpointError) {
        try store.verifyDigests(number, recordDigest: record)
      } catch {
        throw ModelTrouble(error)
      }
    }.get()
  }

  private static func answer(_ name: String, _ plan: Rollback, _ verb: String, isDry: Bool) -> JSONValue {
    let rows = "\(plan.rows) forgotten \(plan.rows == 1 ? "row" : "rows")"
    let requests = "\(plan.requests.count) \(plan.requests.count == 1 ? "request" : "requests")"
    let meanwhile =
      plan.servedMeanwhile.map { "version \($0) stays served until they were served again" }
      ?? "version \(plan.to) is served at once"
    return .present([
      "message": JSONValue(
        "\(name) \(verb) to version \(plan.to), which still remembers \(rows); \(requests) accepted again; \(meanwhile)"
      ),
      "model": JSONValue(name), "version": JSONValue(plan.to), "rows": JSONValue(plan.rows),
      "requests": .array(plan.requests.map { JSONValue($0.text) }),
      "serving": JSONValue(plan.servedMeanwhile ?? plan.to), "dry_run": isDry ? true : nil,
    ])
  }
}
