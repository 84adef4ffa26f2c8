import Platform

extension Event {
  /// Rows to forget whose copies, nearly, stay.
  package struct Duplicates: Sendable {
    package struct Pair: Sendable {
      let request: String
      let row: Int
      let stays: Int
      let isMirrored: Bool

      package init(request: String, row: Int, stays: Int, isMirrored: Bool) {
        self.request = request
        self.row = row
        self.stays = stays
        self.isMirrored = isMirrored
      }
    }

    let pairs: [Pair]
    /// Rows to forget, and how many of them were looked at.
    let rows: Int
    let rowsSeen: Int

    package init(pairs: [Pair], rows: Int, rowsSeen: Int) {
      self.pairs = pairs
      self.rows = rows
      self.rowsSeen = rowsSeen
    }
  }

  /// So many pairs stand in the entry; the receipts have more.
  private static let pairsTold = 5

  /// nil where there is nothing to say: none was found, and all rows were looked at.
  package static func nearDuplicates(_ run: Run, _ found: Duplicates) -> Event? {
    let limit =
      found.rowsSeen < found.rows
      ? "; only the first \(found.rowsSeen) of \(NumberText.count(found.rows, "row")) to forget were looked at" : ""
    guard !found.pairs.isEmpty else {
      return limit.isEmpty
        ? nil : Event(.nearDuplicates, "No near-duplicates found (\(run.name))\(limit)", run.fields()).at(.info)
    }
    var told = found.pairs.prefix(pairsTold).map(\.sentence)
    if found.pairs.count > told.count { told.append("and \(found.pairs.count - told.count) more") }
    var named = run
    named.requests = run.requests.filter { id in found.pairs.contains { $0.request == id } }
    return Event(
      .nearDuplicates,
      "Near-duplicates of \(NumberText.count(found.pairs.count, "row")) to forget stay (\(run.name)):"
        + " \(told.joined(separator: ", ")); what the model knows of one it knows of the other: add the row that stays"
        + " to the request if it is the same person's\(limit)",
      named.fields())
  }
}

extension Event.Duplicates.Pair {
  fileprivate var sentence: String {
    "row \(row) of request \(request) is nearly the same as row \(stays)\(isMirrored ? " in a mirror" : "")"
  }
}
