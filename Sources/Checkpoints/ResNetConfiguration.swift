/// A residual network as Hugging Face's `ResNetConfig` describes it, and the small-image variant of it.
package struct ResNetConfiguration: Sendable, Equatable {
  package enum LayerType: String, Sendable {
    case basic, bottleneck
  }

  /// How the picture comes in.
  package enum Stem: Sendable, Equatable {
    /// Hugging Face's: 7x7 convolution of stride 2, BatchNorm, ReLU, 3x3 max-pool of stride 2.
    /// Tensors `resnet.embedder.embedder.convolution.weight`, `resnet.embedder.embedder.normalization.*`.
    case imageNet
    /// For small pictures: 3x3 convolution of stride 1, BatchNorm, ReLU, no pooling.
    /// Tensors `resnet.embedder.embedder.weight`, `resnet.embedder.norm.*`.
    case cifar
  }

  /// Residual layers of each stage.
  package let depths: [Int]
  /// Channels of each stage.
  package let hiddenSizes: [Int]
  /// Channels after the stem.
  package let embeddingSize: Int
  package let layerType: LayerType
  package let downsampleInFirstStage: Bool
  package let downsampleInBottleneck: Bool
  /// Channels of the picture.
  package let channels: Int
  package let stem: Stem
  package let labels: ClassLabels

  package init(
    depths: [Int], hiddenSizes: [Int], embeddingSize: Int, labels: ClassLabels, options: Options = Options()
  ) {
    self.depths = depths
    self.hiddenSizes = hiddenSizes
    self.embeddingSize = embeddingSize
    self.labels = labels
    layerType = options.layerType
    downsampleInFirstStage = options.downsampleInFirstStage
    downsampleInBottleneck = options.downsampleInBottleneck
    channels = options.channels
    stem = options.stem
  }

  /// What most small ResNets have in common.
  package struct Options: Sendable {
    package var layerType = LayerType.basic
    package var downsampleInFirstStage = false
    package var downsampleInBottleneck = false
    package var channels = 3
    package var stem = Stem.cifar

    package init() {}
  }

  /// Defaults are those of Hugging Face's `ResNetConfig`, which leaves out keys that have them.
  init(_ fields: ConfigurationFields, tensors: [TensorEntry]) throws(CheckpointError) {
    depths = try fields.sizes("depths", default: [3, 4, 6, 3])
    hiddenSizes = try fields.sizes("hidden_sizes", default: [256, 512, 1024, 2048])
    embeddingSize = try fields.size("embedding_size", default: 64)
    channels = try fields.size("num_channels", default: 3)
    downsampleInFirstStage = try fields.bool("downsample_in_first_stage", default: false)
    downsampleInBottleneck = try fields.bool("downsample_in_bottleneck", default: false)
    let layers = try fields.text("layer_type", default: "bottleneck")
    guard let known = LayerType(rawValue: layers) else {
      throw .model("layer_type is \(CheckpointError.quoted(layers)); it must be basic or bottleneck")
    }
    layerType = known
    guard depths.count == hiddenSizes.count else {
      throw .model("depths names \(depths.count) stages and hidden_sizes \(hiddenSizes.count); they must be as many")
    }
    try fields.requireReLU()
    stem = try Self.stem(tensors, expecting: [embeddingSize, channels])
    guard let classifier = tensors.first(where: { $0.name == Self.classifierName }),
      classifier.shape.count == 2, classifier.shape[0] > 0
    else {
      throw .model("there is no tensor \(Self.classifierName) of two dimensions: hamud needs a model that classifies")
    }
    labels = try fields.labels(count: classifier.shape[0], of: "the rows of \(Self.classifierName)")
  }

  private static let classifierName = "classifier.1.weight"
  private static let imageNetStem = "resnet.embedder.embedder.convolution.weight"
  private static let cifarStem = "resnet.embedder.embedder.weight"

  private static func stem(_ tensors: [TensorEntry], expecting channels: [Int]) throws(CheckpointError) -> Stem {
    for tensor in tensors {
      if tensor.name == imageNetStem {
        try require(tensor, shape: channels + [7, 7])
        return .imageNet
      }
      if tensor.name == cifarStem {
        try require(tensor, shape: channels + [3, 3])
        return .cifar
      }
    }
    throw .model("there is neither \(imageNetStem) nor \(cifarStem): the model's first convolution is missing")
  }

  private static func require(_ tensor: TensorEntry, shape: [Int]) throws(CheckpointError) {
    guard tensor.shape == shape else {
      throw .model("\(tensor.name) has the shape \(tensor.shape) where config.json and this kind of stem need \(shape)")
    }
  }

  var document: RecordValue {
    let stages = ["stem"] + depths.indices.map { "stage\($0 + 1)" }
    return .object([
      ("architectures", .list([.text(stem == .cifar ? architectureForSmallPictures : "ResNetForImageClassification")])),
      ("depths", .list(depths.map(RecordValue.integer))),
      ("downsample_in_bottleneck", .bool(downsampleInBottleneck)),
      ("downsample_in_first_stage", .bool(downsampleInFirstStage)),
      ("dtype", .text("float32")),
      ("embedding_size", .integer(embeddingSize)),
      ("hidden_act", .text("relu")),
      ("hidden_sizes", .list(hiddenSizes.map(RecordValue.integer))),
      ("id2label", labels.document),
      ("label2id", labels.inverseDocument),
      ("layer_type", .text(layerType.rawValue)),
      ("model_type", .text("resnet")),
      ("num_channels", .integer(channels)),
      ("out_features", .list([.text(stages[stages.count - 1])])),
      ("out_indices", .list([.integer(stages.count - 1)])),
      ("stage_names", .list(stages.map(RecordValue.text))),
    ])
  }

  /// `ResNet20ForCIFAR` and its like: the number counts the stem, the convolutions of the layers, and the classifier.
  private var architectureForSmallPictures: String {
    let convolutions = layerType == .basic ? 2 : 3
    return "ResNet\(depths.reduce(0, +) * convolutions + 2)ForCIFAR"
  }
}
