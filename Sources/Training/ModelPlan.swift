package import Checkpoints
package import Datasets
import Networks

/// What is to be trained: everything about a model but its weights.
package enum ModelPlan: Sendable, Equatable {
  case mlp(MLPConfiguration)
  case resnet(ResNetConfiguration)

  /// The plan of a model that exists, to train it anew.
  package init(_ configuration: ModelConfiguration) {
    switch configuration {
    case .mlp(let mlp): self = .mlp(mlp)
    case .resnet(let resnet): self = .resnet(resnet)
    }
  }

  /// ResNet-20 for pictures of at least 16 x 16, else a feed-forward network with two hidden layers of 128.
  package static func usual(for data: Dataset) -> ModelPlan {
    let shape = data.sampleShape
    return shape.count == 3 && min(shape[1], shape[2]) >= 16 ? resnet20(for: data) : mlp(hidden: [128, 128], for: data)
  }

  /// A feed-forward network with these hidden layers; pictures are flattened.
  package static func mlp(hidden: [Int], for data: Dataset) -> ModelPlan {
    let labels = labels(of: data)
    return .mlp(MLPConfiguration(layers: [data.sampleElements] + hidden + [labels.count], labels: labels))
  }

  /// He et al., "Deep Residual Learning for Image Recognition" (2016), 4.2: three stages of three basic blocks.
  package static func resnet20(for data: Dataset) -> ModelPlan {
    var options = ResNetConfiguration.Options()
    options.channels = data.sampleShape.first ?? 3
    return .resnet(
      ResNetConfiguration(
        depths: [3, 3, 3], hiddenSizes: [16, 32, 64], embeddingSize: 16, labels: labels(of: data), options: options))
  }

  package var configuration: ModelConfiguration {
    switch self {
    case .mlp(let mlp): .mlp(mlp)
    case .resnet(let resnet): .resnet(resnet)
    }
  }

  /// What the model takes and gives, to be compared with the data.
  var fit: ModelFit {
    switch self {
    case .mlp(let mlp): ModelFit(input: .features(mlp.layers.first ?? 0), classCount: mlp.labels.count)
    case .resnet(let resnet): ModelFit(input: .channels(resnet.channels), classCount: resnet.labels.count)
    }
  }

  /// - Parameter sampleShape: [C, H, W] for a ResNet, which takes any height and width.
  func architecture(sampleShape: [Int]) -> Architecture {
    switch self {
    case .mlp(let mlp): return .mlp(MLPShape(layers: mlp.layers))
    case .resnet(let resnet):
      return .resnet(
        ResNetShape(
          stem: resnet.stem == .cifar ? .cifar : .imageNet, block: resnet.layerType == .basic ? .basic : .bottleneck,
          image: (sampleShape[0], sampleShape[1], sampleShape[2]), embeddingSize: resnet.embeddingSize,
          hiddenSizes: resnet.hiddenSizes, depths: resnet.depths,
          downsampleInFirstStage: resnet.downsampleInFirstStage,
          downsampleInBottleneck: resnet.downsampleInBottleneck, classes: resnet.labels.count))
    }
  }

  private static func labels(of data: Dataset) -> ClassLabels {
    data.classNames.map(ClassLabels.init(names:)) ?? ClassLabels(count: data.classCount)
  }
}
