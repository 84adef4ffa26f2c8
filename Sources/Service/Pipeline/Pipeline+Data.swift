import Checkpoints
import Datasets
import Ledger
import Platform
import Requests
import Unlearning

// Other data, another model: `rematch` and `import`.
extension Pipeline {
  /// Finds every tombstone and every waiting row in the data as they are now.
  func rematch(_ name: String, _ dryRun: Bool) async throws(ControlError) -> JSONValue {
    let settings = try await take(name)
    defer { release(name) }
    let model: LoadedModel
    switch await openNow(settings) {
    case .failure(let trouble): throw ControlError(.inputOutput, trouble.sentence)
    case .success(.dataChanged(_, let other)): model = other
    case .success(.ready(let same)):
      if !dryRun { try ledgerWork { try settle(settings, .success(.ready(same))) } }
      return ["message": JSONValue("the data of \(name) are those that its row numbers were given for; nothing to do")]
    }
    // Before anything is looked for: what comes back only now has rows to be followed too.
    if !dryRun { readmit(name) }
    let found = try await match(model, trainedOnThem: false)
    if dryRun { return ["message": JSONValue("would follow: " + found.summary), "dry_run": true] }
    try ledgerWork {
      expect(try ledger.rematch(found.relocation, at: clocks.wall()))
      removeProgressOfEndedBatches(of: name)
      models[name] = model
      changed[name] = nil
      narrator.post(.modelRematched(name, same: found.kept, moved: found.moved, gone: found.gone))
      try tell()
    }
    return ["message": JSONValue("\(name) goes on: " + found.summary)]
  }

  /// Takes a retrained model that hamuctl hands over as the next version.
  func importModel(
    _ name: String, _ dryRun: Bool, _ connection: ControlConnection
  ) async throws(ControlError) -> JSONValue {
    let settings = try await take(name)
    defer { release(name) }
    let replaced: LoadedModel?
    switch await openNow(settings) {
    case .success(.dataChanged(_, let opened)), .success(.ready(let opened)): replaced = opened
    // Without a copy of it, another model is the only way out.
    case .failure(let trouble) where trouble.isDamage: replaced = nil
    case .failure(let trouble): throw ControlError(.inputOutput, trouble.sentence)
    }
    let store = VersionStore(directory: places.model(name), model: name)
    do {
      // Of a ledger that was brought back: a version that it does not know may be served meanwhile.
      let served = try store.currentNumber() ?? 0
      let number = max(try ledger.versions(of: name).map(\.number).max() ?? 0, served) + 1
      let (candidate, model) = try await receive(number, settings, in: store, replaced, from: connection)
      let answer: JSONValue
      if dryRun {
        let found = try await match(model, for: candidate)
        let looks = try await admit(candidate, settings, model, found, isDry: true)
        answer = [
          "message": JSONValue(
            "would import version \(number) of \(name); "
              + Self.remembering(Set(found.relocation.tombstones.values).count)
              + Self.words(looks)), "dry_run": true,
          "looks": .array(looks.map(\.json)),
        ]
        try store.discardCandidates()
      } else {
        answer = try await adopt(candidate, settings, model, parentIsLost: replaced == nil)
      }
      return answer
    } catch {
      // Ignored: what cannot be removed now is removed when the model is opened at the next start.
      try? store.discardCandidates()
      throw error as? ControlError ?? ControlError(.inputOutput, "\(error)")
    }
  }

  /// - Parameter replaced: nil where it is damaged or gone; the data are then opened as the model that comes was trained on them.
  private func receive(
    _ number: Int, _ settings: ModelSettings, in store: VersionStore, _ replaced: LoadedModel?,
    from connection: ControlConnection
  ) async throws -> (VersionStore.Candidate, LoadedModel) {
    // A directory of this number that the ledger does not know is what a crash left between adopting and recording.
    if try store.list().contains(number) { try store.remove(number) }
    let receiver = try store.receive(number: number)
    try await ControlChannel.send(["ok": ["send": true]], to: connection)
    try await ImportTransfer.receive(from: connection, into: receiver)
    let opener = ModelOpener(places: places, ledger: ledger, cleans: false, key: key)
    return try await onThread("hamud-import") { () throws(ModelTrouble) in
      try ModelTrouble.of {
        let model = try replaced ?? opener.openLost(settings, for: try ModelDirectory.open(receiver.path))
        let candidate = try receiver.finish(data: model.dataset.record)
        let incoming = try candidate.open()
        if let misfit = model.dataset.misfit(incoming.configuration.fit) { throw misfit }
        try incoming.checkLabels(with: model)
        try incoming.checkNetwork(for: model.dataset)
        try incoming.checkNumbers()
        return (candidate, model)
      }
    }.get()
  }

  private func adopt(
    _ candidate: VersionStore.Candidate, _ settings: ModelSettings, _ model: LoadedModel, parentIsLost: Bool
  ) async throws -> JSONValue {
    let now = clocks.wall()
    let name = settings.name
    readmit(name)
    let found = try await match(model, for: candidate)
    let looks = try await admit(candidate, settings, model, found)
    var record = VersionRecord(model: name, version: candidate.number, created: now.rfc3339())
    record.parent = model.current.number
    record.parentRecord = model.current.recordDigest
    let (sealing, signing) = (record, key)
    let version = try await onThread("hamud-import") { () throws(ModelTrouble) in
      try ModelTrouble.of {
        try model.store.adopt(
          try model.store.seal(candidate, record: sealing, parentIsLost: parentIsLost, key: signing))
      }
    }.get()
    let outcome: ImportOutcome
    do {
      outcome = try ledger.importVersion(
        ImportedVersion(
          version: NewVersion(number: version.number, parent: model.current.number, record: try version.digest()),
          trainingData: found.relocation), at: now)
    } catch {
      // Nobody's without the ledger; one that stays is removed at the next try, or when the model is opened.
      if (error as? LedgerError)?.mayStandAfterACrash != true { try? model.store.remove(version.number) }
      throw error
    }
    models[name] = nil
    changed[name] = nil
    try serveImported(version.number, of: model)
    narrator.post(
      .modelImported(name, version: version.number, settled: outcome.settled, reaccepted: outcome.reopened.count))
    narrator.returns(looks, in: name, version: version.number, .imported)
    try tell()
    await openHeld(settings)
    expect(outcome.reopened + outcome.back)
    return Self.answer(name, version.number, outcome, looks)
  }

  private func serveImported(_ number: Int, of model: LoadedModel) throws {
    removeProgressOfEndedBatches(of: model.name)
    try model.store.makeCurrent(number)
    do {
      // What was served before may be a version that the ledger does not know: it was brought back.
      try model.store.removeStrays(unknownTo: ledger, model.name)
    } catch {
      // What stays is removed at the next start.
      narrator.trouble(error)
    }
  }

  /// Rows that are not in the new model's training data are settled unmeasured: what was kept of them is asked once.
  /// - Throws: where it may not be imported for what that says.
  private func admit(
    _ candidate: VersionStore.Candidate, _ settings: ModelSettings, _ model: LoadedModel, _ found: DataMatching,
    isDry: Bool = false
  ) async throws -> [ReturnLook] {
    let batches = try ledger.imprints(goneFrom: found.relocation).map(Imprinted.init)
    if batches.isEmpty { return [] }
    let looks = try await onThread("hamud-import") { () throws(ModelTrouble) in
      try ModelTrouble.of {
        try ReturnLook.all(batches, in: try candidate.open(), sampleShape: model.dataset.sampleShape)
      }
    }.get()
    let returned = looks.filter { $0.verdict == .returned }
    if returned.isEmpty || settings.policy.onReturn != .hold { return looks }
    if !isDry { narrator.returns(looks, in: settings.name, version: candidate.number, .refused) }
    throw ControlError(
      .held,
      "the model seems to know rows that were forgotten and are not in its training data (batch "
        + returned.map { "\($0.batch), \(Self.figures($0))" }.joined(separator: "; batch ")
        + "), and policy.on_return is hold; train it without them, or set on_return: warn, hamuctl reload, and import it "
        + "again")
  }

  private static func answer(
    _ name: String, _ version: Int, _ outcome: ImportOutcome, _ looks: [ReturnLook]
  ) -> JSONValue {
    [
      "message": JSONValue(
        "\(name) is at version \(version), as imported; "
          + NumberText.count(outcome.settled, "forgotten row") + " settled, "
          + NumberText.count(outcome.reopened.count, "request") + " accepted again"
          + (outcome.reopened.isEmpty ? "" : "; what is served may know their rows until they are forgotten again")
          + words(looks)),
      "version": JSONValue(version), "settled": JSONValue(outcome.settled),
      "reopened": .array(outcome.reopened.map { JSONValue($0.text) }), "looks": .array(looks.map(\.json)),
    ]
  }

  /// What an import brings back, before it does.
  private static func remembering(_ count: Int) -> String {
    count == 0
      ? "no forgotten row is in its training data"
      : "\(NumberText.count(count, "forgotten row")) in its training data would be forgotten again, and what is served may know "
        + "them until then"
  }

  /// What a person who brings a model in should know of it, also without reading the journal.
  private static func words(_ looks: [ReturnLook]) -> String {
    let returned = looks.filter { $0.verdict == .returned }
    let unjudged = looks.filter { $0.verdict == .notJudged }.map { "\($0.batch)" }.joined(separator: ", ")
    let signs = returned.map {
      "; it seems to know the rows of batch \($0.batch), which are gone from the data: \(figures($0))"
    }
    let rest =
      unjudged.isEmpty
      ? "" : "; whether it knows the rows of batch \(unjudged), which are gone, cannot be judged"
    return signs.joined() + rest
  }

  /// In log-odds.
  private static func figures(_ look: ReturnLook) -> String {
    let text = { (value: Double?) in NumberText.figure(value ?? 0, digits: 3) }
    return "an estimated \(text(look.rise)) (standard error \(text(look.error))) of the \(text(look.taken)) that "
      + "forgetting took"
  }
}

// MARK: - While something about a model is replaced

extension Pipeline {
  /// Holds the model, to be released by the caller, and says how it is configured.
  func take(_ name: String) async throws(ControlError) -> ModelSettings {
    await hold(name)
    do throws(ControlError) {
      guard let settings = configuration.model(name) else {
        throw ControlError(
          .usage, "model \(name) is not configured, or its file is wrong; hamuctl check says what is wrong with it")
      }
      guard !isStopping else { throw ControlError(.unavailable, "the daemon is stopping") }
      if let restoration {
        throw ControlError(.usage, "the ledger is not what it was: \(restoration.why); hamuctl recover comes first")
      }
      guard run?.job.model.name != name else {
        throw ControlError(
          .usage, "model \(name) is running a batch; hamuctl pause \(name) first, or try again when it has ended")
      }
      return settings
    } catch {
      release(name)
      throw error
    }
  }

  /// Finds what was forgotten, and what waits to be, in the model's data, which must stay the same meanwhile.
  func match(_ model: LoadedModel, trainedOnThem: Bool) async throws(ControlError) -> DataMatching {
    let ledger = ledger
    let matching: Result<DataMatching, ModelTrouble> = await onThread("hamud-match") {
      () throws(ModelTrouble) in try DataMatching(model, ledger: ledger, trainedOnThem: trainedOnThem)
    }
    do throws(ModelTrouble) {
      let found = try matching.get()
      guard model.dataset.isStillWhatWasOpened(model.description) else {
        throw ModelTrouble("the data of \(model.name) changed while they were looked at; try again when they are whole")
      }
      return found
    } catch {
      throw ControlError(.inputOutput, error.sentence)
    }
  }

  private func ledgerWork(_ body: () throws -> Void) throws(ControlError) {
    do {
      try body()
    } catch let error as LedgerError {
      throw ControlError(error)
    } catch {
      throw ControlError(.inputOutput, "\(error)")
    }
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

extension ModelTrouble {
  /// Any failure in its own words.
  static func of<Value>(_ body: () throws -> Value) throws(ModelTrouble) -> Value {
    do {
      return try body()
    } catch let trouble as ModelTrouble {
      throw trouble
    } catch {
      throw ModelTrouble("\(error)")
    }
  }
}
