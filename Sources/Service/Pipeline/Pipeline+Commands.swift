import Ledger
package import Platform
package import Requests

// What people ask for over the control socket. Every command that changes something can say what it would do.
extension Pipeline: ControlHandler {
  package func answer(
    _ command: ControlCommand, from caller: Caller, over connection: ControlConnection
  ) async throws(ControlError) -> JSONValue {
    try askForRestoration(before: command)
    return switch command {
    case .status: try status()
    case .list(let state, let model):
      try views { view throws(LedgerError) in
        try view.list(state: state, model: model, submitter: caller.isOperator ? nil : caller.uid)
      }
    case .show(let id): try show(id, caller)
    case .wait(let id): try await wait(id, caller)
    case .submit(let name, let text): try await submit(name, text, caller)
    case .cancel(let id, let dryRun): try cancel(id, caller, dryRun)
    case .resume(let id, let cost, let dryRun): try resume(id, cost, caller, dryRun)
    case .retry(let id, let dryRun): try retry(id, caller, dryRun)
    case .flush(let model, let dryRun): try flush(model, dryRun)
    case .pause(let model, let dryRun): try pause(model, caller, dryRun)
    case .unpause(let model, let dryRun): try unpause(model, caller, dryRun)
    case .rematch(let model, let dryRun): try await rematch(model, dryRun)
    case .importModel(let model, let dryRun): try await importModel(model, dryRun, connection)
    case .rollback(let model, let version, let servesNow, let dryRun):
      try await rollBack(model, to: version, servesNow: servesNow, caller, dryRun)
    case .recover(let signsOff, let dryRun): try await recover(signsOff: signsOff, caller, dryRun)
    case .versions(let model):
      try views { view throws(LedgerError) in
        try view.versions(model: model, retention: retention, at: try believedTime())
      }
    case .purge(let model, let now, let despiteReaders, let dryRun):
      try purge(model, now: now || despiteReaders, despiteReaders: despiteReaders, caller, dryRun)
    case .key: try views { view throws(LedgerError) in try view.keys() }
    case .check: await check()
    case .reload: try await reload()
    }
  }

  var retention: [String: ModelSettings.Retention] {
    Dictionary(uniqueKeysWithValues: configuration.models.map { ($0.name, $0.retention) })
  }

  func views(_ body: (LedgerView) throws(LedgerError) -> JSONValue) throws(ControlError) -> JSONValue {
    do {
      return try body(LedgerView(ledger))
    } catch {
      throw ControlError(error)
    }
  }

  private func status() throws(ControlError) -> JSONValue {
    try views { view throws(LedgerError) in
      try view.status(
        daemon: "running", leftAlone: leftAlone, models: configuration.modelNames, opening: opening,
        running: live.figures)
    }
  }

  /// The request, if there is one and the caller may see it.
  private func visible(_ id: String, _ caller: Caller) throws(ControlError) -> RequestRecord {
    guard let record = try find(id) else {
      throw ControlError(.unknownRequest, "there is no request \(id); see hamuctl list")
    }
    guard caller.maySee(record) else {
      throw ControlError(.notAllowed, "request \(id) is somebody else's; only they and operators may see it")
    }
    return record
  }

  private func show(_ id: String, _ caller: Caller) throws(ControlError) -> JSONValue {
    let record = try visible(id, caller)
    return try views { view throws(LedgerError) in try view.receipt(record.id) }
  }

  private func wait(_ id: String, _ caller: Caller) async throws(ControlError) -> JSONValue {
    _ = try visible(id, caller)
    try await waitUntilSettled(id)
    return try show(id, caller)
  }

  private func submit(_ name: String, _ text: String, _ caller: Caller) async throws(ControlError) -> JSONValue {
    let limit = Limits.documentBytes
    let bytes = Array(text.utf8)
    guard bytes.count <= limit else { throw ControlError(.rejected, Refusal.tooLarge(bytes: bytes.count).full) }
    let drop = Drop(
      fileName: Paths.lastComponent(of: name), bytes: bytes, owner: caller.uid, receivedAt: clocks.wall(),
      caller: caller)
    var outcome = try decide(drop)
    // Opening a model takes seconds, and then everything about the manifest can be said at once.
    while case .opening = outcome, !isStopping {
      await waitForOpening()
      outcome = try decide(drop)
    }
    switch outcome {
    case .taken(let record): return try views { view throws(LedgerError) in try view.receipt(record.id) }
    case .refused(let receipt):
      throw ControlError(.rejected, receipt.detail ?? "refused", receipt: receipt.json)
    case .opening: throw ControlError(.unavailable, "the daemon is stopping; hand it in again when it is back")
    case .later(let sentence): throw ControlError(.unavailable, sentence)
    case .tomorrow(let end):
      throw ControlError(
        .rejected,
        "as many of your manifests were refused today as requests_per_day in hamud.yaml allows requests; hand it in again"
          + " from \(end.rfc3339()) on, or ask an operator to raise it")
    }
  }

  private func decide(_ drop: Drop) throws(ControlError) -> Answer {
    do {
      let answer = try answer(drop)
      try tell()
      return answer
    } catch {
      throw ControlError(.inputOutput, "\(error)")
    }
  }
}

// MARK: - Changing requests

extension Pipeline {
  private func cancel(_ id: String, _ caller: Caller, _ dryRun: Bool) throws(ControlError) -> JSONValue {
    let record = try visible(id, caller)
    guard record.state.canBecome(.cancelled) else {
      throw ControlError(
        .usage, "request \(id) is \(record.state.rawValue); only accepted, scheduled and held ones can be cancelled")
    }
    let loss = record.state == .held && record.summary.batch != nil ? "; its batch's saved progress is discarded" : ""
    return try change("cancelled \(id)\(loss)", "would cancel \(id)\(loss)", dryRun) { () throws(LedgerError) in
      try ledger.cancel(record.id, by: caller.uid, at: clocks.wall())
      if let batch = record.summary.batch { removeProgress(of: batch, record.model) }
    }
  }

  private func resume(
    _ id: String, _ cost: Double?, _ caller: Caller, _ dryRun: Bool
  ) throws(ControlError) -> JSONValue {
    let record = try visible(id, caller)
    guard record.state == .held else {
      throw ControlError(.usage, "request \(id) is \(record.state.rawValue); only held ones can be resumed")
    }
    try checkModel(of: record)
    let accepting =
      cost.map { ", accepting a retain cost of \(RunSentences.short($0))" }
      ?? (record.summary.reason?.isOfCost == true
        ? "; without --accept-retain-cost X it is held again, unless the configuration allows more than it did" : "")
    return try change(
      "resumed \(id) and its batch\(accepting)", "would resume \(id) and all of its batch that are held\(accepting)",
      dryRun
    ) {
      () throws(LedgerError) in
      lookUpAnew(in: record.model)
      let ids = try ledger.resume(record.id, acceptRetainCost: cost, by: caller.uid, at: clocks.wall())
      for id in ids {
        narrator.post(
          .requestResumed(Event.Request(id: id.text, model: record.model), acceptRetainCost: cost, by: caller.uid))
      }
      expect(ids)
    }
  }

  /// Waiting for its model is the one thing that no command ends but `cancel`.
  private func checkModel(of record: RequestRecord) throws(ControlError) {
    guard record.summary.reason == .noModel else { return }
    throw ControlError(
      .usage,
      "request \(record.id) goes on by itself when model \(record.model) is configured again; "
        + "hamuctl cancel \(record.id) ends it")
  }

  private func retry(_ id: String, _ caller: Caller, _ dryRun: Bool) throws(ControlError) -> JSONValue {
    let record = try visible(id, caller)
    guard record.state == .held || record.state == .failed else {
      throw ControlError(.usage, "request \(id) is \(record.state.rawValue); only held and failed ones can be retried")
    }
    try checkModel(of: record)
    return try change("\(id) starts over", "would start \(id) over, with all of its batch", dryRun) {
      () throws(LedgerError) in
      lookUpAnew(in: record.model)
      let ids = try ledger.retry(record.id, by: caller.uid, at: clocks.wall())
      if let batch = record.summary.batch { removeProgress(of: batch, record.model) }
      for id in ids { narrator.post(.requestRetried(Event.Request(id: id.text, model: record.model), by: caller.uid)) }
      expect(ids)
    }
  }

  private func flush(_ model: String?, _ dryRun: Bool) throws(ControlError) -> JSONValue {
    let names = try model.map { (name) throws(ControlError) in [try known(name)] } ?? configuration.modelNames
    return try change(
      "batches do not wait to fill: \(names.joined(separator: ", "))",
      "would start what waits for its batch to fill: \(names.joined(separator: ", "))", dryRun
    ) {
      () throws(LedgerError) in flushed.formUnion(names)
    }
  }

  private func known(_ model: String) throws(ControlError) -> String {
    guard configuration.modelNames.contains(model) else {
      let list = configuration.modelNames.joined(separator: ", ")
      throw ControlError(.usage, "no model \(model) is configured; configured: \(list.isEmpty ? "none" : list)")
    }
    return model
  }

  private func pause(_ model: String, _ caller: Caller, _ dryRun: Bool) throws(ControlError) -> JSONValue {
    let name = try known(model)
    return try change("paused \(name)", "would pause \(name)", dryRun) { () throws(LedgerError) in
      _ = try ledger.ensureModel(name, at: clocks.wall())
      let isNew = try ledger.pause(
        name, .person, detail: "paused by \(Accounts.userNameOrNumber(caller.uid)); hamuctl unpause \(name) goes on",
        by: caller.uid, at: clocks.wall())
      if isNew { narrator.post(.modelPaused(name, by: caller.uid, waiting: try waiting(name))) }
      if run?.job.model.name == name { stopRun() }
    }
  }

  private func unpause(_ model: String, _ caller: Caller, _ dryRun: Bool) throws(ControlError) -> JSONValue {
    let name = try known(model)
    return try change("unpaused \(name)", "would unpause \(name)", dryRun) { () throws(LedgerError) in
      _ = try ledger.ensureModel(name, at: clocks.wall())
      if try ledger.unpause(name, .person, by: caller.uid, at: clocks.wall()) {
        narrator.post(.modelUnpaused(name, waiting: try waiting(name)))
      }
    }
  }

  /// Does it and rings, or says what it would do.
  func change(
    _ done: String, _ would: String, _ dryRun: Bool, _ body: () throws(LedgerError) -> Void
  ) throws(ControlError) -> JSONValue {
    if dryRun { return ["message": JSONValue(would), "dry_run": true] }
    do {
      try body()
      try tell()
    } catch {
      throw ControlError(error)
    }
    bell.ring()
    return ["message": JSONValue(done)]
  }
}

extension Caller {
  func maySee(_ record: RequestRecord) -> Bool { isOperator || record.summary.submitter == uid }
}
