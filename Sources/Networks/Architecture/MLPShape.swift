/// Linear layers with ReLU between them: `layers` = [inputs, hidden ..., classes], tensors `layers.I.weight` [out, in]
/// and `layers.I.bias` [out].
package struct MLPShape: Sendable, Equatable {
  package let layers: [Int]

  package init(layers: [Int]) {
    self.layers = layers
  }

  package var parameters: [ParameterSpec] {
    zip(layers, layers.dropFirst()).enumerated().flatMap { index, sizes in
      [
        ParameterSpec(name: "layers.\(index).weight", shape: [sizes.1, sizes.0], trains: true),
        ParameterSpec(name: "layers.\(index).bias", shape: [sizes.1], trains: true),
      ]
    }
  }

  package func validate() throws(NetworksError) {
    let text = "\(layers)"
    guard layers.count >= 2, layers.allSatisfy({ $0 >= 1 }) else {
      throw .unsupported(setting: "layers", value: text, allowed: "two or more sizes of at least 1")
    }
    guard layers[layers.count - 1] >= 2 else {
      throw .unsupported(setting: "layers", value: text, allowed: "a last size (classes) of at least 2")
    }
  }
}
