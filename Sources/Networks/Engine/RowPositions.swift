/// Positions in a batch whose rows are wanted, ascending with a fixed stride.
package struct RowPositions: RandomAccessCollection, Sendable, Equatable {
  package let first: Int
  package let stride: Int
  package let count: Int

  package init(first: Int, stride: Int, count: Int) {
    self.first = first
    self.stride = stride
    self.count = count
  }

  package var startIndex: Int { 0 }
  package var endIndex: Int { count }
  package subscript(index: Int) -> Int { first + index * stride }
}
