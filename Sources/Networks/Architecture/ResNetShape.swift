/// A ResNet as Hugging Face's `ResNetConfig` describes it (`modeling_resnet.py`), and the CIFAR variant of its stem.
/// Convolutions have no bias, BatchNorm has epsilon 1e-5, the activation is ReLU.
package struct ResNetShape: Sendable, Equatable {
  package enum Stem: Sendable {
    /// 3x3 convolution of stride 1, BatchNorm, ReLU.
    case cifar
    /// 7x7 convolution of stride 2, BatchNorm, ReLU, max-pool 3x3 of stride 2.
    case imageNet
  }

  package enum Block: Sendable {
    /// Two 3x3 convolutions.
    case basic
    /// 1x1 to a quarter of the channels, 3x3, 1x1 back.
    case bottleneck
  }

  package let stem: Stem
  package let block: Block
  /// Of the input: channels, height and width of an image.
  package let channels: Int
  package let height: Int
  package let width: Int
  /// Channels after the stem.
  package let embeddingSize: Int
  /// Channels after each stage, and how many blocks it has.
  package let hiddenSizes: [Int]
  package let depths: [Int]
  package let downsampleInFirstStage: Bool
  /// Where the stride of a bottleneck sits: in its first 1x1 convolution, else in the 3x3.
  package let downsampleInBottleneck: Bool
  package let classes: Int

  package init(
    stem: Stem, block: Block, image: (channels: Int, height: Int, width: Int), embeddingSize: Int,
    hiddenSizes: [Int], depths: [Int], downsampleInFirstStage: Bool = false, downsampleInBottleneck: Bool = false,
    classes: Int
  ) {
    self.stem = stem
    self.block = block
    (channels, height, width) = image
    self.embeddingSize = embeddingSize
    self.hiddenSizes = hiddenSizes
    self.depths = depths
    self.downsampleInFirstStage = downsampleInFirstStage
    self.downsampleInBottleneck = downsampleInBottleneck
    self.classes = classes
  }
}
