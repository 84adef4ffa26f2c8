package import Checkpoints
package import Datasets
package import Ledger
import Networks
package import Platform
import Unlearning

/// Opens a configured model: its versions, its data, and whether these still are the data that row numbers mean.
///
/// Blocking, seconds for gigabytes: call it on a thread of its own.
package struct ModelOpener: Sendable {
  let places: Places
  let ledger: Ledger
  /// Whether to remove what a crash left: once for each model, before any run of this process could have begun. Later the
  /// same files are a run's own.
  let cleans: Bool
  /// Signs the record of a first version, and has signed one that is taken up.
  let key: SigningKey

  package init(places: Places, ledger: Ledger, cleans: Bool, key: SigningKey) {
    self.places = places
    self.ledger = ledger
    self.cleans = cleans
    self.key = key
  }

  package func open(_ settings: ModelSettings) throws(ModelTrouble) -> OpenedModel {
    try inWords { try openChecked(settings) }
  }

  /// A model whose version is damaged or gone, so that a retrained one can take its place: with its data as the one that comes was
  /// trained on them, and of the version what the ledger has.
  package func openLost(_ settings: ModelSettings, for incoming: ModelDirectory) throws(ModelTrouble) -> LoadedModel {
    try inWords {
      let store = VersionStore(directory: places.model(settings.name), model: settings.name)
      let record = try ledger.ensureModel(settings.name, at: WallClock.now)
      guard let lost = try ledger.versions(of: record.name).first(where: { $0.number == record.currentVersion }) else {
        throw ModelTrouble("the ledger knows no version of it")
      }
      let description = DatasetDescription(settings.data)
      let dataset = try openData(description, of: incoming, record)
      return LoadedModel(
        settings: settings, store: store,
        current: VerifiedVersion(version: store.lost(lost.number, recordDigest: lost.record.description), stamp: nil),
        configuration: incoming.configuration, parameters: 0, dataset: dataset, description: description,
        heldout: try dataset.honestHeldoutRows(), fingerprint: try fingerprint(of: dataset, record), salt: record.salt,
        first: nil, findings: [])
    }
  }

  /// Data that were only touched are no others, for whoever compares fingerprints later.
  private func fingerprint(of dataset: Dataset, _ record: ModelRecord) throws -> DataFingerprint {
    guard let known = record.fingerprint.flatMap(DataFingerprint.init(json:)) else {
      return try dataset.takeFingerprint()
    }
    switch try dataset.compare(with: known) {
    case .none: return known
    case .touched(let touched):
      try ledger.setFingerprint(touched.json, of: record.name, at: WallClock.now)
      return touched
    case .changed(_, let other): return other
    }
  }

  private func inWords<Value>(_ body: () throws -> Value) throws(ModelTrouble) -> Value {
    do {
      return try body()
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
    let isRestored = record.pauses.contains { $0.reason == .restored }
    if cleans { try clean(store, record) }
    try checkPresence(of: record, in: store, isRestored: isRestored)
    // The data are opened as the model was trained on them: by the version's own record of it, else by the configured one's.
    let verified = try verifyCurrent(store, record)
    let known = try verified ?? takeUpServed(store, record)
    let source = try known?.version.open() ?? ModelDirectory.open(settings.model)
    let description = DatasetDescription(settings.data)
    let dataset = try openData(description, of: source, record)
    try source.checkNetwork(for: dataset)
    let current = try known ?? importInitial(settings, store, record, data: dataset.record)
    let first: FirstVersion = known == nil ? .copied(from: settings.model) : .served
    let findings = try dataset.findings(for: source.configuration.fit).map { "\($0.problem); \($0.mend)" }
    return try compare(
      LoadedModel(
        settings: settings, store: store, current: current, configuration: source.configuration,
        parameters: source.tensors.reduce(0) { $0 + $1.shape.reduce(1, *) }, dataset: dataset, description: description,
        heldout: try dataset.honestHeldoutRows(), fingerprint: DataFingerprint(files: []), salt: record.salt,
        first: verified == nil ? first : nil, findings: findings), record)
  }

  /// Data that changed may also be data that cannot be opened (cut off, or with ids for rows that are gone): that is still
  /// first of all a change, and its mend is the same.
  private func openData(
    _ description: DatasetDescription, of source: ModelDirectory, _ record: ModelRecord
  ) throws -> Dataset {
    do {
      let dataset = try Dataset.open(
        description, for: Preparation(record: source.data, labels: source.configuration.labels))
      if let misfit = dataset.misfit(source.configuration.fit) { throw misfit }
      return dataset
    } catch let error as DatasetError {
      let known = record.fingerprint.flatMap(DataFingerprint.init(json:))
      let isSame = known.map { $0.files.allSatisfy(Self.isAsItWas) } ?? true
      throw ModelTrouble("\(error)", isOfChangedData: !isSame)
    }
  }

  private static func isAsItWas(_ file: DataFingerprint.File) -> Bool {
    // A file that is missing is a disk that was not mounted, more likely than other data.
    guard let now = try? DataFile.identity(of: file.path) else { return true }
    return now.size == file.size && now.mtimeNanoseconds == file.modifiedNanoseconds
  }

  /// What a crash left: candidates, a version that was adopted and of which the ledger knows nothing, and saved progress of
  /// batches that are over, whose weights still remember.
  private func clean(_ store: VersionStore, _ record: ModelRecord) throws {
    try store.discardCandidates()
    try store.removeProgressOfEndedBatches(ledger)
    try store.removeStrays(unknownTo: ledger, record.name)
  }

  /// An older models directory was brought back, or a version was removed by hand; or else an older ledger, of which nothing
  /// may be made before a person has decided.
  private func checkPresence(of record: ModelRecord, in store: VersionStore, isRestored: Bool) throws {
    let present = try store.list()
    guard let current = record.currentVersion else {
      if isRestored, !present.isEmpty {
        throw ModelTrouble(
          "the ledger knows no version of it and there are \(present.count) on the disk; hamuctl recover")
      }
      return
    }
    guard !present.contains(current) else { return }
    let known = Dictionary(
      uniqueKeysWithValues: try ledger.versions(of: record.name).map { ($0.number, $0) })
    // The nearest one on the way to it that is there; to others nobody can go back.
    let line = sequence(first: current) { known[$0]?.parent }.dropFirst()
    let newest = line.first { present.contains($0) && known[$0]?.purgeBeganAt == nil }
    let mend =
      newest.map {
        "`hamuctl rollback \(record.name) --to \($0)` goes on from version \($0), the newest that is there, and forgets again"
          + " what was forgotten since"
      }
      ?? "bring it back from the newest copy of \(store.directory), or `hamuctl import \(record.name) DIR` a model that was trained "
      + "without what was forgotten"
    throw ModelTrouble("version \(current) is not on the disk; \(mend)", isDamage: true)
  }

  /// The version that the ledger names, every byte compared with its record; nil before the first. The link follows the
  /// ledger, wherever a crash left it, but never to what is damaged.
  ///
  /// One pass over the files: less than a second for a gigabyte from memory, and nothing beside what a run reads.
  private func verifyCurrent(_ store: VersionStore, _ record: ModelRecord) throws -> VerifiedVersion? {
    guard let number = record.currentVersion else { return nil }
    let entry = try ledger.versions(of: record.name).first { $0.number == number }
    let verified = try store.verified(number, recordDigest: entry?.record.description)
    // Another one than runs start from, while a rollback is being replayed.
    let serving = record.serving ?? number
    let isRestored = record.pauses.contains { $0.reason == .restored }
    if !isRestored, try store.currentNumber() != serving {
      try store.makeCurrent(serving)
      try store.removeStrays(unknownTo: ledger, record.name)
    }
    return verified
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

extension VersionStore.Version {
  /// The digest of hamud.json's bytes in the ledger's form.
  package func digest() throws(ModelTrouble) -> SHA256Digest {
    guard let digest = SHA256Digest(recordDigest) else { throw ModelTrouble("a version's record has no digest") }
    return digest
  }
}

extension VersionStore {
  /// Of batches that are over, or that the ledger does not know: its weights still remember.
  func removeProgressOfEndedBatches(_ ledger: Ledger) throws {
    for batch in try savedProgress() where try ledger.batch(batch)?.state.isEnded ?? true {
      try RunProgressFile.remove(progressPath(batch: batch))
    }
  }

  /// Numbers of the batches that have saved progress.
  private func savedProgress() throws(PlatformError) -> [Int] {
    let directory = Paths.parent(of: progressPath(batch: 0))
    return try DurableDirectory.list(directory).filter { Paths.fileExtension(of: $0) == "safetensors" }
      .compactMap { Int(Paths.stem(of: $0)) }
  }
}

extension ModelDirectory {
  /// With other class names the data may have no label that fits them: then no run, and no later import, could read them.
  func checkLabels(with model: LoadedModel) throws(ModelTrouble) {
    let labels = configuration.labels
    if labels == model.labels { return }
    do {
      _ = try Dataset.open(model.description, for: Preparation(record: model.dataset.record, labels: labels))
    } catch {
      throw ModelTrouble(
        "the model's class names (id2label in its config.json) are others than those of the model that it is to replace, and the "
          + "data cannot be read with them: \(error)")
    }
  }

  /// Compares names and shapes of the tensors with those of the network that config.json describes: what does not fit must
  /// not become a version, from which no run could start.
  package func checkNetwork(for dataset: Dataset) throws(ModelTrouble) {
    let wanted: [ParameterSpec]
    do {
      wanted = try Architecture(configuration, sampleShape: dataset.sampleShape).parameters
    } catch {
      throw ModelTrouble("\(error)")
    }
    let found = Dictionary(tensors.map { ($0.name, $0.shape) }, uniquingKeysWith: { first, _ in first })
    for parameter in wanted {
      guard let shape = found[parameter.name] else {
        throw ModelTrouble("the model has no tensor \(parameter.name), which its config.json asks for; export it whole")
      }
      guard shape == parameter.shape else {
        throw ModelTrouble(
          "the tensor \(parameter.name) is \(shape) and config.json asks for \(parameter.shape); "
            + "export model and config.json together")
      }
    }
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

extension VersionStore {
  /// Versions of which the ledger knows nothing, but for the one that is served.
  func removeStrays(unknownTo ledger: Ledger, _ model: String) throws {
    let known = Set(try ledger.versions(of: model).map(\.number))
    let current = try currentNumber()
    for number in try list() where !known.contains(number) && number != current { try remove(number) }
  }
}
