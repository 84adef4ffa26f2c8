import Checkpoints
import Datasets
import Foundation
import Networks
import Requests
import Service
import Unlearning

/// A model as the daemon opens it, with the versions that the study makes of it in a directory of their own.
final class StudyModel {
  let settings: ModelSettings
  let dataset: Dataset
  let heldout: [Int]
  let store: VersionStore
  let original: VersionStore.Version
  private let directory: String
  private let changes: [(name: String, value: Double)]
  private var newest = 1

  /// By default the shared ResNet-20, whose folder `HAMUD_SHARED` names, else `../shared`.
  init(_ options: StudyOptions) throws {
    changes = options.changes
    directory =
      FileManager.default.temporaryDirectory.path + "/hamud-study-\(ProcessInfo.processInfo.processIdentifier)"
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    let file = try options.modelFile ?? Self.sharedModel(in: directory)
    settings = try ConfigurationLoader.loadModel("study", file: file)
    let source = try ModelDirectory.open(settings.model)
    dataset = try Dataset.open(
      DatasetDescription(settings.data), for: Preparation(record: source.data, labels: source.configuration.labels))
    heldout = try dataset.honestHeldoutRows()
    store = VersionStore(directory: directory + "/versions", model: "study")
    try store.prepare()
    let candidate = try store.importDirectory(from: settings.model, number: 1, data: dataset.record)
    original = try store.adopt(
      try store.seal(candidate, record: VersionRecord(model: "study", version: 1, created: "2026-01-01T00:00:00Z")))
  }

  deinit { try? FileManager.default.removeItem(atPath: directory) }

  private static func sharedModel(in directory: String) throws -> String {
    let shared = ProcessInfo.processInfo.environment["HAMUD_SHARED"] ?? "../shared"
    let root = URL(fileURLWithPath: shared).standardizedFileURL.path
    guard FileManager.default.fileExists(atPath: root + "/models/resnet20-cifar10-10k/config.json") else {
      throw StudyError("SKIPPED: there is no \(root)/models/resnet20-cifar10-10k; HAMUD_SHARED names its folder")
    }
    let file = directory + "/study.yaml"
    let data = root + "/data/cifar10-10k"
    let text = """
      model: \(root)/models/resnet20-cifar10-10k
      data: {format: cifar10, train: \(data)/data_batch_*.bin, heldout: \(data)/test_batch.bin, ids: \(data)/ids.csv}
      """
    try text.write(toFile: file, atomically: true, encoding: .utf8)
    return file
  }

  /// A plan as the daemon makes it, with the defaults of the model's configuration.
  func plan(
    _ requests: [ForgetRequest], from parent: VersionStore.Version, without gone: Set<Int> = [], seed: Int,
    workers: Int
  ) throws -> RunPlan {
    let forget = requests.flatMap(\.rows)
    let retain = Partition(
      trainCount: dataset.train.count, forget: forget, excluded: gone.sorted(), heldout: []
    ).retain
    var plan = RunPlan(
      dataset: dataset, parent: try parent.open(), requests: requests, retainRows: retain, heldoutRows: heldout)
    var unlearning = settings.unlearning
    unlearning.seed = seed
    plan.settings = RunSettings(unlearning)
    plan.target = RunTarget(settings.target)
    plan.policy.stopsOnHardness = settings.policy.onHardness == .stop
    plan.policy.retainBudget = settings.policy.retainBudget
    plan.workers = workers
    return try plan.with(changes)
  }

  /// A candidate of a run's weights, as it would be published.
  func candidate(_ run: UnlearningRun, from parent: VersionStore.Version) throws -> VersionStore.Candidate {
    newest += 1
    return try store.writeCandidate(number: newest, from: parent, weights: run.weights)
  }

  /// A version of weights that were changed outside a run.
  func version(_ weights: WeightMap, from parent: VersionStore.Version) throws -> VersionStore.Version {
    newest += 1
    return try adopt(try store.writeCandidate(number: newest, from: parent, weights: weights), from: parent)
  }

  func adopt(_ candidate: VersionStore.Candidate, from parent: VersionStore.Version) throws -> VersionStore.Version {
    var record = VersionRecord(model: "study", version: candidate.number, created: "2026-01-01T00:00:00Z")
    record.parent = parent.number
    return try store.adopt(try store.seal(candidate, record: record))
  }

  /// What a version gives for rows of a split.
  func outcomes(_ version: VersionStore.Version, _ split: Split, _ rows: [Int], workers: Int) throws -> [RowOutcome] {
    let weights = try WeightMap.map(try version.open()) { _ in false }
    let engine = Engine(network: try Network(weights, sampleShape: dataset.sampleShape), workers: workers)
    return try engine.evaluate(labels: rows.map { split.labels[$0] }) {
      (positions, samples) throws(DatasetError) in try split.read(rows: positions.map { rows[$0] }, into: samples)
    }
  }
}
