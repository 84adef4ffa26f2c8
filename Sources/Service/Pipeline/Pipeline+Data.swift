import Checkpoints
import Datasets
import Ledger
import Platform
import Requests

// Other data, another model: `rematch` and `import`.
extension Pipeline {
  /// Finds every tombstone and every waiting row in the data as they are now.
  func rematch(_ name: String, _ dryRun: Bool) async throws(ControlError) -> JSONValue {
    guard let model = changed[name] ?? models[name] else {
      throw ControlError(.usage, "model \(name) is not open; hamuctl check says what is wrong with it")
    }
    guard run?.job.model.name != name else {
      throw ControlError(.usage, "model \(name) is running a batch; hamuctl pause \(name) first")
    }
    let ledger = ledger
    let matching: Result<DataMatching, ModelTrouble> = await onThread("hamud-rematch") {
      () throws(ModelTrouble) in try DataMatching(model, ledger: ledger)
    }
    let found: DataMatching
    do {
      found = try matching.get()
    } catch {
      throw ControlError(.inputOutput, error.sentence)
    }
    if dryRun { return ["message": JSONValue("would follow: " + found.summary), "dry_run": true] }
    do {
      try ledger.rematch(found.relocation, at: WallClock.now)
      models[name] = model
      changed[name] = nil
      narrator.post(.modelRematched(name, same: found.kept, moved: found.moved, gone: found.gone))
      try tell()
    } catch {
      throw ControlError(error)
    }
    bell.ring()
    return ["message": JSONValue("\(name) goes on: " + found.summary)]
  }

  /// Takes a retrained model that hamuctl hands over as the next version.
  func importModel(
    _ name: String, _ dryRun: Bool, _ connection: ControlConnection
  ) async throws(ControlError) -> JSONValue {
    guard let settings = configuration.model(name), let model = changed[name] ?? models[name] else {
      throw ControlError(
        .usage, "model \(name) is not configured, or not open; hamuctl check says what is wrong with it")
    }
    guard run == nil, opening.isEmpty else {
      throw ControlError(.usage, "a batch is running; hamuctl pause \(name), or try again when it has ended")
    }
    // Held by `opening`, so that no run begins on the old version while the new one comes in.
    opening.insert(name)
    defer {
      opening.remove(name)
      bell.ring()
    }
    let number = try nextVersion(name)
    do {
      let receiver = try model.store.receive(number: number)
      try await ControlChannel.send(["ok": ["send": true]], to: connection)
      try await ImportTransfer.receive(from: connection, into: receiver)
      let candidate = try receiver.finish(data: model.dataset.record)
      let incoming = try candidate.open()
      if let misfit = model.dataset.misfit(incoming.configuration.fit) { throw misfit }
      if dryRun {
        try model.store.discardCandidates()
        return ["message": JSONValue("would import version \(number) of \(name)"), "dry_run": true]
      }
      return try await adopt(candidate, settings, model)
    } catch let error as ControlError {
      try? model.store.discardCandidates()
      throw error
    } catch {
      try? model.store.discardCandidates()
      throw ControlError(.inputOutput, "\(error)")
    }
  }

  private func nextVersion(_ name: String) throws(ControlError) -> Int {
    do {
      return (try ledger.versions(of: name).map(\.number).max() ?? 0) + 1
    } catch {
      throw ControlError(error)
    }
  }

  private func adopt(
    _ candidate: VersionStore.Candidate, _ settings: ModelSettings, _ model: LoadedModel
  ) async throws -> JSONValue {
    let now = WallClock.now
    let (name, ledger) = (settings.name, ledger)
    let matching: Result<DataMatching, ModelTrouble> = await onThread("hamud-import") {
      () throws(ModelTrouble) in try DataMatching(model, ledger: ledger)
    }
    let found = try matching.get()
    var record = VersionRecord(model: name, version: candidate.number, created: now.rfc3339())
    record.parent = model.current.number
    record.parentRecord = model.current.recordDigest
    if try model.store.list().contains(candidate.number) { try model.store.remove(candidate.number) }
    let version = try model.store.adopt(try model.store.seal(candidate, record: record))
    let outcome = try ledger.importVersion(
      ImportedVersion(
        version: NewVersion(number: version.number, parent: model.current.number, record: try version.digest()),
        trainingData: found.relocation), at: now)
    try model.store.makeCurrent(version.number)
    models[name] = nil
    changed[name] = nil
    narrator.post(
      .modelImported(name, version: version.number, settled: outcome.settled, reaccepted: outcome.reopened.count))
    try tell()
    await reopen(settings)
    return [
      "message": JSONValue(
        "\(name) is at version \(version.number), as imported; \(outcome.settled) forgotten rows are settled, "
          + "\(outcome.reopened.count) requests are accepted again"),
      "version": JSONValue(version.number), "settled": JSONValue(outcome.settled),
      "reopened": .array(outcome.reopened.map { JSONValue($0.text) }),
    ]
  }

  func onThread<Value: Sendable>(
    _ name: String, _ body: @escaping @Sendable () throws(ModelTrouble) -> Value
  ) async -> Result<Value, ModelTrouble> {
    do {
      return try await ComputeThread.run(name: name) { Result { () throws(ModelTrouble) in try body() } }
    } catch {
      return .failure(ModelTrouble("\(error)"))
    }
  }
}
