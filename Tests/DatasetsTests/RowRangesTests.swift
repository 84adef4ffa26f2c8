import Datasets
import Testing

@Suite struct RowRangesTests {
  @Test func rows_inAnyOrder_becomeAscendingRanges() {
    let ranges = RowRanges(rows: [7, 3, 1, 2, 3, 9, 8, 20])
    #expect(ranges.ranges == [1...3, 7...9, 20...20])
    #expect(ranges.rows == [1, 2, 3, 7, 8, 9, 20])
    #expect(ranges.count == 7)
    #expect(ranges.contains(8) && ranges.contains(20) && !ranges.contains(4) && !ranges.contains(21))
  }

  @Test func noRows_giveNoRanges() {
    #expect(RowRanges(rows: []).ranges.isEmpty)
    #expect(!RowRanges(rows: []).contains(0))
  }
}
