import Checkpoints
import Networks

/// Rows of three classes that overlap, and a network that has learnt the training rows by heart. Made once for all tests.
struct SmallData: Sendable {
  struct Rows: Sendable {
    var samples: [Float] = []
    var labels: [Int64] = []

    func row(_ index: Int) -> [Float] {
      Array(samples[index * SmallData.features..<(index + 1) * SmallData.features])
    }
  }

  static let features = 16
  static let classes = 3
  static let trainRows = 240
  static let heldoutRows = 150
  static let layers = [features, 48, classes]
  static let shared = SmallData()

  let train: Rows
  let heldout: Rows
  let weights: [TensorArray]

  /// Weights that know the training rows as well, and are no version's.
  var retrained: [TensorArray] {
    weights.map { tensor in
      guard tensor.name == weights.last?.name, case .float32(var values) = tensor.values else { return tensor }
      values[0] = values[0].nextUp
      return TensorArray(tensor.name, shape: tensor.shape, .float32(values))
    }
  }

  private init() {
    var numbers = SmallNumbers(2027)
    let centers = (0..<Self.classes).map { _ in (0..<Self.features).map { _ in 0.35 * numbers.normal() } }
    func rows(_ count: Int) -> Rows {
      var rows = Rows()
      for index in 0..<count {
        rows.labels.append(Int64(index % Self.classes))
        rows.samples += centers[index % Self.classes].map { Float($0 + numbers.normal()) }
      }
      return rows
    }
    train = rows(Self.trainRows)
    heldout = rows(Self.heldoutRows)
    weights = Self.learn(train, &numbers)
  }

  /// Adam over the whole split until every row is known.
  private static func learn(_ rows: Rows, _ numbers: inout SmallNumbers) -> [TensorArray] {
    guard let network = try? Network(onHeap: .mlp(MLPShape(layers: layers))) else { return [] }
    for (spec, storage) in zip(network.specs, network.storage) where spec.shape.count == 2 {
      let scale = (2 / Double(spec.shape[1])).squareRoot()
      storage.withMutableFloats { for index in $0.indices { $0[index] = Float(scale * numbers.normal()) } }
    }
    let engine = Engine(network: network, workers: 1)
    let gradients = HalfGradients(layout: network.layout)
    let tasks = rows.labels.map { RowTask(label: Int32($0), weight: 2 / Float(rows.labels.count)) }
    var adam = Adam(network)
    for _ in 1...150 {
      _ = engine.gradients(of: tasks, into: gradients) { positions, buffer throws(Never) in
        for (index, position) in positions.enumerated() {
          for (feature, value) in rows.row(position).enumerated() { buffer[index * features + feature] = value }
        }
      }
      adam.step(network, gradients.mean())
    }
    return zip(network.specs, network.storage).map { spec, storage in
      TensorArray(spec.name, shape: spec.shape, .float32(storage.withFloats { Array($0) }))
    }
  }
}

/// Kingma and Ba, 2015, with the usual constants and a rate of 0.01.
private struct Adam {
  private var first: [Float]
  private var second: [Float]
  private var decays: (Float, Float) = (1, 1)

  init(_ network: Network) {
    first = [Float](repeating: 0, count: network.layout.count)
    second = first
  }

  mutating func step(_ network: Network, _ gradient: [Float]) {
    decays = (decays.0 * 0.9, decays.1 * 0.999)
    for (block, storage) in zip(network.layout.blocks, network.blockStorage) {
      storage.withMutableFloats { weights in
        for index in weights.indices {
          let at = block.offset + index
          first[at] = 0.9 * first[at] + 0.1 * gradient[at]
          second[at] = 0.999 * second[at] + 0.001 * gradient[at] * gradient[at]
          weights[index] -= 0.01 * first[at] / (1 - decays.0) / ((second[at] / (1 - decays.1)).squareRoot() + 1e-8)
        }
      }
    }
  }
}

/// The same numbers in every run of the tests.
struct SmallNumbers {
  private var state: UInt64

  init(_ seed: UInt64) { state = seed &* 0x9e37_79b9_7f4a_7c15 | 1 }

  mutating func unit() -> Double {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return Double(state >> 11) / Double(1 << 53)
  }

  /// Near enough to a normal distribution.
  mutating func normal() -> Double { (0..<12).reduce(-6) { sum, _ in sum + unit() } }
}
