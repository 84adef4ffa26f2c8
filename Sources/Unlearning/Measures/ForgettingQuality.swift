import Glibc

/// How well unlearned networks can be told from networks that never saw the rows: the score of the NeurIPS 2023 unlearning
/// competition (arXiv:2406.09073), with the decision rules, constants and grid of its published evaluation.
///
/// For each row an attacker sees its logit-scaled confidence phi in one network and says whether that was unlearned or
/// trained anew, by one threshold or by a window. From the rates of the best rule, epsilon is the largest of
/// log(1 - delta - FPR) - log FNR and log(1 - delta - FNR) - log FPR. Small epsilons give a row 1 point, and half as many for
/// each further 0.5; the quality is the mean over the rows.
package struct ForgettingQuality: Sendable, Equatable {
  package static let delta = 1e-5
  /// Where nothing can confuse the two.
  package static let cap = 50.0
  /// Fewer networks of each kind than this tell nothing.
  package static let leastNetworks = 3

  private static let stepsPerUnit = 100.0
  /// How far a window's edges are moved around the narrower distribution.
  private static let buffer = 2.0
  /// One distribution that is this much narrower than the other gives itself away.
  private static let peaky = 0.01
  private static let bucket = 0.5

  /// By row.
  package let epsilons: [Double]
  /// 0 to 1.
  package let quality: Double

  /// - Parameters: phi by network, then by row; as many networks of either kind, at least `leastNetworks`.
  package init(unlearned: [[Double]], retrained: [[Double]]) {
    precondition(unlearned.count == retrained.count && unlearned.count >= Self.leastNetworks)
    let rows = retrained[0].indices
    epsilons = rows.map { row in Self.epsilon(unlearned.map { $0[row] }, retrained.map { $0[row] }) }
    let networks = retrained.count
    quality = epsilons.reduce(0) { $0 + Self.points($1, networks: networks) } / Double(max(1, rows.count))
  }

  /// How large an epsilon can be that so many networks can show at all, rounded up; beyond it there are no points.
  static func points(_ epsilon: Double, networks: Int) -> Double {
    let most = log(Double(networks - 1)).rounded(.up)
    let place = (epsilon / bucket).rounded(.down)
    return (place + 1) * bucket <= most ? exp2(-place) : 0
  }

  private static func epsilon(_ unlearned: [Double], _ retrained: [Double]) -> Double {
    let isRetrainedHigher = median(retrained) > median(unlearned)
    let high = Sample(isRetrainedHigher ? retrained : unlearned)
    let low = Sample(isRetrainedHigher ? unlearned : retrained)
    let (wide, narrow) = (max(high.spread, low.spread), min(high.spread, low.spread))
    // Nothing that is always the same can be told from itself.
    if wide == 0 && high.least == low.least { return 0 }
    if narrow / wide < peaky { return cap }
    var best: Double?
    func take(_ fpr: Double, _ fnr: Double) {
      guard let epsilon = epsilon(fpr, fnr) else { return }
      best = max(best ?? 0, epsilon)
    }
    thresholds(high, low) { take(low.share(from: $0), 1 - high.share(from: $0)) }
    // The window holds what belongs to the narrower of the two.
    let (inside, outside) = high.spread >= low.spread ? (low, high) : (high, low)
    windows(inside) { left, right in
      take(outside.share(from: left, to: right), 1 - inside.share(from: left, to: right))
    }
    // Every rule had one of its rates at 0: the two lie apart, closer than the grid is fine.
    return min(best ?? cap, cap)
  }

  /// nil where one of the rates alone is 0: too few networks to know it.
  private static func epsilon(_ fpr: Double, _ fnr: Double) -> Double? {
    if fpr == 0 && fnr == 0 { return .infinity }
    if fpr == 0 || fnr == 0 { return nil }
    let both = [log(1 - delta - fpr) - log(fnr), log(1 - delta - fnr) - log(fpr)].filter { !$0.isNaN }
    return both.max().map { max(0, $0) }
  }

  private static func thresholds(_ high: Sample, _ low: Sample, _ body: (Double) -> Void) {
    let (first, last) = (min(high.least, low.least), max(high.most, low.most))
    evenly(first, last, Int(((last - first) * stepsPerUnit).rounded(.up)), body)
  }

  private static func windows(_ inside: Sample, _ body: (Double, Double) -> Void) {
    let (first, last) = (inside.most - buffer, inside.most + buffer)
    let count = Int(((last - first) * stepsPerUnit).rounded(.up))
    evenly(first, last, count) { right in
      let middle = right - inside.spread
      evenly(middle - buffer, middle + buffer, Int((2 * buffer * stepsPerUnit).rounded(.up))) { body($0, right) }
    }
  }

  private static func evenly(_ first: Double, _ last: Double, _ count: Int, _ body: (Double) -> Void) {
    guard count > 1 else { return count == 1 ? body(first) : () }
    let step = (last - first) / Double(count - 1)
    for index in 0..<count { body(index == count - 1 ? last : first + Double(index) * step) }
  }

  private static func median(_ values: [Double]) -> Double {
    let sorted = values.sorted()
    let middle = sorted.count / 2
    return sorted.count.isMultiple(of: 2) ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
  }
}

/// One row's phi in the networks of one kind, ascending.
private struct Sample {
  private let sorted: [Double]

  init(_ values: [Double]) { sorted = values.sorted() }

  var least: Double { sorted[0] }
  var most: Double { sorted[sorted.count - 1] }
  var spread: Double { most - least }

  /// The share at `left` or above, and at `right` or below.
  func share(from left: Double, to right: Double = .infinity) -> Double {
    let count = places { $0 <= right } - places { $0 < left }
    return Double(max(0, count)) / Double(sorted.count)
  }

  /// How many from the first hold; all that hold come first.
  private func places(_ holds: (Double) -> Bool) -> Int {
    var (low, high) = (0, sorted.count)
    while low < high {
      let middle = (low + high) / 2
      if holds(sorted[middle]) { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
