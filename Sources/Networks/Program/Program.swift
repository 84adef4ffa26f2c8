/// A network laid out for running: tensors, and the steps that make each from earlier ones. Made once from an
/// architecture; knows no numbers.
struct Program: Sendable {
  /// An activation [height, width, channels] of one image.
  struct Tensor: Sendable, Equatable {
    let height: Int
    let width: Int
    let channels: Int
    /// It is the output of a ReLU, so its own sign is the mask of its gradient.
    let rectified: Bool

    var count: Int { height * width * channels }
  }

  /// A convolution with BatchNorm (or, as a linear layer, with a bias), the sum with a residual and ReLU: one pass.
  struct Unit: Sendable, Equatable {
    enum Shift: Sendable, Equatable {
      /// Indices of weight, bias, running mean and running variance among the network's specs.
      case normalization(weight: Int, bias: Int, mean: Int, variance: Int)
      /// Index of the bias.
      case bias(Int)
    }

    let geometry: ConvolutionGeometry
    /// Index of the weight among the specs; stored [out, in, kernel, kernel].
    let weight: Int
    let shift: Shift
    let input: Int
    let output: Int
    let residual: Int?
    let rectified: Bool
  }

  enum Step: Sendable, Equatable {
    case unit(Int)
    case maximumPool(input: Int, output: Int)
    case averagePool(input: Int, output: Int)
  }

  private(set) var tensors: [Tensor] = []
  private(set) var units: [Unit] = []
  private(set) var steps: [Step] = []

  /// Tensor 0 is the input, the last one the logits.
  var input: Tensor { tensors[0] }
  var logits: Int { tensors.count - 1 }
  var classes: Int { tensors[logits].channels }

  init(_ architecture: Architecture) {
    switch architecture {
    case .resnet(let shape): self.init(resnet: shape)
    case .mlp(let shape): self.init(mlp: shape)
    }
  }

  private init(mlp shape: MLPShape) {
    var current = add(Tensor(height: 1, width: 1, channels: shape.layers[0], rectified: false))
    for (index, outputs) in shape.layers.dropFirst().enumerated() {
      current = addLinear(
        input: current, outputs: outputs, weight: 2 * index, rectified: index + 2 < shape.layers.count)
    }
  }

  private init(resnet shape: ResNetShape) {
    var weight = 0
    var current = add(
      Tensor(height: shape.height, width: shape.width, channels: shape.channels, rectified: false))
    current = addUnit(shape.stemUnit, input: current, weight: &weight, rectified: true)
    if shape.stem == .imageNet { current = addMaximumPool(input: current) }
    for block in shape.blocks {
      var shortcut = current
      if let unit = block.shortcut {
        shortcut = addUnit(unit, input: current, weight: &weight, rectified: false)
      }
      for (index, unit) in block.main.enumerated() {
        let last = index == block.main.count - 1
        current = addUnit(
          unit, input: current, weight: &weight, residual: last ? shortcut : nil, rectified: true)
      }
    }
    current = addAveragePool(input: current)
    _ = addLinear(input: current, outputs: shape.classes, weight: weight, rectified: false)
  }

  private mutating func add(_ tensor: Tensor) -> Int {
    tensors.append(tensor)
    return tensors.count - 1
  }

  private mutating func addUnit(
    _ unit: ResNetShape.Unit, input: Int, weight: inout Int, residual: Int? = nil, rectified: Bool
  ) -> Int {
    let from = tensors[input]
    let geometry = ConvolutionGeometry(
      input: (from.height, from.width, from.channels), outChannels: unit.outputs, kernel: unit.kernel,
      stride: unit.stride)
    let output = add(
      Tensor(
        height: geometry.outHeight, width: geometry.outWidth, channels: unit.outputs, rectified: rectified))
    steps.append(.unit(units.count))
    units.append(
      Unit(
        geometry: geometry, weight: weight,
        shift: .normalization(weight: weight + 1, bias: weight + 2, mean: weight + 3, variance: weight + 4),
        input: input, output: output, residual: residual, rectified: rectified))
    weight += 5
    return output
  }

  private mutating func addLinear(input: Int, outputs: Int, weight: Int, rectified: Bool) -> Int {
    let geometry = ConvolutionGeometry(
      input: (1, 1, tensors[input].channels), outChannels: outputs, kernel: 1, stride: 1)
    let output = add(Tensor(height: 1, width: 1, channels: outputs, rectified: rectified))
    steps.append(.unit(units.count))
    units.append(
      Unit(
        geometry: geometry, weight: weight, shift: .bias(weight + 1), input: input, output: output, residual: nil,
        rectified: rectified))
    return output
  }

  private mutating func addMaximumPool(input: Int) -> Int {
    let from = tensors[input]
    let output = add(
      Tensor(
        height: Pooling<Float>.pooled(from.height), width: Pooling<Float>.pooled(from.width),
        channels: from.channels, rectified: false))
    steps.append(.maximumPool(input: input, output: output))
    return output
  }

  private mutating func addAveragePool(input: Int) -> Int {
    let output = add(Tensor(height: 1, width: 1, channels: tensors[input].channels, rectified: false))
    steps.append(.averagePool(input: input, output: output))
    return output
  }
}
