import Glibc

/// A network's weights as the kernels want them, made anew for each call and shared by all workers and both sides of
/// a pair. One allocation each, made once.
///
/// `@unchecked Sendable`: a unit's part is written by one worker before the pass, and only read in it.
final class FoldedWeights<S: Scalar>: @unchecked Sendable {
  let program: Program
  let plan: BackwardPlan
  private let packed: UnsafeMutablePointer<S>
  private let perChannel: UnsafeMutablePointer<Folding<S>.Channel>
  private let forwardOffsets: [Int]
  private let turnedOffsets: [Int?]
  private let shiftOffsets: [Int]
  /// Of unit i: where its channels lie among all units' channels.
  let channelOffsets: [Int]
  let channelCount: Int
  /// Whether BatchNorm's frozen statistics are in the weights; without them they are as in the file, the shift 0.
  private let folds: Bool

  init(_ program: Program, plan: BackwardPlan, folds: Bool = true) {
    self.folds = folds
    self.program = program
    self.plan = plan
    var size = 0
    func reserve(_ count: Int) -> Int {
      defer { size += (count + 15) / 16 * 16 }
      return size
    }
    var (forward, turned, shift, channel) = ([Int](), [Int?](), [Int](), [Int]())
    var channels = 0
    for unit in program.units {
      let geometry = unit.geometry
      forward.append(reserve(Self.packedCount(geometry)))
      turned.append(
        geometry.stride == 1 && geometry.kernel > 1 && unit.input != 0 ? reserve(Self.packedCount(geometry)) : nil)
      shift.append(reserve(2 * geometry.outChannels))
      channel.append(channels)
      channels += geometry.outChannels
    }
    (forwardOffsets, turnedOffsets, shiftOffsets, channelOffsets) = (forward, turned, shift, channel)
    channelCount = channels
    packed = AlignedMemory.allocate(S.self, count: size)
    perChannel = AlignedMemory.allocate(Folding<S>.Channel.self, count: channels)
  }

  deinit {
    free(packed)
    free(perChannel)
  }

  /// Where Winograd's filtering is used: the transformed weights, and behind them the taps that they are made of.
  private static func packedCount(_ geometry: ConvolutionGeometry) -> Int {
    (Convolution<S>.winograd(geometry)?.weightCount(geometry) ?? 0) + geometry.weightCount
  }

  func forward(_ unit: Int) -> UnsafePointer<S> { UnsafePointer(packed + forwardOffsets[unit]) }
  /// For the data gradient: rotated where the unit's stride is 1, else as in the forward pass.
  func backward(_ unit: Int) -> UnsafePointer<S> {
    UnsafePointer(packed + (turnedOffsets[unit] ?? forwardOffsets[unit]))
  }
  func shift(_ unit: Int) -> UnsafePointer<S> { UnsafePointer(packed + shiftOffsets[unit]) }
  func channels(_ unit: Int) -> UnsafePointer<Folding<S>.Channel> { UnsafePointer(perChannel + channelOffsets[unit]) }

  /// Reads one unit's parameters through `source` and packs them.
  func prepare<Source: ParameterSource>(_ index: Int, from source: Source) where Source.P: Scalar {
    let unit = program.units[index]
    let outputs = unit.geometry.outChannels
    let channels = perChannel + channelOffsets[index]
    switch unit.shift {
    case .bias(let bias):
      source.read(bias) { bias in
        for out in 0..<outputs { (channels + out).initialize(to: .init(bias: Double(bias[out]))) }
      }
    case .normalization where !folds:
      for out in 0..<outputs { (channels + out).initialize(to: .init(bias: 0)) }
    case .normalization(let weight, let bias, let mean, let variance):
      source.read(weight) { weight in
        source.read(bias) { bias in
          source.read(mean) { mean in
            source.read(variance) { variance in
              for out in 0..<outputs {
                (channels + out).initialize(
                  to: .init(
                    weight: Double(weight[out]), bias: Double(bias[out]), mean: Double(mean[out]),
                    variance: Double(variance[out])))
              }
            }
          }
        }
      }
    }
    let shifts = packed + shiftOffsets[index]
    let scales = shifts + outputs
    for out in 0..<outputs {
      shifts[out] = S(channels[out].shift)
      scales[out] = S(channels[out].scale)
    }
    let forward = packed + forwardOffsets[index]
    let turned = turnedOffsets[index].map { packed + $0 }
    let winograd = Convolution<S>.winograd(unit.geometry)
    let behind = winograd?.weightCount(unit.geometry) ?? 0
    source.read(unit.weight) { weight in
      Folding<S>(unit.geometry).pack(
        weight, scales: scales, forward: forward + behind, turned: turned.map { $0 + behind })
    }
    winograd?.transform(taps: behind, unit.geometry, weights: forward)
    if let turned { winograd?.transform(taps: behind, unit.geometry.transposed, weights: turned) }
  }
}

/// Where parameters are read from, by their index among the specs: a network's storage, or arrays in float64 in tests.
package protocol ParameterSource: Sendable {
  associatedtype P
  func read(_ spec: Int, _ body: (UnsafePointer<P>) -> Void)
}

extension Network: ParameterSource {
  package func read(_ spec: Int, _ body: (UnsafePointer<Float>) -> Void) {
    storage[spec].withFloats { floats in
      if let base = floats.baseAddress { body(base) }
    }
  }
}
