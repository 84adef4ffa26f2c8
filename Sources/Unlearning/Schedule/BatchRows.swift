/// Training rows of one side of a step.
package struct BatchRows: Sendable, Equatable {
  package var rows: [Int]
  /// They are all there are: then the batch's gradient carries no noise, and its norm is known exactly.
  package var isWhole: Bool
  /// What each row counts in the batch's mean, in the mean 1; nil: all count alike.
  package var weights: [Double]?

  package init(rows: [Int], isWhole: Bool) {
    self.rows = rows
    self.isWhole = isWhole
  }

  /// Of a side that nobody looks at.
  package static let nothing = BatchRows(rows: [], isWhole: true)

  /// `size` of `rows` without repetition in random order, or all of them in their own order.
  package static func draw(_ size: Int, of rows: [Int], with generator: SeededGenerator) -> BatchRows {
    guard rows.count > size else { return BatchRows(rows: rows, isWhole: true) }
    var generator = generator
    return BatchRows(rows: generator.places(size, of: rows.count).map { rows[$0] }, isWhole: false)
  }
}
