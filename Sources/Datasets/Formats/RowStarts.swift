/// Which of several files, laid end to end, holds a row.
struct RowStarts: Sendable {
  /// The first row of each file.
  private let firstRows: [Int]

  init(counts: [Int]) {
    var first = 0
    firstRows = counts.map { count in
      defer { first += count }
      return first
    }
  }

  /// The last file that begins at or before the row; files without rows are passed over.
  func place(of row: Int) -> (file: Int, index: Int) {
    var low = 0
    var high = firstRows.count - 1
    while low < high {
      let middle = (low + high + 1) / 2
      if firstRows[middle] <= row { low = middle } else { high = middle - 1 }
    }
    return (low, row - firstRows[low])
  }
}
