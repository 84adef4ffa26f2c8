import Checkpoints
import Datasets
import Ledger
import Platform
import Requests

// Which models can be worked on.
extension Pipeline {
  /// Marks what is to be opened, so that nothing is taken up before.
  /// Whether the ledger is the one that it was is decided first: what follows goes by it.
  package func prepareToOpen() {
    opening.formUnion(configuration.models.map(\.name))
    if !isRestorationSought { lookForRestoredBackup() }
    noteMissingReceipts()
  }

  func readyEvent() -> Event {
    .ready(
      models: configuration.models.count, paused: configuration.brokenModels.count,
      waiting: waitingRequests)
  }

  func stoppedEvent() -> Event { .stopped(waiting: waitingRequests) }

  /// 0 where the ledger does not answer, which is said elsewhere.
  private var waitingRequests: Int {
    ((try? ledger.counts()) ?? []).filter { $0.state.isWaiting }.reduce(0) { $0 + $1.count }
  }

  /// Opens every configured model that is not open yet, each on a thread of its own, one after the other; rings when done.
  package func openModels() async {
    // Opening moves `current` to what the ledger says, which must not be an older one's word.
    while !isRestorationSought, !isStopping {
      // Ignored: a wait that is cut short asks sooner.
      try? await Task.sleep(for: .seconds(1))
      lookForRestoredBackup()
    }
    let wanted = configuration.models.filter { models[$0.name]?.settings != $0 }
    opening.formUnion(wanted.map(\.name))
    narrateBroken()
    for settings in wanted { await open(settings) }
    ProcessMemory.giveBack()
    bell.ring()
  }

  /// The model with its data as they are at this moment, on a thread of its own; nothing is settled by that.
  func openNow(_ settings: ModelSettings) async -> Result<OpenedModel, ModelTrouble> {
    let opener = ModelOpener(
      places: places, ledger: ledger, cleans: restoration == nil && cleaned.insert(settings.name).inserted, key: key)
    return await onThread("hamud-open") { () throws(ModelTrouble) in try opener.open(settings) }
  }

  private func open(_ settings: ModelSettings) async {
    await hold(settings.name)
    defer { release(settings.name) }
    await openHeld(settings)
  }

  /// Opens a model that the caller holds.
  func openHeld(_ settings: ModelSettings) async {
    let outcome = await openNow(settings)
    do {
      try settle(settings, outcome)
    } catch {
      narrator.trouble(error)
    }
  }

  func settle(_ settings: ModelSettings, _ outcome: Result<OpenedModel, ModelTrouble>) throws {
    let name = settings.name
    let now = clocks.wall()
    // Opened by settings that are not in force any more: whoever changed them opens it by the new ones.
    guard configuration.model(name) == settings else { return }
    switch outcome {
    case .success(.ready(let model)): try settle(model, at: now)
    case .success(.dataChanged(let sentence, let model)):
      models[name] = nil
      try ledger.unpause(name, .unusable, at: now)
      try mended(name, at: now)
      changed[name] = model
      if try ledger.pause(name, .dataChanged, detail: sentence, at: now) {
        narrator.post(.dataChanged(name, sentence, waiting: try waiting(name)))
      }
      readmit(name)
    case .failure(let trouble):
      models[name] = nil
      _ = try ledger.ensureModel(name, at: now)
      if trouble.isDamage { return try pauseDamaged(name, trouble.sentence) }
      guard
        try ledger.pause(name, trouble.isOfChangedData ? .dataChanged : .unusable, detail: trouble.sentence, at: now)
      else { return }
      narrator.post(
        trouble.isOfChangedData
          ? .dataChanged(name, trouble.sentence, waiting: try waiting(name)) : .modelUnusable(name, trouble.sentence))
    }
  }

  private func settle(_ opened: LoadedModel, at now: Timestamp) throws {
    var model = opened
    let name = model.name
    // A run may have published while the model was being opened.
    if let number = try ledger.model(name)?.currentVersion, number != model.current.number {
      model.serve(try model.store.open(number))
    }
    if let first = model.first { narrator.post(.firstVersion(name, version: model.current.number, first)) }
    let wasDamaged = try mended(name, at: now)
    let wasUnusable = try ledger.unpause(name, .unusable, at: now)
    // Same content as row numbers were given for: whatever was there in between is gone again.
    let wasChanged = try ledger.unpause(name, .dataChanged, at: now)
    if wasDamaged || wasUnusable || wasChanged { narrator.post(.modelUnpaused(name, waiting: try waiting(name))) }
    // Last, so that a ledger that failed is asked again when the model is opened again.
    models[name] = model
    changed[name] = nil
    narrator.post(
      .modelLoaded(
        name, version: model.current.number, parameters: model.parameters, rows: model.dataset.train.count,
        heldout: model.heldout.count))
    tellFindings(model)
    readmit(name)
  }

  /// A configuration file that is wrong pauses its model; the others run.
  private func narrateBroken() {
    for broken in configuration.brokenModels {
      models[broken.name] = nil
      do throws(LedgerError) {
        _ = try ledger.ensureModel(broken.name, at: clocks.wall())
        let sentence = broken.fault.description
        if try ledger.pause(broken.name, .unusable, detail: sentence, at: clocks.wall()) {
          narrator.post(.modelUnusable(broken.name, sentence))
        }
      } catch {
        narrator.trouble(error)
      }
    }
  }

  /// Requests that were held because their model was not configured go on now that it is and can be used.
  func readmit(_ model: String) {
    do {
      for request in try ledger.requests(RequestFilter(states: [.held], model: model)) where request.reason == .noModel
      {
        _ = try ledger.readmit(request.id, resolution: nil, at: clocks.wall())
        if request.rows > 0 { expect([request.id]) }
      }
    } catch {
      narrator.trouble(error)
    }
  }

  /// What will disappoint, said once as long as it is the same.
  private func tellFindings(_ model: LoadedModel) {
    guard disappointments[model.name] ?? [] != model.findings else { return }
    disappointments[model.name] = model.findings
    for finding in model.findings { narrator.post(.modelDisappoints(model.name, finding)) }
  }

  /// Whether the files, the data's and the version's, are still those that were opened; when not, the model is opened again,
  /// which decides by digest.
  /// - Parameter dataOnly: at the end of a run, which has looked at its version itself.
  func isUnchanged(_ model: LoadedModel, dataOnly: Bool = false) throws -> Bool {
    let isVersionSame = dataOnly || model.isStillWhatWasVerified
    if isVersionSame, model.dataset.isStillWhatWasOpened(model.description) { return true }
    models[model.name] = nil
    openSoon(model.settings)
    return false
  }

  private func openSoon(_ settings: ModelSettings) {
    opening.insert(settings.name)
    Task { await self.open(settings) }
  }

  /// A stat of every file: cheap enough for every look. What fails for one model keeps no other from being watched.
  func checkModels() {
    for (name, model) in models.sorted(by: { $0.key < $1.key }) where run?.job.model.name != name {
      attempt { _ = try isUnchanged(model) }
    }
    for (name, model) in models.sorted(by: { $0.key < $1.key }) { attempt { try followServing(name, model) } }
    for settings in configuration.models where models[settings.name] != nil { attempt { try watchDamage(settings) } }
    attempt { try holdRequestsOfMissingModels() }
    retryUnread()
    for settings in configuration.models where models[settings.name] == nil && !opening.contains(settings.name) {
      attempt { try retryUnusable(settings) }
    }
  }

  /// The last request of a rollback may end without a run (its rows were another's): then `current` follows here. What was served until
  /// then is, after an older ledger was brought back, in no list, and nothing else would ever remove it.
  func followServing() throws {
    for (name, model) in models.sorted(by: { $0.key < $1.key }) { try followServing(name, model) }
  }

  private func followServing(_ name: String, _ model: LoadedModel) throws {
    guard restoration == nil, let serving = try ledger.model(name)?.serving else { return }
    if try model.store.currentNumber() != serving {
      try model.store.makeCurrent(serving)
      strayed.insert(name)
    }
    // What a run or an import has made and not recorded yet looks the same.
    guard strayed.contains(name), run?.job.model.name != name, !opening.contains(name) else { return }
    do {
      try model.store.removeStrays(unknownTo: ledger, name)
      strayed.remove(name)
    } catch {
      // It holds up no other model, and is tried again at the next look.
      narrator.trouble(error)
    }
  }

  private func holdRequestsOfMissingModels() throws(LedgerError) {
    let known = Set(configuration.modelNames)
    for record in try ledger.models() where !known.contains(record.name) {
      let held = try ledger.holdForMissingModel(
        record.name,
        detail:
          "model \(record.name) is not configured any more; put its file back into models.d, or cancel the request",
        at: clocks.wall())
      guard !held.isEmpty else { continue }
      narrator.post(.modelRemoved(record.name, held: held.count))
      removeProgressOfEndedBatches(of: record.name)
    }
  }

  /// Requests of the model that are not ended.
  func waiting(_ model: String) throws(LedgerError) -> Int {
    try ledger.counts(model: model).filter { $0.state.isWaiting }.reduce(0) { $0 + $1.count }
  }

  /// A model whose file could not be read for a reason that is not in it: whatever else was edited since waits for a reload.
  private func retryUnread() {
    for broken in configuration.brokenModels where broken.fault.isTransient {
      if let failed = lastOpened[broken.name], MonotonicInstant.now - failed < Self.reopenEvery { continue }
      lastOpened[broken.name] = .now
      let outcome = Result { () throws(ConfigurationError) in
        try ConfigurationLoader.loadModel(broken.name, file: broken.fault.file)
      }
      configuration = configuration.replacing(broken.name, by: outcome)
      if case .success(let settings) = outcome { openSoon(settings) }
    }
  }

  /// A disk that was not mounted, a file that is put right: what could not be opened is tried again at the regular scan.
  private func retryUnusable(_ settings: ModelSettings) throws(LedgerError) {
    if let other = changed[settings.name], other.settings == settings,
      other.dataset.isStillWhatWasOpened(other.description)
    {
      return
    }
    if try isStillDamaged(settings.name) { return }
    if let failed = lastOpened[settings.name], clocks.monotonic() - failed < Self.reopenEvery { return }
    lastOpened[settings.name] = clocks.monotonic()
    openSoon(settings)
  }

  static let reopenEvery = LongWait.of(Duration.seconds(60), hurried: .milliseconds(100))
}

// MARK: - One at a time

extension Pipeline {
  /// Waits until nobody else opens or replaces the model. Until `release` no run of it begins, and nothing is looked up in
  /// data that may be others.
  func hold(_ name: String) async {
    while held.contains(name) { await waitForOpening() }
    held.insert(name)
    opening.insert(name)
  }

  func release(_ name: String) {
    held.remove(name)
    opening.remove(name)
    lookUpAnew(in: name)
    openingEnded()
    bell.ring()
  }

  func waitForOpening() async { await withCheckedContinuation { openingWaiters.append($0) } }

  func openingEnded() {
    let waiting = openingWaiters
    openingWaiters = []
    waiting.forEach { $0.resume() }
  }
}
