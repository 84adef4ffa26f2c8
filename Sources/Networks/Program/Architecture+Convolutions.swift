/// One convolution or linear layer of an architecture, as engines run it.
package struct NamedConvolution: Sendable {
  /// Of its weight, as files have it.
  package let name: String
  package let geometry: ConvolutionGeometry
  /// A residual is added to its output.
  package let addsResidual: Bool
  /// Nobody wants the gradient of its input: it is the network's.
  package let isFirst: Bool
}

extension Architecture {
  /// In the order in which they run.
  package var convolutions: [NamedConvolution] {
    let specs = parameters
    return Program(self).units.map { unit in
      NamedConvolution(
        name: specs[unit.weight].name, geometry: unit.geometry, addsResidual: unit.residual != nil,
        isFirst: unit.input == 0)
    }
  }
}
