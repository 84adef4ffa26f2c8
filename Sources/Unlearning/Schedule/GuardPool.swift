/// Rows that were erased before, of one kind, with the phi that each is held down to.
package struct GuardPool: Sendable, Equatable {
  package struct Row: Sendable, Equatable {
    package var row: Int
    package var erasure: Int
    package var target: Double

    package init(row: Int, erasure: Int, target: Double) {
      self.row = row
      self.erasure = erasure
      self.target = target
    }
  }

  /// By erasure, each ascending by row; erasures ascending.
  private let byErasure: [[Row]]

  package init(_ rows: [Row]) {
    var groups: [Int: [Row]] = [:]
    for row in rows { groups[row.erasure, default: []].append(row) }
    byErasure = groups.keys.sorted().map { erasure in
      (groups[erasure] ?? []).sorted { $0.row < $1.row }
    }
  }

  /// At most `count` rows, as evenly over the erasures as their sizes allow.
  package func draw(_ count: Int, with generator: SeededGenerator) -> [Row] {
    var generator = generator
    var sizes = [Int](repeating: 0, count: byErasure.count)
    // Round by round one from each, in an order of its own in this step, so that remainders fall on all alike.
    let order = generator.places(byErasure.count, of: byErasure.count)
    var left = min(count, byErasure.reduce(0) { $0 + $1.count })
    while left > 0 {
      for place in order where left > 0 && sizes[place] < byErasure[place].count {
        sizes[place] += 1
        left -= 1
      }
    }
    return byErasure.indices.flatMap { place in
      generator.places(sizes[place], of: byErasure[place].count).map { byErasure[place][$0] }
    }
  }
}
