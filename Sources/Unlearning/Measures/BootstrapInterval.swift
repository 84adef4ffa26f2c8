/// The 95 % interval of a membership AUC: forget and held-out rows are drawn anew within each class, 1000 times.
package struct BootstrapInterval {
  /// One class: where its forget rows stand among its held-out rows.
  private struct Stratum {
    /// For each forget row: held-out rows with lower phi, and with lower or equal phi.
    var places: [(lower: Int, upTo: Int)] = []
    var heldout: Int
  }

  private let strata: [Stratum]
  private let count: Int

  package init(_ forget: [Margin], _ heldout: HeldoutMargins) {
    var strata: [Int32: Stratum] = [:]
    for margin in forget {
      strata[margin.label, default: Stratum(heldout: heldout[margin.label].count)].places.append(
        heldout.below(margin.phi, label: margin.label))
    }
    self.strata = strata.keys.sorted().compactMap { strata[$0] }
    count = forget.count
  }

  /// Lower and upper end.
  package func interval(seed: UInt64, draws: Int = RunLimits.bootstrapDraws) -> [Double] {
    var generator = SeededGenerator(seed: seed, purpose: .bootstrap, step: 0)
    let sorted = (0..<draws).map { _ in draw(&generator) }.sorted()
    return [Membership.quantile(0.025, of: sorted), Membership.quantile(0.975, of: sorted)]
  }

  private func draw(_ generator: inout SeededGenerator) -> Double {
    var sum = 0.0
    for stratum in strata {
      // below[k]: how many of the drawn held-out rows are among the first k of the sorted ones.
      var below = [Int](repeating: 0, count: stratum.heldout + 1)
      for _ in 0..<stratum.heldout { below[generator.next(below: stratum.heldout) + 1] += 1 }
      for place in 1..<below.count { below[place] += below[place - 1] }
      var halves = 0
      for _ in stratum.places.indices {
        let place = stratum.places[generator.next(below: stratum.places.count)]
        halves += below[place.lower] + below[place.upTo]
      }
      sum += Double(halves) / (2 * Double(stratum.heldout))
    }
    return sum / Double(count)
  }
}
