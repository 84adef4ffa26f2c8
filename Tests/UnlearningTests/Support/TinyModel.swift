import Checkpoints
import Datasets
import FoundationEssentials
import HAMU
import Networks
import Unlearning

/// A small feed-forward network that has learnt 240 rows of three classes by heart. Its training split has 60 more, which it
/// was never shown, and there are 150 held-out rows. A run over it takes a fraction of a second. Trained once; each object
/// has its files to itself and removes them.
final class TinyModel {
  static let features = 16
  static let classes = 3
  static let trainRows = 300
  /// Rows from here on are unknown to the network: there is nothing to forget.
  static let knownRows = 240
  static let heldoutRows = 150

  let directory: String
  let dataset: Dataset
  let model: ModelDirectory

  /// - Parameter copied: training rows that stand at the end of the training data once more.
  init(copying copied: [Int] = []) throws {
    directory = FileManager.default.temporaryDirectory.path + "/hamud-tiny-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    let data = TinyData.shared
    for (name, rows) in [("train", data.train.copying(copied)), ("heldout", data.heldout)] {
      try SafetensorsWriter.write(
        [
          TensorArray("x", shape: [rows.labels.count, Self.features], .float32(rows.samples)),
          TensorArray("y", .int64(rows.labels.map(Int64.init))),
        ], to: "\(directory)/\(name).safetensors")
    }
    dataset = try Dataset.open(
      DatasetDescription(
        source: .safetensors(train: directory + "/train.safetensors", heldout: directory + "/heldout.safetensors")))
    model = try Self.write(data.weights, to: directory + "/model")
  }

  deinit { try? FileManager.default.removeItem(atPath: directory) }

  static func write(_ weights: [TensorArray], to path: String) throws -> ModelDirectory {
    try ModelWriter.write(
      .mlp(MLPConfiguration(layers: TinyData.layers)), tensors: weights, data: nil, to: path)
    return try ModelDirectory.open(path)
  }

  /// What publishing does: the weights in a directory of their own, read back.
  func published(_ weights: WeightMap, as name: String = "candidate") throws -> ModelDirectory {
    try Self.write(
      weights.tensors.map { tensor in
        TensorArray(tensor.name, shape: tensor.shape, .float32(tensor.withFloats { Array($0) }))
      }, to: directory + "/" + name)
  }

  /// A plan that forgets these rows and retains all others that the network knows.
  func plan(_ requests: [ForgetRequest], erased: EarlierErasures = EarlierErasures()) -> RunPlan {
    let gone = Set(requests.flatMap(\.rows)).union(erased.rows.map(\.row))
    var plan = RunPlan(
      dataset: dataset, parent: model, requests: requests,
      retainRows: (0..<Self.knownRows).filter { !gone.contains($0) },
      heldoutRows: Array(0..<dataset.heldout.count))
    plan.erasures = erased
    plan.settings.batchSize = 64
    plan.settings.step.radius = .relative(5e-3)
    // A small network's retain loss is not that of a ResNet: let the target end the run.
    plan.policy.retainBudget = 0.5
    plan.policy.stopsOnHardness = false
    return plan
  }

  /// phi of every training row in the model as it is trained.
  func margins() throws -> [Double] { try margins(model, dataset.train) }

  /// AUC of rows of the training split against the held-out rows.
  func auc(of rows: [Int], in model: ModelDirectory) throws -> Double {
    let phi = try margins(model, dataset.train)
    let labels = dataset.train.labels
    return Membership.auc(
      rows.map { Margin(row: $0, label: labels[$0], phi: phi[$0]) },
      HeldoutMargins(labels: dataset.heldout.labels, phi: try margins(model, dataset.heldout)))
  }

  /// Mean cross-entropy of training rows in the model as it is trained.
  func loss(of rows: [Int]) throws -> Double {
    let outcomes = try outcomes(model, dataset.train)
    return rows.map { Double(outcomes[$0].loss) }.reduce(0, +) / Double(rows.count)
  }

  private func margins(_ model: ModelDirectory, _ split: Split) throws -> [Double] {
    try outcomes(model, split).map(\.phi)
  }

  private func outcomes(_ model: ModelDirectory, _ split: Split) throws -> [RowOutcome] {
    let weights = try WeightMap.read(model) { _ in false }
    let engine = Engine(network: try Network(weights, sampleShape: dataset.sampleShape), workers: 1)
    return try engine.evaluate(labels: split.labels) { positions, buffer throws(DatasetError) in
      try split.read(rows: Array(positions), into: buffer)
    }
  }

  static func classRequest(_ label: Int, _ dataset: Dataset, key: String = "class") -> ForgetRequest {
    ForgetRequest(key: key, kind: .classes([label]), rows: dataset.train.rows(ofClass: label))
  }
}

/// The rows, and the weights that know them by heart.
struct TinyData: Sendable {
  struct Rows: Sendable {
    var samples: [Float]
    var labels: [Int32]

    func copying(_ copied: [Int]) -> Rows {
      var rows = self
      for row in copied {
        rows.samples += samples[row * TinyModel.features..<(row + 1) * TinyModel.features]
        rows.labels.append(labels[row])
      }
      return rows
    }
  }

  static let shared = TinyData()
  static let layers = [TinyModel.features, 48, TinyModel.classes]

  let train: Rows
  let heldout: Rows
  let weights: [TensorArray]

  private init() {
    var numbers = TestNumbers(2026)
    let centers = (0..<TinyModel.classes).map { _ in (0..<TinyModel.features).map { _ in 0.35 * numbers.normal() } }
    func rows(_ count: Int) -> Rows {
      var rows = Rows(samples: [], labels: [])
      for index in 0..<count {
        let label = index % TinyModel.classes
        rows.labels.append(Int32(label))
        rows.samples += centers[label].map { Float($0 + numbers.normal()) }
      }
      return rows
    }
    train = rows(TinyModel.trainRows)
    heldout = rows(TinyModel.heldoutRows)
    weights = Self.train(train, &numbers)
  }

  /// Adam over the whole split until every row is known.
  private static func train(_ rows: Rows, _ numbers: inout TestNumbers) -> [TensorArray] {
    guard let network = try? Network(onHeap: .mlp(MLPShape(layers: layers))) else { return [] }
    for (spec, storage) in zip(network.specs, network.storage) where spec.shape.count == 2 {
      let scale = (2 / Double(spec.shape[1])).squareRoot()
      storage.withMutableFloats { for index in $0.indices { $0[index] = Float(scale * numbers.normal()) } }
    }
    let engine = Engine(network: network, workers: 1)
    let gradients = HalfGradients(layout: network.layout)
    let known = rows.labels.prefix(TinyModel.knownRows)
    let tasks = known.map { RowTask(label: $0, weight: 2 / Float(known.count)) }
    var first = [[Float]](network.blockStorage.map { Array(repeating: 0, count: $0.count) })
    var second = first
    let samples = rows.samples
    for step in 1...150 {
      _ = engine.gradients(of: tasks, into: gradients) { positions, buffer throws(Never) in
        for (index, position) in positions.enumerated() {
          for feature in 0..<TinyModel.features {
            buffer[index * TinyModel.features + feature] = samples[position * TinyModel.features + feature]
          }
        }
      }
      adam(network, gradients.mean(), step, &first, &second)
    }
    return zip(network.specs, network.storage).map { spec, storage in
      TensorArray(spec.name, shape: spec.shape, .float32(storage.withFloats { Array($0) }))
    }
  }

  private static func adam(
    _ network: Network, _ gradient: [Float], _ step: Int, _ first: inout [[Float]], _ second: inout [[Float]]
  ) {
    var correction: (first: Float, second: Float) = (1, 1)
    for _ in 0..<step { correction = (correction.first * 0.9, correction.second * 0.999) }
    for (block, storage) in zip(network.layout.blocks.indices, network.blockStorage) {
      let offset = network.layout.blocks[block].offset
      storage.withMutableFloats { weights in
        for index in weights.indices {
          let g = gradient[offset + index]
          first[block][index] = 0.9 * first[block][index] + 0.1 * g
          second[block][index] = 0.999 * second[block][index] + 0.001 * g * g
          let mean = first[block][index] / (1 - correction.first)
          let size = (second[block][index] / (1 - correction.second)).squareRoot()
          weights[index] -= 0.01 * mean / (size + 1e-8)
        }
      }
    }
  }
}
