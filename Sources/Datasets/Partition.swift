import Synchronization

/// The rows of one run: forget D_f, retain D_r, held-out D_h. All ascending.
package struct Partition: Sendable, Equatable {
  /// Training rows to forget.
  package let forget: [Int]
  /// Training rows that are still allowed.
  package let retain: [Int]
  /// Held-out rows to measure on.
  package let heldout: [Int]

  /// - Parameters:
  ///   - trainCount: rows of the training split.
  ///   - forget: training rows of the batch, in any order.
  ///   - excluded: training rows with a tombstone and those of other waiting requests; a row may be in both lists.
  ///   - heldout: from `Dataset.honestHeldoutRows()`.
  package init(trainCount: Int, forget: some Sequence<Int>, excluded: some Sequence<Int>, heldout: [Int]) {
    var allowed = [Bool](repeating: true, count: trainCount)
    for row in excluded where allowed.indices.contains(row) { allowed[row] = false }
    var forgotten = [Bool](repeating: false, count: trainCount)
    for row in forget where forgotten.indices.contains(row) { forgotten[row] = true }
    self.forget = (0..<trainCount).filter { forgotten[$0] }
    retain = (0..<trainCount).filter { allowed[$0] && !forgotten[$0] }
    self.heldout = heldout
  }
}

extension Dataset {
  /// Held-out rows without those that equal a training row byte for byte: they were trained on. Ascending.
  ///
  /// Reads every row the first time.
  package func honestHeldoutRows() throws(DatasetError) -> [Int] {
    if let known = honestHeldout.withLock({ $0 }) { return known }
    let digests = try heldout.rowDigests(salt: [])
    let wanted = Set(digests)
    let trained = try train.rowsDigested(among: wanted)
    let honest = digests.indices.filter { !trained.contains(digests[$0]) }
    honestHeldout.withLock { $0 = honest }
    return honest
  }
}
