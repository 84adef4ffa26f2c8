import Datasets
import Ledger
import Platform
import Requests

// Requests that were accepted while their model could not be looked at get their rows.
extension Pipeline {
  /// One model's unresolved requests, looked at once each, over as many looks at everything as that takes.
  struct LookUpRound {
    var lookedUp: Set<RequestID> = []
    /// One of them could not be looked up.
    var hasFailed = false
  }

  /// Of very many some at a time: callers and the watchdog wait meanwhile. Whatever a model's requests take, and however often it is
  /// opened again, the others come to their turn: they go on where they stopped, and the one at which the time was over is the last
  /// of the next look. When the rounds of all are over, the next ones begin, with what is still unresolved.
  func lookUpUnresolved() throws(LedgerError) {
    let began = clocks.monotonic()
    var stoppedAt: String?
    for model in modelsInTurn() {
      if try !lookUpUnresolved(in: model, since: began), stoppedAt == nil { stoppedAt = model.name }
    }
    lookUpsStoppedAt = stoppedAt
    if stoppedAt == nil {
      lookUps = [:]
    } else {
      bell.ring()
    }
  }

  private func modelsInTurn() -> [LoadedModel] {
    let sorted = models.values.sorted { $0.name < $1.name }
    guard let last = lookUpsStoppedAt else { return sorted }
    return sorted.filter { $0.name > last } + sorted.filter { $0.name <= last }
  }

  /// - Returns: whether the model's round is over.
  private func lookUpUnresolved(in model: LoadedModel, since began: MonotonicInstant) throws(LedgerError) -> Bool {
    let name = model.name
    var round = lookUps[name] ?? LookUpRound()
    defer { lookUps[name] = round }
    for id in try ledger.unresolvedRequests(of: name) where !round.lookedUp.contains(id) {
      // Looked at again when the model's run is over: row numbers mean the data that the ledger knows.
      if run?.job.model.name == name, !model.dataset.isStillWhatWasOpened(model.description) {
        round = LookUpRound()
        unlooked.insert(name)
        return true
      }
      guard clocks.monotonic() - began < Self.lookUpTime else { return false }
      round.lookedUp.insert(id)
      do {
        try lookUp(id, in: model)
      } catch {
        round.hasFailed = true
        unlooked.insert(name)
        narrator.trouble(error)
      }
    }
    if !round.hasFailed { unlooked.remove(name) }
    return true
  }

  private static let lookUpTime: Duration = .seconds(5)

  /// What the model's requests name may be found elsewhere now, and more of them may be unresolved: until it was looked for, no batch
  /// of the model is made and no run of it begins, which would train on their rows.
  func lookUpAnew(in model: String) {
    lookUps[model] = nil
    unlooked.insert(model)
  }

  private func lookUp(_ id: RequestID, in model: LoadedModel) throws {
    guard let bytes = try ledger.manifest(of: id) else { return }
    do {
      let manifest = try Manifest.parse(bytes, fileStem: id.text)
      // A rollback may have brought it back after a rematch.
      if manifest.selection.namesRowNumbers, try ledger.isOfOtherData(id) {
        if try ledger.endWithOthers(id, at: clocks.wall()) { return try followServing() }
        return try ledger.holdUnresolved(id, detail: DataMatching.otherRowNumbers, at: clocks.wall())
      }
      let owner = try ledger.request(id).map { subordinates.owner(of: $0.summary.submitter) }
      let record = try ledger.resolve(
        id, try model.resolution(of: manifest.selection), countedFor: owner, at: clocks.wall())
      expect([record.id])
    } catch let refusal as Refusal {
      if try ledger.endWithOthers(id, at: clocks.wall()) { return try followServing() }
      let mend = "\nhamuctl cancel \(id) ends it; hamuctl retry \(id) looks again, when the model's ids are other ones"
      try ledger.holdUnresolved(id, detail: refusal.full + mend, at: clocks.wall())
    }
  }
}
