/// A forget row as membership attacks see it: phi is the log-odds of its right class (LiRA, arXiv:2112.03570).
package struct Margin: Sendable, Equatable {
  package var row: Int
  package var label: Int32
  package var phi: Double

  package init(row: Int, label: Int32, phi: Double) {
    self.row = row
    self.label = label
    self.phi = phi
  }
}

/// How well forget rows can be told from held-out rows of their own classes. Every class of the forget rows must have
/// held-out rows.
package enum Membership {
  /// The mean over the forget rows of the share of held-out rows of their class with lower phi; ties count one half.
  package static func auc(_ forget: [Margin], _ heldout: HeldoutMargins) -> Double {
    let sum = forget.reduce(0) { sum, margin in
      let (lower, upTo) = heldout.below(margin.phi, label: margin.label)
      return sum + (Double(lower) + 0.5 * Double(upTo - lower)) / Double(heldout[margin.label].count)
    }
    return sum / Double(forget.count)
  }

  /// Rows that are surer than every held-out row of their class.
  package static func surerRows(_ forget: [Margin], _ heldout: HeldoutMargins) -> Int {
    forget.count { margin in heldout[margin.label].last.map { margin.phi > $0 } ?? false }
  }

  /// The rank-matched target t of each row, in the order given: of the n rows of a class, ascending by phi (equal phi by
  /// row number), the k-th gets the (k + 1/2)/n quantile of phi over the held-out rows of that class.
  package static func targets(_ forget: [Margin], _ heldout: HeldoutMargins) -> [Double] {
    var targets = [Double](repeating: 0, count: forget.count)
    var places = [[Int]](repeating: [], count: 1 + Int(forget.map(\.label).max() ?? -1))
    for (place, margin) in forget.enumerated() { places[Int(margin.label)].append(place) }
    for (label, places) in places.enumerated() where !places.isEmpty {
      let ranked = places.sorted { (forget[$0].phi, forget[$0].row) < (forget[$1].phi, forget[$1].row) }
      for (rank, place) in ranked.enumerated() {
        targets[place] = quantile((Double(rank) + 0.5) / Double(ranked.count), of: heldout[Int32(label)])
      }
    }
    return targets
  }

  /// F: the mean of max(phi - t, 0).
  package static func excess(_ forget: [Margin], _ targets: [Double]) -> Double {
    zip(forget, targets).reduce(0) { $0 + max($1.0.phi - $1.1, 0) } / Double(forget.count)
  }

  /// Linear between order statistics, at position p(m - 1), counted from 0.
  static func quantile(_ p: Double, of sorted: [Double]) -> Double {
    let position = p * Double(sorted.count - 1)
    let lower = Int(position.rounded(.down))
    guard lower + 1 < sorted.count else { return sorted[sorted.count - 1] }
    return sorted[lower] + (position - Double(lower)) * (sorted[lower + 1] - sorted[lower])
  }
}
