/// The best step of one block: d = along a * a + along b * b, and what it does to first order.
struct BlockSolution {
  /// Coefficients of the substituted gradients a' and b'.
  var alongRetain = 0.0
  var alongForget = 0.0
  var branch: BlockStep.Branch
  /// a'.d and b'.d
  var retainChange = 0.0
  var forgetChange = 0.0
}

extension BlockProblem {
  /// What the authors take for no quota at all, where there is nothing to improve: exp(-kappa) leaves such shares.
  private static let negligibleQuota = 1e-12

  /// The closed form of arXiv:2606.02119 for one block with quota Q >= 0.
  ///
  /// - Parameter quota: of this block. Beyond R|b| the answer is `infeasible` and longer than R.
  func solved(quota: Double) -> BlockSolution {
    if forgetSquared == 0 {
      return quota > Self.negligibleQuota ? BlockSolution(branch: .zeroForgetGradient) : direct
    }
    if quota > reach { return alongForget(quota, .infeasible) }
    if retainSquared == 0 { return alongForget(quota, .parallel) }
    let kappa1 = radius > 0 ? -quota * retainNorm / radius : 0
    if kappa <= kappa1 { return direct }
    if isParallel { return alongForget(quota, .parallel) }
    return rectified(quota)
  }

  /// d = -R a/|a|; the block stays where a = 0.
  private var direct: BlockSolution {
    guard retainSquared > 0 else { return BlockSolution(branch: .direct) }
    let scale = radius / retainNorm
    return BlockSolution(
      alongRetain: -scale, branch: .direct, retainChange: -scale * retainSquared, forgetChange: -scale * kappa)
  }

  /// d = Q b/|b|^2: the shortest step that reaches Q.
  private func alongForget(_ quota: Double, _ branch: BlockStep.Branch) -> BlockSolution {
    let scale = quota / forgetSquared
    return BlockSolution(
      alongForget: scale, branch: branch, retainChange: scale * kappa, forgetChange: quota)
  }

  /// d = Q b/|b|^2 - sqrt(R^2 - Q^2/|b|^2) a_perp/|a_perp|
  private func rectified(_ quota: Double) -> BlockSolution {
    let used = quota / forgetNorm
    let rest = max(0, radius * radius - used * used).squareRoot()
    let perp = perpSquared.squareRoot()
    let scale = rest / perp
    return BlockSolution(
      alongRetain: -scale, alongForget: quota / forgetSquared + scale * kappa / forgetSquared, branch: .rectified,
      retainChange: quota * kappa / forgetSquared - rest * perp, forgetChange: quota)
  }
}
