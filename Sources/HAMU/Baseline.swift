/// The methods that HAMU is compared with (algorithm.md, "The other methods, for comparison"). The raw values are the words
/// of a configuration (`method`).
///
/// Each moves by plain SGD, w <- w - rate * g, along a direction g of the two raw gradients: a of a loss on retain rows, b of
/// what is to grow on forget rows. All blocks count as one; there is no radius, no quota, and no clipping.
package enum Baseline: String, Sendable, CaseIterable, Codable {
  /// Fine-tuning: g = a
  case ft
  /// Gradient ascent: g = -b
  case ga
  /// Gradient difference: g = (a - b)/2
  case gdiff
  /// g = (a - b)/2 with a of KL(before || now) on the retain rows
  case kl
  /// SCRUB (arXiv:2302.09880): g = (a - b)/2 with a of alpha KL(before || now) + gamma cross-entropy on the retain rows, b of
  /// KL(before || now) on the forget rows
  case scrub
  /// g = -b', b' = b - (kappa/|a|^2) a where kappa < 0, else b
  case gru
  /// g = (a' - b')/2, b' as in gru and a' = a - (kappa/|b|^2) b where kappa < 0, else a; as HAMU's authors have PCGrad
  /// (arXiv:2001.06782)
  case pcgrad
  /// g = -b with b of the negative-preference loss's lowering (arXiv:2404.05868)
  case npo

  /// alpha and gamma of `scrub`.
  package static let scrubDivergence = 0.001
  package static let scrubCrossEntropy = 0.99
  /// beta of `npo`: the value that its paper recommends.
  package static let preferenceBeta = 0.1

  /// Whether a counts in g; rows of a side that does not count are not drawn.
  package var looksAtRetain: Bool { self != .ga && self != .npo }
  package var looksAtForget: Bool { self != .ft }

  /// g = retain * a + forget * b, from the raw gradients' scalars.
  package func direction(_ blocks: [BlockScalars]) -> (retain: Double, forget: Double) {
    switch self {
    case .ft: return (1, 0)
    case .ga, .npo: return (0, -1)
    case .gdiff, .kl, .scrub: return (0.5, -0.5)
    case .gru:
      let tilt = Self.tilts(blocks)
      return (tilt.ofForget, -1)
    case .pcgrad:
      let tilt = Self.tilts(blocks)
      return ((1 + tilt.ofForget) / 2, -(1 + tilt.ofRetain) / 2)
    }
  }

  /// kappa/|a|^2 and kappa/|b|^2 where kappa < 0, else 0: a and b then lose these times each other.
  private static func tilts(_ blocks: [BlockScalars]) -> (ofForget: Double, ofRetain: Double) {
    let kappa = blocks.reduce(0) { $0 + $1.kappa }
    guard kappa < 0 else { return (0, 0) }
    // kappa is below 0, so neither square is 0.
    return (
      kappa / blocks.reduce(0) { $0 + $1.retainSquared }, kappa / blocks.reduce(0) { $0 + $1.forgetSquared }
    )
  }
}
