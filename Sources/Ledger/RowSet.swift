/// A set of row numbers as ranges with both ends: ascending, disjoint, not adjacent.
package struct RowSet: Hashable, Sendable {
  package let ranges: [ClosedRange<Int>]

  package static let empty = RowSet(ordered: [])

  /// From rows in any order; repeated ones count once.
  package init(_ rows: some Sequence<Int>) { self.init(ranges: rows.map { $0...$0 }) }

  /// From ranges in any order, which may overlap.
  package init(ranges: some Sequence<ClosedRange<Int>>) {
    var merged: [ClosedRange<Int>] = []
    for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) { merged.extend(by: range) }
    self.init(ordered: merged)
  }

  private init(ordered ranges: [ClosedRange<Int>]) { self.ranges = ranges }

  package var isEmpty: Bool { ranges.isEmpty }
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

  package func union(_ other: RowSet) -> RowSet {
    other.isEmpty ? self : isEmpty ? other : RowSet(ranges: ranges + other.ranges)
  }

  package func intersection(_ other: RowSet) -> RowSet {
    var shared: [ClosedRange<Int>] = []
    var (mine, theirs) = (0, 0)
    while mine < ranges.count, theirs < other.ranges.count {
      let (left, right) = (ranges[mine], other.ranges[theirs])
      if left.overlaps(right) { shared.append(left.clamped(to: right)) }
      if left.upperBound < right.upperBound { mine += 1 } else { theirs += 1 }
    }
    return RowSet(ordered: shared)
  }

  package func subtracting(_ other: RowSet) -> RowSet {
    var rest: [ClosedRange<Int>] = []
    var theirs = 0
    for range in ranges {
      var start = range.lowerBound
      while theirs < other.ranges.count, other.ranges[theirs].upperBound < start { theirs += 1 }
      var cut = theirs
      while cut < other.ranges.count, other.ranges[cut].lowerBound <= range.upperBound {
        let hole = other.ranges[cut]
        if start < hole.lowerBound { rest.append(start...hole.lowerBound - 1) }
        start = max(start, hole.upperBound + 1)
        cut += 1
      }
      if start <= range.upperBound { rest.append(start...range.upperBound) }
    }
    return RowSet(ordered: rest)
  }
}

extension [ClosedRange<Int>] {
  /// Appends a range that begins no earlier than the last one, melting the two where they touch.
  fileprivate mutating func extend(by range: ClosedRange<Int>) {
    guard let last, range.lowerBound <= last.upperBound || range.lowerBound == last.upperBound + 1 else {
      return append(range)
    }
    self[count - 1] = last.lowerBound...Swift.max(last.upperBound, range.upperBound)
  }
}

extension RowSet {
  /// `0-16,18,40-99`; empty for no rows. What the ledger's file holds: readable with any SQLite shell.
  package var text: String {
    ranges.map { $0.count == 1 ? String($0.lowerBound) : "\($0.lowerBound)-\($0.upperBound)" }.joined(separator: ",")
  }

  /// Nil when the text is not one that `text` gives.
  package init?(text: String) {
    var ranges: [ClosedRange<Int>] = []
    for part in text.utf8.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false) where !text.isEmpty {
      let ends = part.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false).map { Int(Substring($0)) }
      guard let low = ends[0], low >= 0, ends.count <= 2, let high = ends.count == 2 ? ends[1] : low, low <= high
      else { return nil }
      if let last = ranges.last, low <= last.upperBound || low == last.upperBound + 1 { return nil }
      ranges.append(low...high)
    }
    self.init(ordered: ranges)
  }
}
