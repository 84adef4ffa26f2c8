import Testing
import Unlearning

/// Membership AUC and rank-matched targets against their definitions, written out.
@Suite struct MembershipTests {
  private let heldout = HeldoutMargins(labels: [0, 0, 0, 0, 1, 1], phi: [3, 1, 2, 4, 10, 20])

  private func margins(_ rows: [(Int, Int32, Double)]) -> [Margin] {
    rows.map { Margin(row: $0.0, label: $0.1, phi: $0.2) }
  }

  @Test func auc_isTheShareOfHeldoutRowsOfTheSameClassBelow() {
    #expect(Membership.auc(margins([(0, 0, 2.5)]), heldout) == 0.5)
    #expect(Membership.auc(margins([(0, 0, 5)]), heldout) == 1)
    #expect(Membership.auc(margins([(0, 0, 0)]), heldout) == 0)
    // Against its own class only: 15 is above all of class 0 and between those of class 1.
    #expect(Membership.auc(margins([(0, 1, 15)]), heldout) == 0.5)
    #expect(Membership.auc(margins([(0, 0, 5), (1, 1, 5)]), heldout) == 0.5)
  }

  @Test func auc_countsTiesOneHalf() {
    #expect(Membership.auc(margins([(0, 0, 2)]), heldout) == (1 + 0.5) / 4)
  }

  @Test func auc_againstEveryPair() {
    var numbers = TestNumbers(1)
    for _ in 0..<50 {
      let labels = (0..<60).map { _ in Int32(numbers.below(3)) }
      let phi = labels.map { _ in Double(numbers.below(12)) }
      let forget = (0..<20).map { Margin(row: $0, label: labels[$0], phi: Double(numbers.below(12))) }
      let found = Membership.auc(forget, HeldoutMargins(labels: labels, phi: phi))
      var sum = 0.0
      for margin in forget {
        let own = zip(labels, phi).filter { $0.0 == margin.label }.map(\.1)
        sum += own.reduce(0) { $0 + ($1 < margin.phi ? 1 : $1 == margin.phi ? 0.5 : 0) } / Double(own.count)
      }
      #expect(abs(found - sum / 20) < 1e-12)
    }
  }

  @Test func targets_areQuantilesOfTheClassAtTheRowsRank() {
    // Two rows of class 0: p = 1/4 and 3/4 of [1, 2, 3, 4], at positions 0.75 and 2.25.
    let targets = Membership.targets(margins([(7, 0, 9), (3, 0, 8), (5, 1, 0)]), heldout)
    #expect(targets == [3.25, 1.75, 15])
  }

  @Test func targets_whenPhiIsEqual_goByRowNumber() {
    #expect(Membership.targets(margins([(9, 0, 8), (3, 0, 8)]), heldout) == [3.25, 1.75])
  }

  @Test func targets_ofOneRow_isTheMedian() {
    #expect(Membership.targets(margins([(0, 0, 100)]), heldout) == [2.5])
    #expect(Membership.targets(margins([(0, 2, 1)]), HeldoutMargins(labels: [2], phi: [7])) == [7])
  }

  @Test func excess_whenZero_meansDistributedAsHeldoutRows() {
    let rows = margins((0..<4).map { ($0, 0, Double($0 + 1)) })
    let targets = Membership.targets(rows, heldout)
    #expect(Membership.excess(rows, targets) < 0.2)
    #expect(abs(Membership.auc(rows, heldout) - 0.5) < 1e-12)
  }

  @Test func surerRows_areAboveEveryHeldoutRowOfTheirClass() {
    #expect(Membership.surerRows(margins([(0, 0, 4), (1, 0, 4.1), (2, 1, 19), (3, 1, 21)]), heldout) == 2)
  }
}
