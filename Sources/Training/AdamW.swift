package import Networks

/// Adam with decoupled weight decay. Loshchilov and Hutter, "Decoupled Weight Decay Regularization" (2019), algorithm
/// 2, with PyTorch's constants; in float32 as there.
package final class AdamW {
  private static let beta1 = 0.9
  private static let beta2 = 0.999
  private static let epsilon: Float = 1e-8

  private let network: Network
  private let team: WorkerTeam
  private let weightDecay: Double
  /// By block: matrices and convolutions decay, biases and norms do not.
  private let decays: [Bool]
  /// First and second moments of the gradient, laid out as it is.
  private let first: FlatBuffer
  private let second: FlatBuffer
  private var steps = 0

  package init(_ network: Network, team: WorkerTeam, weightDecay: Double) {
    self.network = network
    self.team = team
    self.weightDecay = weightDecay
    decays = network.specs.filter(\.trains).map { $0.shape.count > 1 }
    first = FlatBuffer(count: network.layout.count)
    second = FlatBuffer(count: network.layout.count)
  }

  /// Moves the weights by one step. Blocks are dealt out to the workers; no sum crosses them, so the bits do not depend
  /// on how many there are.
  package func step(_ gradient: FlatBuffer, rate: Double) {
    steps += 1
    let correction1 = 1 - power(Self.beta1, steps)
    let correction2 = 1 - power(Self.beta2, steps)
    let scale = Scale(
      rate: Float(rate / correction1), root: Float(correction2.squareRoot()), keep: Float(1 - rate * weightDecay))
    let (network, first, second, decays, workers) = (network, first, second, decays, team.count)
    team.run { worker in
      for index in stride(from: worker, to: network.layout.blocks.count, by: workers) {
        Self.move(
          network.blockStorage[index], network.layout.blocks[index].range, (gradient, first, second), scale,
          decay: decays[index])
      }
    }
  }

  private struct Scale {
    /// Divided by the first moment's correction.
    let rate: Float
    /// Square root of the second moment's correction.
    let root: Float
    /// What weight decay leaves of a weight.
    let keep: Float
  }

  private static func move(
    _ weights: any ParameterStorage, _ range: Range<Int>, _ flat: (FlatBuffer, FlatBuffer, FlatBuffer), _ scale: Scale,
    decay: Bool
  ) {
    let (keep1, keep2) = (Float(beta1), Float(beta2))
    weights.withMutableFloats { w in
      flat.0.withFloats { g in
        flat.1.withMutableFloats { m in
          flat.2.withMutableFloats { v in
            for (place, index) in range.enumerated() {
              m[index] = keep1 * m[index] + (1 - keep1) * g[index]
              v[index] = keep2 * v[index] + (1 - keep2) * g[index] * g[index]
              let kept = decay ? w[place] * scale.keep : w[place]
              w[place] = kept - scale.rate * m[index] / (v[index].squareRoot() / scale.root + epsilon)
            }
          }
        }
      }
    }
  }

  /// By repeated squaring: the C library's `pow` may differ between machines.
  private func power(_ base: Double, _ exponent: Int) -> Double {
    var (result, factor, rest) = (1.0, base, exponent)
    while rest > 0 {
      if rest & 1 == 1 { result *= factor }
      factor *= factor
      rest >>= 1
    }
    return result
  }
}
