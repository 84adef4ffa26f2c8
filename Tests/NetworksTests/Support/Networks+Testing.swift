import Networks
import Testing

/// Small networks of every kind, with numbers that no layer can hide behind: BatchNorm statistics away from 0 and 1.
struct TestNetwork: Sendable, CustomTestStringConvertible {
  let name: String
  let architecture: Architecture

  var testDescription: String { name }

  static let all: [TestNetwork] = [
    TestNetwork(name: "mlp", architecture: .mlp(MLPShape(layers: [6, 9, 17, 4]))),
    TestNetwork(name: "linear", architecture: .mlp(MLPShape(layers: [5, 4]))),
    resnet("cifar basic", .cifar, .basic, hidden: [4, 6], depths: [2, 2]),
    resnet("cifar basic, downsampling first", .cifar, .basic, hidden: [4, 6], depths: [1, 1], first: true),
    resnet("cifar bottleneck", .cifar, .bottleneck, hidden: [8, 12], depths: [2, 1]),
    resnet("imagenet basic", .imageNet, .basic, hidden: [5, 6], depths: [1, 2]),
    resnet("imagenet bottleneck, stride in 3x3", .imageNet, .bottleneck, hidden: [8, 12], depths: [1, 2]),
    resnet(
      "imagenet bottleneck, stride in 1x1", .imageNet, .bottleneck, hidden: [8, 12], depths: [2, 1],
      inBottleneck: true),
    resnet("sixteens", .cifar, .basic, hidden: [16, 32], depths: [1, 1], embedding: 16),
  ]

  private static func resnet(
    _ name: String, _ stem: ResNetShape.Stem, _ block: ResNetShape.Block, hidden: [Int], depths: [Int],
    first: Bool = false, inBottleneck: Bool = false, embedding: Int = 5
  ) -> TestNetwork {
    let size = stem == .cifar ? 13 : 21
    return TestNetwork(
      name: name,
      architecture: .resnet(
        ResNetShape(
          stem: stem, block: block, image: (2, size, size - 2), embeddingSize: embedding, hiddenSizes: hidden,
          depths: depths, downsampleInFirstStage: first, downsampleInBottleneck: inBottleneck, classes: 4)))
  }

  /// Parameters in the order of the specs.
  func parameters(seed: UInt64) -> [[Double]] {
    var numbers = Numbers(seed)
    return architecture.parameters.map { spec in
      if spec.name.hasSuffix("running_var") { return numbers.array(spec.count).map { abs($0) + 0.3 } }
      let fan = spec.shape.count > 1 ? Double(spec.count / spec.shape[0]) : 4
      return numbers.array(spec.count, scale: 1.7 / fan.squareRoot()).map {
        spec.name.hasSuffix("normalization.weight") || spec.name.hasSuffix("norm.weight") ? $0 + 0.8 : $0
      }
    }
  }

  func network(_ parameters: [[Double]]) throws -> Network {
    var storage: [String: any ParameterStorage] = [:]
    for (spec, values) in zip(architecture.parameters, parameters) {
      storage[spec.name] = FlatBuffer(values.map { Float($0) })
    }
    return try Network(architecture: architecture, parameters: storage)
  }
}
