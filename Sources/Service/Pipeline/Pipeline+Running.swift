import Checkpoints
import Ledger
import Platform
import Requests
import Unlearning

// From a scheduled batch to a version that is current.
extension Pipeline {
  /// Begins the next run when none is going on: an interrupted one first, else the oldest scheduled batch whose model is
  /// ready.
  package func beginRun() throws {
    guard run == nil, !isStopping, try mayRun() else { return }
    for planned in try ledger.interruptedRuns() {
      if let model = try ready(planned.model) { return try begin(planned, model) }
    }
    for batch in try ledger.batches(states: [.scheduled]) {
      guard let model = try ready(batch.model) else { continue }
      guard let planned = try ledger.startRun(batch.number, at: clocks.wall()) else {
        removeProgressOfEndedBatches(of: batch.model)
        continue
      }
      try tell()
      return try begin(planned, model)
    }
  }

  /// The model of a run, unless it is paused, still being opened, or its data changed since the last look. Whether its damage budget is
  /// spent is asked here too: a run may have ended since the models were looked at.
  private func ready(_ name: String) throws -> LoadedModel? {
    guard !opening.contains(name), !unlooked.contains(name), let model = models[name],
      try ledger.model(name)?.isPaused == false, try isUnchanged(model)
    else { return nil }
    guard try ledger.model(name)?.currentVersion == model.current.number else {
      // What is open is not what the ledger serves: opened again, it follows the ledger.
      models[name] = nil
      lastOpened[name] = nil
      bell.ring()
      return nil
    }
    return try watchDamage(model.settings) ? model : nil
  }

  private func mayRun() throws -> Bool {
    let space = try FreeSpace.at(places.state)
    let isLow = space.share < configuration.settings.lowDisk
    if isLow, !lowDiskSaid {
      narrator.post(
        .lowDisk(
          path: places.state, free: space.availableBytes, share: space.share, limit: configuration.settings.lowDisk))
    } else if lowDiskSaid, !isLow {
      narrator.post(.diskRecovered(path: places.state, free: space.availableBytes, share: space.share))
    }
    lowDiskSaid = isLow
    return !isLow
  }

  private func begin(_ planned: PlannedRun, _ model: LoadedModel) throws {
    let job = try job(planned, model)
    live.begin(
      LiveRun.Figures(model: model.name, batch: planned.batch, stepsAtMost: model.settings.unlearning.maxSteps))
    let worker = RunWorker(job: job, live: live, narrator: narrator)
    let task = Task {
      let outcome = await Self.compute(worker) { observation in Task { await self.watch(observation, job) } }
      self.finish(job, outcome)
    }
    run = ActiveRun(job: job, begun: .now, task: task)
  }

  private static func compute(
    _ worker: RunWorker, _ started: @escaping @Sendable (RunObservation) -> Void
  ) async -> RunWorker.Outcome {
    do {
      return try await ComputeThread.run(name: "hamud-unlearn") { worker.work(started: started) }
    } catch {
      return .failed("\(error)")
    }
  }

  private func watch(_ observation: RunObservation, _ job: RunJob) {
    guard run?.job.planned.batch == job.planned.batch else { return }
    run?.observation = observation
    if run?.stopAsked == true { observation.requestStop() }
  }

  private func job(_ planned: PlannedRun, _ model: LoadedModel) throws -> RunJob {
    let name = model.name
    var erasures = EarlierErasures(
      classes: try ledger.erasedClasses(of: name).map(\.label),
      rows: try ledger.tombstones(of: name).map {
        EarlierErasures.Row(row: $0.row, erasure: $0.batch ?? 0, phi: $0.kind == .classes ? $0.phi : nil)
      })
    erasures.imprints = try ledger.imprintsOfGoneRows(of: name).map(Imprinted.init)
    // Of a ledger that was brought back: a version that it does not know may be served meanwhile.
    let served = try model.store.currentNumber() ?? 0
    let newest = max(try ledger.versions(of: name).map(\.number).max() ?? 0, served)
    return RunJob(
      planned: planned, model: model, forgotten: try ledger.forgottenRows(of: name),
      pending: try ledger.pendingRows(of: name, excludingBatch: planned.batch), erasures: erasures, number: newest + 1,
      workers: workers, blas: blas, key: key)
  }
}

// MARK: - The end of a run

extension Pipeline {
  /// Commits what a run brought. Whatever goes wrong here is a failure of the batch, to be tried again: nothing of a run
  /// counts before the ledger has it.
  private func finish(_ job: RunJob, _ outcome: RunWorker.Outcome) {
    defer {
      live.end()
      run = nil
      ProcessMemory.giveBack()
      bell.ring()
    }
    do {
      guard try isOfUnchangedData(outcome, job) else { return }
      switch outcome {
      case .adopted(let version, let result, let rows): try publish(version, result, rows, job)
      case .ended(let result, let rows): try end(result, rows, job)
      case .failed(let sentence): try fail(job, .error, sentence, keepsProgress: true)
      case .damaged(let sentence):
        try pauseDamaged(job.model.name, sentence)
        try fail(job, .error, sentence, keepsProgress: true)
      case .impossible(let sentence):
        try ledger.holdBatch(
          BatchHold(batch: job.planned.batch, reason: .error, steps: 0, keepsProgress: false) {
            RunSentences.impossible(sentence, $0)
          },
          at: clocks.wall())
      }
      try tell()
    } catch {
      narrator.trouble(error)
      // Ignored: a ledger that cannot even note this is said again at the next look, and the run is still `unlearning`.
      try? fail(job, .error, "\(error)", keepsProgress: true)
    }
  }

  /// The data may have changed during the run: what was measured then is not what was asked. Nothing of it stays but what was saved
  /// before that, and the batch, whose requests are still `unlearning`, goes on from there once the model is ready.
  private func isOfUnchangedData(_ outcome: RunWorker.Outcome, _ job: RunJob) throws -> Bool {
    var version: VersionStore.Version?
    switch outcome {
    case .adopted(let adopted, _, _): version = adopted
    // Says nothing of any request, and what it saved was saved while the data were the same.
    case .ended(let result, _) where result.ending == .stopped: return true
    case .ended: break
    case .failed, .impossible, .damaged: return true
    }
    if try isUnchanged(job.model, dataOnly: true) { return true }
    if let version { try job.model.store.remove(version.number) }
    return false
  }

  private func publish(
    _ version: VersionStore.Version, _ result: RunResult, _ rows: [ForgottenRow], _ job: RunJob
  ) throws {
    var publication = Publication(
      batch: job.planned.batch, generation: job.planned.generation,
      version: NewVersion(number: version.number, parent: job.model.current.number, record: try version.digest()),
      endings: try endings(of: job.planned.requests, result, rows, job))
    publication.setAside = setAside(result, version: version.number)
    if let before = result.heldoutBefore, let after = result.heldoutAfter {
      publication.heldoutFall = before.accuracy - after.accuracy
    }
    publication.imprint = result.imprint?.bytes
    do {
      _ = try ledger.publish(publication, at: clocks.wall())
    } catch {
      // Nobody's without the ledger; one that stays is removed at the next try, or when the model is opened.
      if !error.mayStandAfterACrash { try job.model.store.remove(version.number) }
      throw error
    }
    // From here on the version counts, whatever else fails: opened again, the model follows the ledger.
    models[job.model.name]?.serve(version)
    var isServed = false
    do {
      isServed = try serve(version, of: job.model)
      // A restored ledger did not know what was served until now.
      try job.model.store.removeStrays(unknownTo: ledger, job.model.name)
    } catch {
      narrator.trouble(error)
      models[job.model.name] = nil
    }
    runSeconds[job.model.name] = seconds(since: run?.begun)
    narrator.published(version, result, job, isServed: isServed)
    narrator.returns(result.returns, in: job.model.name, version: version.number, .published)
    removeProgress(of: job.planned.batch, job.model.name)
  }

  /// While requests that a rollback brought back wait, what it makes is not served: it still remembers theirs.
  /// - Returns: whether the version is served.
  private func serve(_ version: VersionStore.Version, of model: LoadedModel) throws -> Bool {
    let serving = try ledger.model(model.name)?.serving
    if serving == version.number {
      try model.store.makeCurrent(version.number)
      return true
    }
    narrator.post(
      .versionHeldBack(
        model.name, version: version.number, serving: serving, owed: try ledger.owedRequests(of: model.name).map(\.text)
      ))
    return false
  }

  /// What was saved of a batch that is over, or that starts over, still remembers.
  func removeProgress(of batch: Int, _ model: String) {
    removeProgress(model) { store in try RunProgressFile.remove(store.progressPath(batch: batch)) }
  }

  /// The same of the batches that other data, or another model, have ended.
  func removeProgressOfEndedBatches(of model: String) {
    removeProgress(model) { store in try store.removeProgressOfEndedBatches(ledger) }
  }

  private func removeProgress(_ model: String, _ removal: (VersionStore) throws -> Void) {
    do {
      try removal(models[model]?.store ?? VersionStore(directory: places.model(model), model: model))
    } catch {
      narrator.trouble(error)
    }
  }

  private func endings(
    of requests: [PlannedRun.Request], _ result: RunResult, _ rows: [ForgottenRow], _ job: RunJob
  ) throws(LedgerError) -> [Publication.Ending] {
    let ending = Set(requests.map(\.id)).subtracting(
      result.requests.filter { $0.setAside != nil }.compactMap { RequestID($0.key) })
    let owed = try ledger.owedRequests(of: job.model.name).filter { !ending.contains($0) }
    return requests.compactMap { request in
      guard let found = result.requests.first(where: { $0.key == request.id.text }), found.setAside == nil else {
        return nil
      }
      let reason: Reason = found.hadNothingToForget ? .nothingToForget : .target
      return Publication.Ending(
        request: request.id, reason: reason, detail: RunSentences.forgotten(found, result, owed: owed),
        evidence: Evidence(found, in: result, isHeld: false),
        forgotten: rows.filter { request.rows.contains($0.row) })
    }
  }

  /// Requests that the run found hard on their own: held, whatever became of the others.
  private func setAside(_ result: RunResult, version: Int?) -> [Publication.SetAside] {
    result.requests.compactMap { request in
      guard let own = request.setAside, let id = RequestID(request.key) else { return nil }
      return Publication.SetAside(
        request: id, reason: .unavoidable, detail: RunSentences.setAside(own, version: version, id),
        evidence: Evidence(request, in: result, isHeld: true))
    }
  }

  private func end(_ result: RunResult, _ rows: [ForgottenRow], _ job: RunJob) throws {
    if result.ending == .stopped { return narrator.post(.runInterrupted(job.told, step: result.steps)) }
    let done = Set(result.requests.filter(\.hadNothingToForget).map(\.key))
    let ended = job.planned.requests.filter { done.contains($0.id.text) }
    if !ended.isEmpty {
      _ = try ledger.publish(
        Publication(
          batch: job.planned.batch, generation: job.planned.generation, version: nil,
          endings: endings(of: ended, result, rows, job)),
        at: clocks.wall())
    }
    guard let reason = Reason(rawValue: result.ending.rawValue), ended.count < job.planned.requests.count else {
      return removeProgress(of: job.planned.batch, job.model.name)
    }
    narrator.returns(result.returns, in: job.model.name, version: job.number, .held)
    if result.ending == .notFinite { return try fail(job, reason, RunSentences.failed(result), keepsProgress: false) }
    try hold(job, reason, result)
  }

  private func hold(_ job: RunJob, _ reason: Reason, _ result: RunResult) throws {
    let budget = job.planned.acceptedRetainCost ?? job.model.settings.policy.retainBudget
    var evidence: [RequestID: Evidence] = [:]
    for request in result.requests where !request.hadNothingToForget {
      if let id = RequestID(request.key) { evidence[id] = Evidence(request, in: result, isHeld: true) }
    }
    var hold = BatchHold(
      batch: job.planned.batch, reason: reason, steps: result.steps, keepsProgress: result.saved != nil,
      evidence: evidence
    ) { RunSentences.held(result, budget: budget, $0) }
    for request in setAside(result, version: nil) { hold.own[request.request] = (request.reason, request.detail) }
    try ledger.holdBatch(hold, at: clocks.wall())
  }

  private func fail(_ job: RunJob, _ reason: Reason, _ sentence: String, keepsProgress: Bool) throws {
    let outcome = try ledger.failBatch(
      job.planned.batch, reason: reason, detail: sentence, keepsProgress: keepsProgress, at: clocks.wall())
    if case .retry(let time) = outcome { alarm.set(.now + (time - clocks.wall())) }
  }

  private func seconds(since begun: MonotonicInstant?) -> Double? {
    begun.map { Double((MonotonicInstant.now - $0).wholeNanoseconds) / 1e9 }
  }
}
