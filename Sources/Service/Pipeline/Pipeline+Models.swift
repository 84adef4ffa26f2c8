import Checkpoints
import Datasets
import Ledger
import Platform
import Requests

// Which models can be worked on.
extension Pipeline {
  /// Marks what is to be opened, so that nothing is taken up before.
  package func prepareToOpen() { opening.formUnion(configuration.models.map(\.name)) }

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
    let wanted = configuration.models.filter { models[$0.name]?.settings != $0 }
    opening.formUnion(wanted.map(\.name))
    narrateBroken()
    for settings in wanted { await open(settings) }
    opening.subtract(wanted.map(\.name))
    ProcessMemory.giveBack()
    bell.ring()
  }

  /// Opens one model again, after something about it changed.
  func reopen(_ settings: ModelSettings) async { await open(settings) }

  private func open(_ settings: ModelSettings) async {
    let opener = ModelOpener(places: places, ledger: ledger)
    let outcome: Result<OpenedModel, ModelTrouble>
    do {
      outcome = try await ComputeThread.run(name: "hamud-open") {
        Result { () throws(ModelTrouble) in try opener.open(settings) }
      }
    } catch {
      outcome = .failure(ModelTrouble("\(error)"))
    }
    do {
      try settle(settings, outcome)
    } catch {
      narrator.trouble(error)
    }
  }

  private func settle(_ settings: ModelSettings, _ outcome: Result<OpenedModel, ModelTrouble>) throws(LedgerError) {
    let name = settings.name
    let now = WallClock.now
    switch outcome {
    case .success(.ready(let model)):
      models[name] = model
      changed[name] = nil
      try ledger.unpause(name, .unusable, at: now)
      // Same content as row numbers were given for: whatever was there in between is gone again.
      if try ledger.unpause(name, .dataChanged, at: now) {
        narrator.post(.modelUnpaused(name, waiting: try waiting(name)))
      }
      narrator.post(
        .modelLoaded(
          name, version: model.current.number, parameters: model.parameters, rows: model.dataset.train.count,
          heldout: model.heldout.count))
      try readmit(model)
    case .success(.dataChanged(let sentence, let model)):
      models[name] = nil
      try ledger.unpause(name, .unusable, at: now)
      changed[name] = model
      if try ledger.pause(name, .dataChanged, detail: sentence, at: now) {
        narrator.post(.dataChanged(name, sentence, waiting: try waiting(name)))
      }
    case .failure(let trouble):
      models[name] = nil
      _ = try ledger.ensureModel(name, at: now)
      if try ledger.pause(name, .unusable, detail: trouble.sentence, at: now) {
        narrator.post(.modelUnusable(name, trouble.sentence))
      }
    }
  }

  /// A configuration file that is wrong pauses its model; the others run.
  private func narrateBroken() {
    for broken in configuration.brokenModels {
      models[broken.name] = nil
      do throws(LedgerError) {
        _ = try ledger.ensureModel(broken.name, at: WallClock.now)
        let sentence = broken.fault.description
        if try ledger.pause(broken.name, .unusable, detail: sentence, at: WallClock.now) {
          narrator.post(.modelUnusable(broken.name, sentence))
        }
      } catch {
        narrator.trouble(error)
      }
    }
  }

  /// Requests that were held because their model was not configured go on now that it is.
  private func readmit(_ model: LoadedModel) throws(LedgerError) {
    var filter = RequestFilter(states: [.held], model: model.name)
    filter.limit = nil
    for request in try ledger.requests(filter) where request.reason == .noModel {
      _ = try ledger.readmit(request.id, resolution: nil, at: WallClock.now)
    }
  }

  /// Whether the files are still those that were opened; when not, the model is opened again, which decides by digest.
  func isUnchanged(_ model: LoadedModel) throws -> Bool {
    if model.dataset.isStillWhatWasOpened(model.description) { return true }
    models[model.name] = nil
    opening.insert(model.name)
    Task {
      await self.open(model.settings)
      self.opened(model.name)
    }
    return false
  }

  private func opened(_ name: String) {
    opening.remove(name)
    bell.ring()
  }

  /// A stat of every data file: cheap enough for every look.
  func checkModels() throws {
    for (_, model) in models.sorted(by: { $0.key < $1.key }) where run?.job.model.name != model.name {
      _ = try isUnchanged(model)
    }
    try holdRequestsOfMissingModels()
    retryUnusable()
  }

  private func holdRequestsOfMissingModels() throws(LedgerError) {
    let known = Set(configuration.modelNames)
    for record in try ledger.models() where !known.contains(record.name) {
      let held = try ledger.holdForMissingModel(
        record.name,
        detail:
          "model \(record.name) is not configured any more; put its file back into models.d, or cancel the request",
        at: WallClock.now)
      if !held.isEmpty { narrator.post(.modelRemoved(record.name, held: held.count)) }
    }
  }

  /// Requests of the model that are not ended.
  func waiting(_ model: String) throws(LedgerError) -> Int {
    try ledger.counts(model: model).filter { $0.state.isWaiting }.reduce(0) { $0 + $1.count }
  }

  /// A disk that was not mounted, a file that is put right: what could not be opened is tried again at the regular scan.
  private func retryUnusable() {
    for settings in configuration.models where models[settings.name] == nil && !opening.contains(settings.name) {
      if let other = changed[settings.name], other.settings == settings,
        other.dataset.isStillWhatWasOpened(other.description)
      {
        continue
      }
      guard let failed = lastOpened[settings.name], MonotonicInstant.now - failed < Self.reopenEvery else {
        lastOpened[settings.name] = .now
        opening.insert(settings.name)
        Task {
          await self.open(settings)
          self.opened(settings.name)
        }
        continue
      }
    }
  }

  static let reopenEvery: Duration = .seconds(60)
}
