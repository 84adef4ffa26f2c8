package import Checkpoints
package import Networks

extension MappedFloats: ParameterStorage {}

extension Architecture {
  /// The network that a model's config.json describes, for rows of this shape ([channels, height, width] or [features];
  /// pictures are flattened for a feed-forward network).
  package init(_ configuration: ModelConfiguration, sampleShape: [Int]) throws(UnlearningError) {
    switch configuration {
    case .mlp(let mlp):
      let features = sampleShape.reduce(1, *)
      guard mlp.layers.first == features else {
        throw .plan(
          "the model takes \(mlp.layers.first ?? 0) numbers and a row of the data has \(features); use the data that it "
            + "was trained on")
      }
      self = .mlp(MLPShape(layers: mlp.layers))
    case .resnet(let resnet):
      guard sampleShape.count == 3, sampleShape[0] == resnet.channels else {
        throw .plan(
          "the model takes pictures of \(resnet.channels) channels and a row of the data has the shape \(sampleShape); "
            + "use the data that it was trained on")
      }
      self = .resnet(ResNetShape(resnet, height: sampleShape[1], width: sampleShape[2]))
    }
  }
}

extension ResNetShape {
  fileprivate init(_ resnet: ResNetConfiguration, height: Int, width: Int) {
    self.init(
      stem: resnet.stem == .cifar ? .cifar : .imageNet, block: resnet.layerType == .basic ? .basic : .bottleneck,
      image: (resnet.channels, height, width), embeddingSize: resnet.embeddingSize, hiddenSizes: resnet.hiddenSizes,
      depths: resnet.depths, downsampleInFirstStage: resnet.downsampleInFirstStage,
      downsampleInBottleneck: resnet.downsampleInBottleneck, classes: resnet.labels.count)
  }
}

extension Network {
  /// The network of a model's weights.
  package convenience init(_ weights: WeightMap, sampleShape: [Int]) throws(UnlearningError) {
    let architecture = try Architecture(weights.model.configuration, sampleShape: sampleShape)
    var parameters: [String: any ParameterStorage] = [:]
    for tensor in weights.tensors { parameters[tensor.name] = tensor }
    do throws(NetworksError) {
      try self.init(architecture: architecture, parameters: parameters)
    } catch {
      throw .network(error)
    }
  }
}
