import Glibc

/// Turns a raw gradient into the flat one, block by block.
struct Unfolding<S: Scalar> {
  let weights: FoldedWeights<S>
  /// Scratch: one value a channel of the widest unit. Freed by `release`.
  private let dots: UnsafeMutablePointer<Double>
  private let offsets: [Int]

  /// `layout` is the flat gradient's; `specs` the network's, in whose order units name their tensors.
  init(_ weights: FoldedWeights<S>, layout: FlatLayout, specs: [ParameterSpec]) {
    self.weights = weights
    dots = AlignedMemory.allocate(
      Double.self, count: weights.program.units.map(\.geometry.outChannels).max() ?? 1)
    var blocks = layout.blocks.makeIterator()
    offsets = specs.map { $0.trains ? blocks.next()?.offset ?? -1 : -1 }
  }

  func release() { free(dots) }

  /// `flat` is overwritten, gaps between blocks aside.
  func unfold<Source: ParameterSource, G: Scalar>(
    _ raw: RawGradient<S>, parameters: Source, into flat: UnsafeMutablePointer<G>
  ) where Source.P: Scalar {
    for (index, unit) in weights.program.units.enumerated() {
      let outputs = unit.geometry.outChannels
      let channels = weights.channels(index)
      let sums = raw.sums(index)
      let (folding, dweight) = (Folding<S>(unit.geometry), flat + offsets[unit.weight])
      switch unit.shift {
      case .bias(let bias):
        folding.unpack(products: raw.products(index), dweight: dweight)
        for out in 0..<outputs { flat[offsets[bias] + out] = G(sums[out]) }
      case .normalization(let weight, let bias, _, _):
        parameters.read(unit.weight) { weight in
          folding.unpack(
            products: raw.products(index), weight: weight, channels: channels, dweight: dweight, dots: dots)
        }
        for out in 0..<outputs {
          let channel = channels[out]
          flat[offsets[bias] + out] = G(sums[out])
          flat[offsets[weight] + out] = G(channel.inverse * (dots[out] - channel.mean * sums[out]))
        }
      }
    }
  }
}
