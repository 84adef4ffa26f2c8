/// phi of the held-out rows, by class, ascending: what forget rows are compared with.
package struct HeldoutMargins: Sendable {
  private let byClass: [[Double]]

  package init(labels: [Int32], phi: [Double]) {
    var byClass = [[Double]](repeating: [], count: 1 + Int(labels.max() ?? -1))
    for (label, phi) in zip(labels, phi) { byClass[Int(label)].append(phi) }
    self.byClass = byClass.map { $0.sorted() }
  }

  /// Ascending; none for a class without held-out rows.
  package subscript(label: Int32) -> [Double] {
    byClass.indices.contains(Int(label)) ? byClass[Int(label)] : []
  }

  /// How many held-out rows of the class have a lower phi, and how many a lower or equal one.
  func below(_ phi: Double, label: Int32) -> (lower: Int, upTo: Int) {
    let sorted = self[label]
    return (sorted.partition { $0 < phi }, sorted.partition { $0 <= phi })
  }
}

extension [Double] {
  /// The number of elements from the first that hold; all that hold come first.
  fileprivate func partition(_ holds: (Double) -> Bool) -> Int {
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      if holds(self[middle]) { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
