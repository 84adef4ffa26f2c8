package import Networks

/// How weights begin, as PyTorch and Hugging Face's ResNet begin them.
package enum Initialisation {
  /// Fills every parameter of the network. Each tensor has a stream of its own, so that one of them more or less
  /// changes no other.
  package static func fill(_ network: Network, seed: UInt64) {
    for (index, spec) in network.specs.enumerated() {
      var generator = SeededGenerator(seed: seed, .weights, UInt64(index))
      let draw = distribution(of: spec, in: network.specs)
      network.storage[index].withMutableFloats { values in
        for place in values.indices { values[place] = Float(draw.value(&generator)) }
      }
    }
  }

  package enum Distribution: Equatable {
    case constant(Double)
    case normal(deviation: Double)
    /// In -bound ... bound.
    case uniform(bound: Double)

    package func value(_ generator: inout SeededGenerator) -> Double {
      switch self {
      case .constant(let value): value
      case .normal(let deviation): deviation * generator.normal()
      case .uniform(let bound): bound * (2 * generator.unit() - 1)
      }
    }
  }

  /// - Convolutions: normal of deviation sqrt(2 / fan-out) (He et al., 2015, "Delving Deep into Rectifiers"; mode
  ///   fan_out).
  /// - Linear layers, weight and bias: uniform in +-1/sqrt(fan-in), PyTorch's default.
  /// - Norms: weight 1, bias 0, mean 0, variance 1.
  package static func distribution(of spec: ParameterSpec, in specs: [ParameterSpec]) -> Distribution {
    if spec.shape.count == 4 {
      return .normal(deviation: (2 / Double(spec.shape[0] * spec.shape[2] * spec.shape[3])).squareRoot())
    }
    if spec.shape.count == 2 { return .uniform(bound: 1 / Double(spec.shape[1]).squareRoot()) }
    // A bias of a linear layer is told from a norm's by the weight beside it.
    let weightName = spec.name.hasSuffix(".bias") ? spec.name.dropLast("bias".count) + "weight" : ""
    if let weight = specs.first(where: { $0.name == weightName }), weight.shape.count == 2 {
      return .uniform(bound: 1 / Double(weight.shape[1]).squareRoot())
    }
    return .constant(spec.name.hasSuffix(".weight") || spec.name.hasSuffix(".running_var") ? 1 : 0)
  }
}
