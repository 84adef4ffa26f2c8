import Checkpoints
import Datasets
import Networks
import Platform
import Requests
import Unlearning

/// What one network says of the rows that matter in a comparison.
struct SeenNetwork: Sendable {
  /// phi of each row to forget, ascending by row.
  let phi: [Double]
  let forgetAccuracy: Double
  let retainAccuracy: Double
  let heldoutAccuracy: Double
}

/// A model, its data, and a request, as `hamuctl compare` works on them.
struct ComparisonSetup {
  let settings: ModelSettings
  /// The version that is current, or the configured directory before there is any.
  let model: ModelDirectory
  /// nil: there is none yet.
  let version: Int?
  let dataset: Dataset
  let selection: ResolvedSelection
  /// Rows that the model may know, without those to forget; ascending.
  let retainRows: [Int]
  let heldoutRows: [Int]

  init(places: Places, manifest text: String) throws {
    let manifest = try Manifest.parse(Array(text.utf8), fileStem: "compare")
    let name = manifest.model.value
    let file = Paths.join(places.modelSettings, name + ".yaml")
    guard try FileStatus.ifPresent(file) != nil else {
      throw ControlError(.configuration, "no model \(name) is configured: there is no \(file)")
    }
    settings = try ConfigurationLoader.loadModel(name, file: file)
    let store = VersionStore(directory: places.model(name), model: name)
    let current = try FileStatus.ifPresent(places.model(name)) == nil ? nil : try store.current()
    version = current?.number
    model = try current?.open() ?? ModelDirectory.open(settings.model)
    dataset = try Dataset.open(
      DatasetDescription(settings.data), for: Preparation(record: model.data, labels: model.configuration.labels))
    selection = try SelectionResolver.resolve(
      manifest.selection, in: dataset, labels: model.configuration.labels)
    heldoutRows = try dataset.honestHeldoutRows()
    // The first version's record names no rows: it was trained on all of them.
    let kept = current?.record.retainRows ?? []
    let known = kept.isEmpty ? Array(0..<dataset.train.count) : kept.flatMap { Array($0) }
    let forgotten = Set(selection.rows)
    retainRows = known.filter { !forgotten.contains($0) }
    guard kept.isEmpty || selection.rows.allSatisfy({ row in kept.contains { $0.contains(row) } }) else {
      throw ControlError(
        .usage, "version \(current?.number ?? 0) of \(name) has forgotten some of these rows already; name others")
    }
  }

  /// The run that the model's configuration asks for, with another seed.
  func unlearn(_ parent: ModelDirectory, seed: UInt64) throws -> (weights: WeightMap, isReached: Bool) {
    let request = ForgetRequest(
      key: "compare", kind: selection.classes.map { .classes($0) } ?? .rows, rows: selection.rows)
    var plan = RunPlan(
      dataset: dataset, parent: parent, requests: [request], retainRows: retainRows, heldoutRows: heldoutRows)
    plan.settings = RunSettings(settings.unlearning)
    plan.settings.seed = seed
    plan.target = RunTarget(settings.target)
    plan.policy.stopsOnHardness = settings.policy.onHardness == .stop
    plan.policy.retainBudget = settings.policy.retainBudget
    plan.workers = AvailableCores.count()
    let run = try UnlearningRun(plan, observer: NobodyWatches())
    let outcome = try run.run()
    if case .ready = outcome { return (run.weights, true) }
    return (run.weights, false)
  }

  func see(_ network: Network) throws -> SeenNetwork {
    let engine = Engine(network: network, workers: AvailableCores.count())
    func outcomes(_ split: Split, _ rows: [Int]) throws(DatasetError) -> [RowOutcome] {
      try engine.evaluate(labels: rows.map { split.labels[$0] }) { positions, samples throws(DatasetError) in
        try split.read(rows: positions.map { rows[$0] }, into: samples)
      }
    }
    func accuracy(_ outcomes: [RowOutcome]) -> Double {
      Double(outcomes.count { $0.correct }) / Double(max(1, outcomes.count))
    }
    // A class that is forgotten is not asked for on held-out rows either.
    let gone = Set(selection.classes ?? [])
    let heldout = heldoutRows.filter { !gone.contains(Int(dataset.heldout.labels[$0])) }
    let forgotten = try outcomes(dataset.train, selection.rows)
    return SeenNetwork(
      phi: forgotten.map(\.phi), forgetAccuracy: accuracy(forgotten),
      retainAccuracy: accuracy(try outcomes(dataset.train, retainRows)),
      heldoutAccuracy: accuracy(try outcomes(dataset.heldout, heldout)))
  }
}

/// A run that nobody looks at and nobody stops.
private final class NobodyWatches: RunObserver {
  var shouldStop: Bool { false }
  func signOfLife() {}
  func note(_ event: RunEvent) {}
  func save(_ saved: SavedRun) {}
}
