/// Labels that lie side by side as numbers of some kind.
struct LabelReader {
  let file: OpenFile
  let kind: ElementKind
  let start: Int

  /// - Throws: where a label is no whole number from 0 to below `DatasetLimits.classes`.
  func read(count: Int) throws(DatasetError) -> [Int32] {
    var labels: [Int32] = []
    labels.reserveCapacity(count)
    let atOnce = 1 << 16
    var bytes: [UInt8] = []
    for first in stride(from: 0, to: count, by: atOnce) {
      let size = min(atOnce, count - first)
      try file.read(at: start + first * kind.bytes, count: size * kind.bytes, into: &bytes)
      for index in 0..<size {
        let number = bytes.withUnsafeBytes { kind.number($0, index * kind.bytes) }
        labels.append(try label(number, row: first + index))
      }
    }
    return labels
  }

  private func label(_ number: Double, row: Int) throws(DatasetError) -> Int32 {
    guard let whole = Int(exactly: number) else { throw .format(path: file.path, .fractionalLabel(row: row)) }
    guard whole >= 0, whole < DatasetLimits.classes else {
      throw .format(path: file.path, .label(row: row, found: whole, classes: DatasetLimits.classes))
    }
    return Int32(whole)
  }
}
