import Checkpoints
import Datasets
import Ledger
import Networks
import Platform
package import Requests
import Unlearning

/// `hamuctl evaluate`: loss and accuracy of a version on some rows. Needs no daemon, only the right to read.
package struct Evaluation: Sendable {
  package enum Part: String, CaseIterable, Sendable { case train, heldout }

  package let places: Places
  package let model: String
  package let part: Part
  /// Nil: all rows; the upper bound is excluded.
  package let rows: Range<Int>?
  /// Nil: the current one, or the configured directory before there is any.
  package let version: Int?

  package init(places: Places, model: String, part: Part, rows: Range<Int>?, version: Int?) {
    self.places = places
    self.model = model
    self.part = part
    self.rows = rows
    self.version = version
  }

  package func run() throws(ControlError) -> JSONValue {
    do {
      let settings = try settings()
      let (directory, number, lease) = try directory(settings)
      defer { withExtendedLifetime(lease) {} }
      let dataset = try Dataset.open(
        DatasetDescription(settings.data),
        for: Preparation(record: directory.data, labels: directory.configuration.labels))
      let outcomes = try measure(directory, isOurs: number != nil, dataset)
      let count = Double(outcomes.count)
      return .object(
        [
          .init("model", JSONValue(model)), .init("version", number.map { JSONValue($0) } ?? .null),
          .init("split", JSONValue(part.rawValue)), .init("rows", JSONValue(outcomes.count)),
          .init("loss", JSONValue(outcomes.reduce(0) { $0 + $1.loss } / count)),
          .init("accuracy", JSONValue(Double(outcomes.filter(\.correct).count) / count)),
        ] + (try changeOfData(dataset).map { [.init("note", JSONValue($0))] } ?? []))
    } catch let error as ControlError {
      throw error
    } catch let error as ConfigurationError {
      throw ControlError(.configuration, error.description)
    } catch {
      throw ControlError(.inputOutput, "\(error)")
    }
  }

  /// Nil also where the ledger is not there or not to be read: whoever measures need not be allowed to.
  private func changeOfData(_ dataset: Dataset) throws -> String? {
    guard let ledger = try? Ledger(readOnly: places.ledger) else { return nil }
    let known = try ledger.model(model)?.fingerprint.flatMap(DataFingerprint.init(json:))
    try ledger.close()
    guard let known, case .changed(let sentence, _) = try dataset.compare(with: known) else { return nil }
    return "measured on other data than hamud's row numbers are of: \(sentence)"
  }

  private func settings() throws -> ModelSettings {
    let file = Paths.join(places.modelSettings, model + ".yaml")
    guard try FileStatus.ifPresent(file) != nil else {
      throw ControlError(.configuration, "no model \(model) is configured: there is no \(file)")
    }
    return try ConfigurationLoader.loadModel(model, file: file)
  }

  /// A version is leased as long as it is read, so that no purge takes it away meanwhile.
  private func directory(_ settings: ModelSettings) throws -> (ModelDirectory, Int?, DirectoryLease?) {
    let store = VersionStore(directory: places.model(model), model: model)
    let current = try FileStatus.ifPresent(places.model(model)) == nil ? nil : try store.currentNumber()
    guard let number = version ?? current else { return (try ModelDirectory.open(settings.model), nil, nil) }
    guard try store.has(number), let lease = try DirectoryLease.shared(store.place(of: number)) else {
      throw ControlError(
        .unknownRequest, "there is no version \(number) of \(model), or not any more; see hamuctl versions \(model)")
    }
    return (try store.verifyDigests(number).open(), number, lease)
  }

  private func measure(_ directory: ModelDirectory, isOurs: Bool, _ dataset: Dataset) throws -> [RowOutcome] {
    let split = part == .train ? dataset.train : dataset.heldout
    let chosen = rows ?? 0..<split.count
    guard chosen.upperBound <= split.count, !chosen.isEmpty else {
      throw ControlError(
        .usage, "--rows \(chosen.lowerBound):\(chosen.upperBound) is not within 0:\(split.count), or is empty")
    }
    // Others' files may be truncated while they are used, so those are read; a version is ours and is mapped.
    let weights =
      try isOurs
      ? WeightMap.map(directory, trainable: { _ in false }) : WeightMap.read(directory, trainable: { _ in false })
    let engine = Engine(
      network: try Network(weights, sampleShape: dataset.sampleShape), workers: AvailableCores.count())
    return try engine.evaluate(labels: Array(split.labels[chosen])) { positions, samples throws(DatasetError) in
      try split.read(rows: positions.map { chosen.lowerBound + $0 }, into: samples)
    }
  }
}
