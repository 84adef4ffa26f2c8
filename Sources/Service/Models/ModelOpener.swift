package import Checkpoints
package import Datasets
package import Ledger
package import Platform

/// Opens a configured model: its versions, its data, and whether these still are the data that row numbers mean.
///
/// Blocking, seconds for gigabytes: call it on a thread of its own.
package struct ModelOpener: Sendable {
  let places: Places
  let ledger: Ledger

  package init(places: Places, ledger: Ledger) {
    self.places = places
    self.ledger = ledger
  }

  package func open(_ settings: ModelSettings) throws(ModelTrouble) -> OpenedModel {
    do {
      return try openChecked(settings)
    } catch let error as ModelTrouble {
      throw error
    } catch let error as CheckpointError {
      throw ModelTrouble(error)
    } catch let error as DatasetError {
      throw ModelTrouble(error)
    } catch {
      throw ModelTrouble("\(error)")
    }
  }

  private func openChecked(_ settings: ModelSettings) throws -> OpenedModel {
    let store = VersionStore(directory: places.model(settings.name), model: settings.name)
    try store.prepare()
    let record = try ledger.ensureModel(settings.name, at: WallClock.now)
    try clean(store, record)
    // The data are opened as the model was trained on them: by the version's own record of it, else by the configured one's.
    let source = try record.currentVersion.map { try store.open($0).open() } ?? ModelDirectory.open(settings.model)
    let description = DatasetDescription(settings.data)
    let dataset = try Dataset.open(
      description, for: Preparation(record: source.data, labels: source.configuration.labels))
    if let misfit = dataset.misfit(source.configuration.fit) { throw misfit }
    let current =
      try record.currentVersion == nil
      ? importInitial(settings, store, data: dataset.record) : openCurrent(store, record)
    return try compare(
      LoadedModel(
        settings: settings, store: store, current: current, configuration: source.configuration, dataset: dataset,
        description: description, heldout: try dataset.honestHeldoutRows(),
        fingerprint: DataFingerprint(files: []), salt: record.salt), record)
  }

  /// What a crash left: candidates, and a version that was adopted and of which the ledger knows nothing.
  private func clean(_ store: VersionStore, _ record: ModelRecord) throws {
    try store.discardCandidates()
    let known = Set(try ledger.versions(of: record.name).map(\.number))
    let current = try store.currentNumber()
    for number in try store.list() where !known.contains(number) && number != current {
      try store.remove(number)
    }
  }

  private func importInitial(
    _ settings: ModelSettings, _ store: VersionStore, data: DataRecord
  ) throws -> VersionStore.Version {
    let now = WallClock.now
    for number in try store.list() { try store.remove(number) }
    let candidate = try store.importDirectory(from: settings.model, number: 1, data: data)
    let record = VersionRecord(model: settings.name, version: 1, created: now.rfc3339())
    let version = try store.adopt(try store.seal(candidate, record: record))
    try ledger.recordInitialVersion(
      NewVersion(number: 1, parent: nil, record: try version.digest()), of: settings.name, at: now)
    try store.makeCurrent(1)
    return version
  }

  /// The ledger says which version is current; the link follows it, wherever a crash left it.
  private func openCurrent(_ store: VersionStore, _ record: ModelRecord) throws -> VersionStore.Version {
    guard let number = record.currentVersion else { throw ModelTrouble("the ledger names no current version") }
    let entry = try ledger.versions(of: record.name).first { $0.number == number }
    let version = try store.open(number, recordDigest: entry?.record.description)
    if try store.currentNumber() != number { try store.makeCurrent(number) }
    return version
  }

  private func compare(_ model: LoadedModel, _ record: ModelRecord) throws -> OpenedModel {
    let known = record.fingerprint.flatMap(DataFingerprint.init(json:))
    guard let known else {
      let fingerprint = try model.dataset.takeFingerprint()
      try ledger.setFingerprint(fingerprint.json, of: model.name, at: WallClock.now)
      return .ready(model.with(fingerprint))
    }
    switch try model.dataset.compare(with: known) {
    case .none: return .ready(model.with(known))
    case .touched(let fingerprint):
      try ledger.setFingerprint(fingerprint.json, of: model.name, at: WallClock.now)
      return .ready(model.with(fingerprint))
    case .changed(let sentence, let fingerprint): return .dataChanged(sentence, model.with(fingerprint))
    }
  }
}

extension LoadedModel {
  fileprivate func with(_ fingerprint: DataFingerprint) -> LoadedModel {
    LoadedModel(
      settings: settings, store: store, current: current, configuration: configuration, dataset: dataset,
      description: description, heldout: heldout, fingerprint: fingerprint, salt: salt)
  }
}

extension VersionStore.Version {
  /// The digest of hamud.json's bytes in the ledger's form.
  package func digest() throws(ModelTrouble) -> SHA256Digest {
    guard let digest = SHA256Digest(recordDigest) else { throw ModelTrouble("a version's record has no digest") }
    return digest
  }
}

extension ModelConfiguration {
  /// What data must be like for the model.
  package var fit: ModelFit {
    switch self {
    case .resnet(let resnet): ModelFit(input: .channels(resnet.channels), classCount: classCount)
    case .mlp(let mlp): ModelFit(input: .features(mlp.layers.first ?? 0), classCount: classCount)
    }
  }
}
