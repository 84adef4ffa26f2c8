extension ResNetShape {
  /// One convolution with its BatchNorm, by the names of the two modules.
  struct Unit: Sendable, Equatable {
    var convolution: String
    var normalization: String
    var inputs: Int
    var outputs: Int
    var kernel: Int
    var stride: Int
  }

  /// One residual block: `main` one after the other, `shortcut` beside them where sizes change.
  struct BlockUnits: Sendable, Equatable {
    var shortcut: Unit?
    var main: [Unit]
  }

  var stemUnit: Unit {
    switch stem {
    case .cifar:
      Unit(
        convolution: "resnet.embedder.embedder", normalization: "resnet.embedder.norm", inputs: channels,
        outputs: embeddingSize, kernel: 3, stride: 1)
    case .imageNet:
      Unit(
        convolution: "resnet.embedder.embedder.convolution",
        normalization: "resnet.embedder.embedder.normalization", inputs: channels, outputs: embeddingSize,
        kernel: 7, stride: 2)
    }
  }

  /// All residual blocks in order of the flow.
  var blocks: [BlockUnits] {
    var result: [BlockUnits] = []
    var inputs = embeddingSize
    for (stage, (outputs, depth)) in zip(hiddenSizes, depths).enumerated() {
      for layer in 0..<depth {
        let stride = layer == 0 && (stage > 0 || downsampleInFirstStage) ? 2 : 1
        let prefix = "resnet.encoder.stages.\(stage).layers.\(layer)"
        result.append(blockUnits(prefix, inputs: inputs, outputs: outputs, stride: stride))
        inputs = outputs
      }
    }
    return result
  }

  private func blockUnits(_ prefix: String, inputs: Int, outputs: Int, stride: Int) -> BlockUnits {
    func unit(_ path: String, _ inputs: Int, _ outputs: Int, _ kernel: Int, _ stride: Int) -> Unit {
      Unit(
        convolution: "\(prefix).\(path).convolution", normalization: "\(prefix).\(path).normalization",
        inputs: inputs, outputs: outputs, kernel: kernel, stride: stride)
    }
    let shortcut = inputs != outputs || stride != 1 ? unit("shortcut", inputs, outputs, 1, stride) : nil
    switch block {
    case .basic:
      return BlockUnits(
        shortcut: shortcut,
        main: [unit("layer.0", inputs, outputs, 3, stride), unit("layer.1", outputs, outputs, 3, 1)])
    case .bottleneck:
      let reduced = outputs / 4
      let first = downsampleInBottleneck ? stride : 1
      return BlockUnits(
        shortcut: shortcut,
        main: [
          unit("layer.0", inputs, reduced, 1, first),
          unit("layer.1", reduced, reduced, 3, downsampleInBottleneck ? 1 : stride),
          unit("layer.2", reduced, outputs, 1, 1),
        ])
    }
  }

  package var parameters: [ParameterSpec] {
    var specs: [ParameterSpec] = []
    func add(_ unit: Unit) {
      specs.append(
        ParameterSpec(
          name: unit.convolution + ".weight", shape: [unit.outputs, unit.inputs, unit.kernel, unit.kernel],
          trains: true))
      for (name, trains) in [("weight", true), ("bias", true), ("running_mean", false), ("running_var", false)] {
        specs.append(
          ParameterSpec(name: "\(unit.normalization).\(name)", shape: [unit.outputs], trains: trains))
      }
    }
    add(stemUnit)
    for block in blocks {
      if let shortcut = block.shortcut { add(shortcut) }
      block.main.forEach(add)
    }
    let features = hiddenSizes.last ?? embeddingSize
    specs.append(ParameterSpec(name: "classifier.1.weight", shape: [classes, features], trains: true))
    specs.append(ParameterSpec(name: "classifier.1.bias", shape: [classes], trains: true))
    return specs
  }

  package func validate() throws(NetworksError) {
    func require(_ condition: Bool, _ setting: String, _ value: String, _ allowed: String) throws(NetworksError) {
      guard condition else { throw .unsupported(setting: setting, value: value, allowed: allowed) }
    }
    try require(
      channels >= 1 && height >= 1 && width >= 1, "the image's shape", "\(channels) x \(height) x \(width)",
      "sizes of at least 1")
    try require(embeddingSize >= 1, "embedding_size", "\(embeddingSize)", "1 or more")
    try require(
      hiddenSizes.count == depths.count && !depths.isEmpty, "depths", "\(depths)",
      "as many numbers as hidden_sizes has (\(hiddenSizes.count)), at least one")
    try require(depths.allSatisfy { $0 >= 1 }, "depths", "\(depths)", "numbers of at least 1")
    let least = block == .bottleneck ? 4 : 1
    try require(
      hiddenSizes.allSatisfy { $0 >= least }, "hidden_sizes", "\(hiddenSizes)", "numbers of at least \(least)")
    try require(classes >= 2, "the number of classes", "\(classes)", "2 or more")
  }
}
