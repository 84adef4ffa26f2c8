/// Finds forgotten rows in other data, by their salted digests. A pure function.
package enum Rematch {
  /// What is kept of a forgotten row.
  package struct Tombstone: Sendable, Equatable {
    /// Where it was; below zero where it was not in the data.
    package let row: Int
    package let content: RowDigest
    package let id: RowDigest?

    package init(row: Int, content: RowDigest, id: RowDigest?) {
      self.row = row
      self.content = content
      self.id = id
    }
  }

  /// The rows of the new data.
  package struct NewRows: Sendable {
    /// By row, salted as the tombstones are.
    package let contents: [RowDigest]
    /// By row; empty where the new data have no ids.
    package let ids: [RowDigest?]

    package init(contents: [RowDigest], ids: [RowDigest?]) {
      self.contents = contents
      self.ids = ids
    }
  }

  /// Where a tombstone's row is now.
  package enum Place: Sendable, Equatable {
    /// At the same row number, with the same content.
    case kept
    /// The same content at another row.
    case moved(to: Int)
    /// The same id at this row (possibly the same number), with other content: still the same sample, so still
    /// forgotten.
    case changed(at: Int)
    case gone
  }

  package struct Result: Sendable, Equatable {
    /// By tombstone, in the order given.
    package let places: [Place]
    /// Of those that are gone: which have an id that another's row has now. (By position among the tombstones.)
    package let disproved: Set<Int>
    /// Rows of the new data that equal a forgotten row and that no tombstone took: copies beyond those that were asked
    /// for.
    package let unclaimedCopies: [Int]
  }

  /// One row of the new data answers to one tombstone at most, so two forgotten copies need two rows.
  ///
  /// Content decides before the id: ids that are mere numbers are given anew when data are put together again, and
  /// following them would hold down a stranger's row and let the forgotten one back in.
  package static func match(_ tombstones: [Tombstone], in rows: NewRows) -> Result {
    match(tombstones, in: rows, known: Known())
  }

  /// Several groups, each as `match` finds it: a row may answer to one of each. None follows an id to a row that another group knows by
  /// what it holds, as the row of somebody else.
  package static func match(groups: [[Tombstone]], in rows: NewRows) -> [Result] {
    let alone = groups.map { match($0, in: rows) }
    let known = Known(groups, alone)
    return zip(groups, alone).map { group, result in
      let isInDoubt = zip(group, result.places).contains { tombstone, place in
        if case .changed(let row) = place { known.isOthers(row, than: tombstone) } else { false }
      }
      return isInDoubt ? match(group, in: rows, known: known) : result
    }
  }

  private static func match(_ tombstones: [Tombstone], in rows: NewRows, known: Known) -> Result {
    var matcher = Matcher(tombstones, rows)
    matcher.pass { matcher, index in matcher.sameContentAndID(index) }
    matcher.pass { matcher, index in matcher.sameContentAndRow(index) }
    matcher.pass { matcher, index in matcher.sameContent(index) }
    var disproved: Set<Int> = []
    matcher.pass { matcher, index in
      guard let row = matcher.sameID(index) else { return nil }
      guard known.isOthers(row, than: tombstones[index]) else { return row }
      disproved.insert(index)
      return nil
    }
    return Result(
      places: matcher.places.map { $0 ?? .gone }, disproved: disproved, unclaimedCopies: matcher.unclaimedCopies)
  }
}

/// Rows of the new data that were found by what they hold.
private struct Known {
  /// By row, what those that found it were before.
  private var finders: [Int: Set<Finder>] = [:]

  private struct Finder: Hashable {
    let row: Int
    let id: RowDigest?

    init(_ tombstone: Rematch.Tombstone) { (row, id) = (max(-1, tombstone.row), tombstone.id) }
  }

  init() {}

  init(_ groups: [[Rematch.Tombstone]], _ results: [Rematch.Result]) {
    for (tombstone, place) in zip(groups.joined(), results.map(\.places).joined()) {
      switch place {
      case .kept: finders[tombstone.row, default: []].insert(Finder(tombstone))
      case .moved(let row): finders[row, default: []].insert(Finder(tombstone))
      case .changed, .gone: break
      }
    }
  }

  /// Two of one id are the same sample, also where one of them has seen it change, unless they stood at two rows. The row alone says
  /// nothing: that of a request which was not found is of older data.
  func isOthers(_ row: Int, than tombstone: Rematch.Tombstone) -> Bool {
    guard let finders = finders[row] else { return false }
    return !finders.contains { $0.id == tombstone.id && ($0.row == tombstone.row || $0.row < 0 || tombstone.row < 0) }
  }
}

/// Gives rows to tombstones, the surest pairs first.
private struct Matcher {
  private let tombstones: [Rematch.Tombstone]
  private let rows: Rematch.NewRows
  /// Rows of each content that some tombstone has, ascending.
  private var rowsOfContent: [RowDigest: [Int]] = [:]
  private var rowOfID: [RowDigest: Int] = [:]
  private var isClaimed: [Bool]
  private(set) var places: [Rematch.Place?]

  init(_ tombstones: [Rematch.Tombstone], _ rows: Rematch.NewRows) {
    self.tombstones = tombstones
    self.rows = rows
    isClaimed = [Bool](repeating: false, count: rows.contents.count)
    places = [Rematch.Place?](repeating: nil, count: tombstones.count)
    for tombstone in tombstones { rowsOfContent[tombstone.content] = [] }
    for (row, content) in rows.contents.enumerated() { rowsOfContent[content]?.append(row) }
    let ids = Set(tombstones.compactMap(\.id))
    for (row, id) in rows.ids.enumerated() {
      if let id, ids.contains(id) { rowOfID[id] = row }
    }
  }

  /// Asks `candidate` for each tombstone that has no place yet.
  mutating func pass(_ candidate: (inout Matcher, _ index: Int) -> Int?) {
    for index in tombstones.indices where places[index] == nil {
      guard let row = candidate(&self, index), !isClaimed[row] else { continue }
      isClaimed[row] = true
      let tombstone = tombstones[index]
      if rows.contents[row] != tombstone.content {
        places[index] = .changed(at: row)
      } else {
        places[index] = row == tombstone.row ? .kept : .moved(to: row)
      }
    }
  }

  func sameContentAndID(_ index: Int) -> Int? {
    guard let row = sameID(index), rows.contents[row] == tombstones[index].content else { return nil }
    return row
  }

  func sameContentAndRow(_ index: Int) -> Int? {
    let row = tombstones[index].row
    guard rows.contents.indices.contains(row), rows.contents[row] == tombstones[index].content else { return nil }
    return row
  }

  /// The lowest unclaimed row. Claimed ones are dropped from the front, so that many equal tombstones stay linear.
  mutating func sameContent(_ index: Int) -> Int? {
    let content = tombstones[index].content
    let unclaimed = rowsOfContent[content]?.drop { isClaimed[$0] } ?? []
    rowsOfContent[content] = Array(unclaimed)
    return unclaimed.first
  }

  func sameID(_ index: Int) -> Int? { tombstones[index].id.flatMap { rowOfID[$0] } }

  var unclaimedCopies: [Int] { rowsOfContent.values.joined().filter { !isClaimed[$0] }.sorted() }
}

extension Dataset {
  /// The training rows as `Rematch.match` wants them.
  package func newRows(salt: [UInt8]) throws(DatasetError) -> Rematch.NewRows {
    let digester = RowDigester(salt: salt)
    let ids = identifiers.hasIDs ? (0..<train.count).map { identifiers.id(ofRow: $0).map(digester.digest(id:)) } : []
    return Rematch.NewRows(contents: try train.rowDigests(salt: salt), ids: ids)
  }
}
