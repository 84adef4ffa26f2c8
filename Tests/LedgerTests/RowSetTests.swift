import Ledger
import Testing

@Suite struct RowSetTests {
  @Test func rows_inAnyOrder_becomeRanges() {
    let set = RowSet([5, 3, 4, 9, 3, 11, 10])
    #expect(set.ranges == [3...5, 9...11])
    #expect(set.count == 6)
    #expect(set.rows == [3, 4, 5, 9, 10, 11])
    #expect(set == RowSet(ranges: [9...11, 3...4, 4...5]))
  }

  @Test func text_ofAnySet_readsBack() {
    for set in [RowSet.empty, RowSet([0]), RowSet(ranges: [0...16, 18...18, 40...99])] {
      #expect(RowSet(text: set.text) == set)
    }
    #expect(RowSet(ranges: [0...16, 18...18]).text == "0-16,18")
  }

  @Test(arguments: ["x", "1,", ",1", "3-1", "-1", "1-2-3", "5,3", "1,2", "1-3,4", "1 ", "1--2"])
  func text_thatIsNone_isRefused(_ text: String) {
    #expect(RowSet(text: text) == nil)
  }

  @Test func algebra_againstPlainSets_agrees() {
    var random = SplitMix(seed: 7)
    for _ in 0..<2000 {
      let (left, right) = (random.rows(below: 40), random.rows(below: 40))
      let (a, b) = (RowSet(left), RowSet(right))
      #expect(a.union(b) == RowSet(left.union(right)))
      #expect(a.intersection(b) == RowSet(left.intersection(right)))
      #expect(a.subtracting(b) == RowSet(left.subtracting(right)))
      #expect((0..<40).filter(a.contains) == left.sorted())
      #expect(RowSet(text: a.text) == a)
    }
  }
}

/// A seeded generator (Steele, Lea and Flood 2014), so that a failure can be run again.
struct SplitMix: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }

  mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }

  mutating func rows(below bound: Int) -> Set<Int> {
    Set((0..<below(bound)).map { _ in below(bound) })
  }
}
