/// What both gradients are multiplied with before a step.
struct ClipFactors {
  var retain = 1.0
  var forget = 1.0
}

/// Gradient clipping as PyTorch's `clip_grad_norm_` does it.
package enum Clipping {
  /// min(1, limit / (|g| + 1e-6)), |g| over all blocks.
  package static func factor(norm: Double, limit: Double) -> Double {
    min(1, limit / (norm + 1e-6))
  }

  static func factors(_ blocks: [BlockScalars], limit: Double?) -> ClipFactors {
    guard let limit else { return ClipFactors() }
    let retain = blocks.reduce(0) { $0 + $1.retainSquared }.squareRoot()
    let forget = blocks.reduce(0) { $0 + $1.forgetSquared }.squareRoot()
    return ClipFactors(retain: factor(norm: retain, limit: limit), forget: factor(norm: forget, limit: limit))
  }
}
