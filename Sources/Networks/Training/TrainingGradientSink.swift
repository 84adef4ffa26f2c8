/// Takes each unit's gradient as it is computed in training: products of the weight (`Folding`), the
/// column sums of dz (gradient of the bias, of BatchNorm or linear) and of dz * xhat (gradient of BatchNorm's weight).
package protocol TrainingGradientSink {
  associatedtype S: Scalar
  func take(
    unit: Int, products: UnsafePointer<S>, sums: UnsafePointer<Double>, dots: UnsafePointer<Double>)
}

/// Into a flat gradient.
package struct FlatSink<S: Scalar, G: Scalar>: TrainingGradientSink {
  private let program: Program
  private let offsets: [Int]
  private let flat: UnsafeMutablePointer<G>

  package init(_ architecture: Architecture, flat: UnsafeMutablePointer<G>) {
    let specs = architecture.parameters
    var blocks = FlatLayout(specs).blocks.makeIterator()
    program = Program(architecture)
    offsets = specs.map { $0.trains ? blocks.next()?.offset ?? -1 : -1 }
    self.flat = flat
  }

  package func take(
    unit index: Int, products: UnsafePointer<S>, sums: UnsafePointer<Double>, dots: UnsafePointer<Double>
  ) {
    let unit = program.units[index]
    let geometry = unit.geometry
    Folding<S>(geometry).unpack(products: products, dweight: flat + offsets[unit.weight])
    switch unit.shift {
    case .bias(let bias):
      for out in 0..<geometry.outChannels { flat[offsets[bias] + out] = G(sums[out]) }
    case .normalization(let weight, let bias, _, _):
      for out in 0..<geometry.outChannels {
        flat[offsets[weight] + out] = G(dots[out])
        flat[offsets[bias] + out] = G(sums[out])
      }
    }
  }
}
