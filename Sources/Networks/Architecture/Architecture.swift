/// Which network it is: enough to name every tensor and to run it forwards and backwards.
package enum Architecture: Sendable, Equatable {
  case resnet(ResNetShape)
  case mlp(MLPShape)

  /// Shape of one row as `fill` delivers it: [channels, height, width] or [features].
  package var inputShape: [Int] {
    switch self {
    case .resnet(let shape): [shape.channels, shape.height, shape.width]
    case .mlp(let shape): [shape.layers.first ?? 0]
    }
  }

  /// Floats of one row.
  package var inputCount: Int { inputShape.reduce(1, *) }

  /// Number of classes, K.
  package var classes: Int {
    switch self {
    case .resnet(let shape): shape.classes
    case .mlp(let shape): shape.layers.last ?? 0
    }
  }

  /// Every float tensor in the order of Hugging Face's modules (weight before bias, statistics after them). This
  /// order is the order of the blocks, hence of all sums over blocks.
  package var parameters: [ParameterSpec] {
    switch self {
    case .resnet(let shape): shape.parameters
    case .mlp(let shape): shape.parameters
    }
  }

  /// Throws `unsupported` for sizes that make no network: nothing to train, fewer than two classes, an image that
  /// a stride has eaten up.
  package func validate() throws(NetworksError) {
    switch self {
    case .resnet(let shape): try shape.validate()
    case .mlp(let shape): try shape.validate()
    }
  }
}
