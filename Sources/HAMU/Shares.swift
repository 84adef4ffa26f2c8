import Glibc

/// The quota's share of each block, for the allocations that share it before they solve the blocks.
struct Shares {
  /// In proportion to which blocks get their share; not all 0, unless none has anything to offer.
  private let weights: [Double]
  /// R_i |b_i|: no block can give more.
  private let reach: [Double]

  init(_ problems: [BlockProblem], _ allocation: Allocation) {
    reach = problems.map(\.reach)
    switch allocation {
    case .gradNormProduct:
      weights = problems.map { $0.retainNorm * $0.forgetNorm }
    case .softmaxDot:
      // Shifted by the least kappa: the same shares, and exp of no large number.
      let least = problems.map(\.kappa).min() ?? 0
      weights = problems.map { exp(least - $0.kappa) }
    case .uniform, .optimal, .global:
      weights = problems.map { _ in 1 }
    }
  }

  /// In proportion to the weights, whatever a block can reach.
  func literal(_ quota: Double) -> [Double] {
    let total = weights.reduce(0, +)
    return total > 0 ? weights.map { quota * ($0 / total) } : weights.map { _ in 0 }
  }

  /// In proportion to the weights, but to no block more than it can reach; what it cannot take is shared among the
  /// others in proportion. Where the weights of all others are 0 (blocks with nothing to lose, under
  /// grad-norm-product), they take it in proportion to what they can reach.
  func capped(_ quota: Double) -> [Double] {
    var shares = [Double](repeating: 0, count: weights.count)
    var open = Array(weights.indices)
    var rest = quota
    while !open.isEmpty && rest > 0 {
      let total = open.reduce(0) { $0 + weights[$1] }
      let room = open.reduce(0) { $0 + reach[$1] }
      if room <= 0 { break }
      func share(_ block: Int) -> Double { rest * (total > 0 ? weights[block] / total : reach[block] / room) }
      let full = open.filter { share($0) >= reach[$0] }
      if full.isEmpty {
        for block in open { shares[block] = share(block) }
        break
      }
      for block in full { shares[block] = reach[block] }
      open.removeAll { share($0) >= reach[$0] }
      rest = quota - shares.reduce(0, +)
    }
    return shares
  }
}
