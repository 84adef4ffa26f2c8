import Checkpoints
import Datasets
import Networks
import Platform
package import Requests
import Training
import Unlearning

/// `hamuctl compare --retrain`: networks that unlearned a request against networks that were trained without its rows, by the
/// score of the NeurIPS 2023 unlearning competition. Needs no daemon and publishes nothing.
package struct RetrainComparison: Sendable {
  package struct Options: Sendable, Equatable {
    /// Of each kind.
    package var networks = 16
    package var epochs: Int
    /// The first of the seeds; network k has seed + k.
    package var seed: UInt64 = 1
    package var batchSize: Int?
    package var rate: Double?
    package var augment = false
    /// Each unlearning starts from an original of its own seed, trained here on all rows, and not from the model as it is.
    package var trainsOriginals = false
    /// As many further networks are trained without the rows and scored against the first ones: what nothing can beat.
    package var findsCeiling = false

    package init(epochs: Int) { self.epochs = epochs }
  }

  /// One network more is done.
  package struct Progress: Sendable, Equatable {
    package let done: Int
    package let all: Int
    package let what: String
  }

  package let places: Places
  /// The manifest's bytes: which model, and which rows.
  package let manifest: String
  package let options: Options

  package init(places: Places, manifest: String, options: Options) {
    self.places = places
    self.manifest = manifest
    self.options = options
  }

  /// Blocking, for as long as training takes.
  package func run(progress: (Progress) -> Void) throws(ControlError) -> JSONValue {
    guard options.networks >= ForgettingQuality.leastNetworks else {
      throw ControlError(
        .usage,
        "--nets is \(options.networks); at least \(ForgettingQuality.leastNetworks) of each kind can be compared")
    }
    do {
      let setup = try ComparisonSetup(places: places, manifest: manifest)
      return try compare(setup, progress)
    } catch let error as ControlError {
      throw error
    } catch let error as ConfigurationError {
      throw ControlError(.configuration, error.description)
    } catch let error as Refusal {
      throw ControlError(.rejected, error.full)
    } catch {
      throw ControlError(.inputOutput, "\(error)")
    }
  }

  private func compare(_ setup: ComparisonSetup, _ progress: (Progress) -> Void) throws -> JSONValue {
    let kinds = 2 + (options.trainsOriginals ? 1 : 0) + (options.findsCeiling ? 1 : 0)
    var done = 0
    func tell(_ what: String) {
      done += 1
      progress(Progress(done: done, all: kinds * options.networks, what: what))
    }
    let trained = try many(setup, rows: setup.retainRows, firstSeed: options.seed) { tell("trained without the rows") }
    let scratch = try ScratchDirectory()
    var originals: [SeenNetwork] = []
    var unlearned: [SeenNetwork] = []
    var reached = 0
    for index in 0..<options.networks {
      let seed = options.seed + UInt64(index)
      var parent = setup.model
      if options.trainsOriginals {
        let trainer = try trainer(setup, rows: nil, seed: seed)
        let path = Paths.join(scratch.path, "original-\(index)")
        try trainer.run { _ in true }.write(to: path)
        originals.append(try setup.see(trainer.network))
        parent = try ModelDirectory.open(path)
        tell("trained on all rows")
      }
      let outcome = try setup.unlearn(parent, seed: seed)
      reached += outcome.isReached ? 1 : 0
      unlearned.append(try setup.see(Network(outcome.weights, sampleShape: setup.dataset.sampleShape)))
      tell("unlearned")
    }
    let ceiling =
      options.findsCeiling
      ? try many(setup, rows: setup.retainRows, firstSeed: options.seed + UInt64(options.networks)) {
        tell("trained without the rows")
      } : nil
    return ComparisonReport(
      setup: setup, options: options, reached: reached, retrained: trained, unlearned: unlearned,
      originals: originals, ceiling: ceiling
    ).json
  }

  private func many(
    _ setup: ComparisonSetup, rows: [Int]?, firstSeed: UInt64, _ tell: () -> Void
  ) throws -> [SeenNetwork] {
    try (0..<options.networks).map { index in
      let trainer = try trainer(setup, rows: rows, seed: firstSeed + UInt64(index))
      _ = try trainer.run { _ in true }
      tell()
      return try setup.see(trainer.network)
    }
  }

  private func trainer(_ setup: ComparisonSetup, rows: [Int]?, seed: UInt64) throws -> Trainer {
    let plan = ModelPlan(setup.model.configuration)
    var settings = TrainingSettings(
      for: plan, epochs: options.epochs, seed: seed, workers: AvailableCores.count())
    settings.augment = options.augment
    if let batchSize = options.batchSize { settings.batchSize = batchSize }
    if let rate = options.rate { settings.rate = rate }
    return try Trainer(setup.dataset, plan: plan, settings: settings, rows: rows)
  }
}

/// A folder for models that nobody keeps.
private final class ScratchDirectory {
  let path: String

  init() throws(PlatformError) {
    path = "/tmp/hamuctl-compare-" + SHA256Digest.of(randomBytes(16)).hex.prefix(16)
    try DurableDirectory.make(path, parents: true)
  }

  // What cannot be removed is a copy of what can be trained again from the same data.
  deinit { _ = try? DurableDirectory.removeTree(path) }
}
