import Networks
import Testing
import Unlearning

/// Rows are drawn by (seed, purpose, step) and nothing else.
@Suite struct DrawingTests {
  private func generator(_ step: Int, _ purpose: SeededGenerator.Purpose = .retainBatch) -> SeededGenerator {
    SeededGenerator(seed: 42, purpose: purpose, step: step)
  }

  /// These numbers are part of what `same bits` promises: a version made today can be made again by a later hamud.
  @Test func numbers_areTheseForEver() {
    var one = generator(0)
    let numbers = (0..<3).map { _ in one.next() }
    #expect(numbers == [4_488_420_693_440_655_736, 4_078_449_096_393_251_632, 12_056_732_613_625_638_140])
    var places = generator(7, .forgetBatch)
    #expect(places.places(5, of: 100) == [84, 72, 45, 62, 54])
  }

  @Test func streams_differByStepPurposeAndSeed() {
    var seen: Set<UInt64> = []
    for seed in 0..<10 as Range<UInt64> {
      for step in 0..<20 {
        for purpose in [SeededGenerator.Purpose.retainBatch, .forgetBatch, .erasedGuards, .rowGuards] {
          var generator = SeededGenerator(seed: seed, purpose: purpose, step: step)
          seen.insert(generator.next())
        }
      }
    }
    #expect(seen.count == 800)
  }

  @Test func places_areDifferent_andEachAsLikelyAsTheOthers() {
    var counts = [Int](repeating: 0, count: 20)
    for step in 0..<4000 {
      var generator = generator(step)
      let places = generator.places(5, of: 20)
      #expect(Set(places).count == 5)
      for place in places { counts[place] += 1 }
    }
    // 1000 each; six standard deviations are 165.
    #expect(counts.allSatisfy { abs($0 - 1000) < 165 })
  }

  @Test func batch_thatHoldsEverything_isWholeAndInOrder() {
    let rows = [3, 5, 8]
    #expect(BatchRows.draw(3, of: rows, with: generator(1)) == BatchRows(rows: rows, isWhole: true))
    let part = BatchRows.draw(2, of: rows, with: generator(1))
    #expect(!part.isWhole && part.rows.count == 2 && Set(part.rows).isSubset(of: rows))
  }

  @Test func guards_areDrawnEvenlyOverErasures() {
    let rows = (0..<100).map { GuardPool.Row(row: $0, erasure: $0 < 90 ? 1 : $0 < 97 ? 2 : 3, target: 0) }
    let pool = GuardPool(rows)
    for step in 0..<20 {
      let drawn = pool.draw(12, with: generator(step))
      let counts = [1, 2, 3].map { erasure in drawn.count { $0.erasure == erasure } }
      // The third has only three; the others share what it cannot give.
      #expect(counts.reduce(0, +) == 12 && counts[2] == 3 && abs(counts[0] - counts[1]) <= 1)
      #expect(Set(drawn.map(\.row)).count == 12)
    }
    #expect(pool.draw(1000, with: generator(0)).count == 100)
    #expect(GuardPool([]).draw(5, with: generator(0)).isEmpty)
  }

  @Test(arguments: [1, 2, 7, 20], [0, 1, 5, 32])
  func forgetBatch_weighsEveryRowOfAKindAlike(rows: Int, guards: Int) {
    let held = (0..<guards).map { GuardPool.Row(row: 100 + $0, erasure: 1, target: 2) }
    let batch = ForgetBatch(
      BatchRows(rows: Array(0..<rows), isWhole: true),
      pushed: (0..<rows).map { .lowered(.hingeMargin(target: Double($0))) },
      guards: [.init(rows: held, weight: 0.3), .init(rows: [], weight: 0.3)],
      labels: [Int32](repeating: 1, count: 200))
    #expect(batch.rows.count == rows + guards && batch.phaseRows == rows)
    for (position, task) in batch.tasks.enumerated() {
      let share = position.isMultiple(of: 2) ? batch.evenShare : batch.oddShare
      let weight = position < rows ? -1 / Double(rows) : -0.3 / Double(guards)
      #expect(abs(Double(task.weight) * share - weight) < 1e-6)
      let target = position < rows ? Double(position) : 2
      #expect(task.objective == .hingeMargin(target: target))
    }
    // Without guards each half is the mean over its own rows.
    if guards == 0 && rows > 1 {
      let even = batch.tasks.enumerated().filter { $0.offset.isMultiple(of: 2) }.map { Double($0.element.weight) }
      #expect(abs(even.reduce(0, +) + 1) < 1e-6)
    }
  }

  @Test func crossEntropyBatch_isRaised() {
    let batch = ForgetBatch(
      BatchRows(rows: [4, 6], isWhole: false), guards: [], labels: [0, 0, 0, 0, 1, 0, 2])
    #expect(batch.tasks.map(\.weight) == [1, 1] && batch.evenShare == 0.5)
    #expect(batch.tasks.map(\.label) == [1, 2])
    #expect(batch.tasks.allSatisfy { $0.objective == .crossEntropy })
  }

  @Test func interval_isTheSameForTheSameSeed_andHoldsThePoint() {
    var numbers = TestNumbers(9)
    let labels = (0..<200).map { Int32($0 % 4) }
    let heldout = HeldoutMargins(labels: labels, phi: labels.map { _ in numbers.normal() })
    let forget = (0..<60).map { Margin(row: $0, label: Int32($0 % 4), phi: numbers.normal() + 0.7) }
    let auc = Membership.auc(forget, heldout)
    let interval = BootstrapInterval(forget, heldout).interval(seed: 1)
    #expect(interval == BootstrapInterval(forget, heldout).interval(seed: 1))
    #expect(interval != BootstrapInterval(forget, heldout).interval(seed: 2))
    #expect(interval[0] < auc && auc < interval[1])
    // About 1.96 standard errors to each side: sqrt(AUC (1 - AUC)/60) is near enough.
    let error = (auc * (1 - auc) / 60).squareRoot()
    #expect(interval[1] - interval[0] > 1.5 * error && interval[1] - interval[0] < 6 * error)
  }
}
