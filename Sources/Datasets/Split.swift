/// One split's rows. Safe to read from several threads at once: nothing is shared but descriptors read with pread.
package final class Split: Sendable {
  package let count: Int
  /// By row; from 0.
  package let labels: [Int32]
  private let rowsByClass: [[Int]]
  private let rows: any RowStore

  init(rows: any RowStore) {
    self.rows = rows
    labels = rows.labels
    count = labels.count
    var byClass = [[Int]](repeating: [], count: 1 + Int(labels.max() ?? -1))
    for (row, label) in labels.enumerated() { byClass[Int(label)].append(row) }
    rowsByClass = byClass
  }

  /// Numbers of one sample.
  package var elements: Int { rows.sampleElements }

  /// Rows of a class, ascending; none for a class that the split does not have.
  package func rows(ofClass label: Int) -> [Int] {
    rowsByClass.indices.contains(label) ? rowsByClass[label] : []
  }

  /// Normalised samples, row-major, [rows.count, C, H, W] or [rows.count, F], into the front of `samples`.
  ///
  /// - Throws: where a file is shorter than when it was opened, or a line is no longer the one that was indexed.
  package func read(
    rows selected: some Collection<Int>, into samples: UnsafeMutableBufferPointer<Float>
  ) throws(DatasetError) {
    let size = rows.sampleElements
    precondition(samples.count >= selected.count * size, "the buffer is smaller than the rows to read")
    var scratch: [UInt8] = []
    var start = 0
    for row in selected {
      try check(row)
      try rows.decode(row, into: UnsafeMutableBufferPointer(rebasing: samples[start..<start + size]), &scratch)
      start += size
    }
  }

  /// The salted digest of a row's content and label.
  package func rowDigest(_ row: Int, salt: [UInt8]) throws(DatasetError) -> RowDigest {
    try check(row)
    var content: [UInt8] = []
    try rows.content(of: row, &content)
    return RowDigester(salt: salt).digest(row: content)
  }

  /// The salted digests of all rows, by row.
  package func rowDigests(salt: [UInt8]) throws(DatasetError) -> [RowDigest] {
    let digester = RowDigester(salt: salt)
    var digests: [RowDigest] = []
    digests.reserveCapacity(count)
    var content: [UInt8] = []
    for row in 0..<count {
      try rows.content(of: row, &content)
      digests.append(digester.digest(row: content))
    }
    return digests
  }

  /// Which of these unsalted digests some row has.
  func rowsDigested(among wanted: Set<RowDigest>) throws(DatasetError) -> Set<RowDigest> {
    let digester = RowDigester(salt: [])
    var found: Set<RowDigest> = []
    var content: [UInt8] = []
    for row in 0..<count {
      try rows.content(of: row, &content)
      let digest = digester.digest(row: content)
      if wanted.contains(digest) { found.insert(digest) }
    }
    return found
  }

  private func check(_ row: Int) throws(DatasetError) {
    guard row >= 0, row < count else { throw .noSuchRow(row, count: count) }
  }
}
