/// A set of rows as ranges: 0-16, 18, 40-99. What hamud.json and the ledger keep of a retain set.
package struct RowRanges: Sendable, Equatable {
  /// Ascending, disjoint, not adjacent.
  package let ranges: [ClosedRange<Int>]

  /// From rows in any order; repeated ones count once.
  package init(rows: some Sequence<Int>) {
    var ranges: [ClosedRange<Int>] = []
    for row in rows.sorted() {
      if let last = ranges.last, row <= last.upperBound + 1 {
        ranges[ranges.count - 1] = last.lowerBound...max(last.upperBound, row)
      } else {
        ranges.append(row...row)
      }
    }
    self.ranges = ranges
  }

  package var count: Int { ranges.reduce(0) { $0 + $1.count } }

  /// Ascending.
  package var rows: [Int] { ranges.flatMap { Array($0) } }

  package func contains(_ row: Int) -> Bool {
    var low = 0
    var high = ranges.count
    while low < high {
      let middle = (low + high) / 2
      if ranges[middle].upperBound < row { low = middle + 1 } else { high = middle }
    }
    return low < ranges.count && ranges[low].contains(row)
  }
}
