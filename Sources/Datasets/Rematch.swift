/// Finds forgotten rows in other data, by their salted digests. A pure function.
package enum Rematch {
  /// What is kept of a forgotten row.
  package struct Tombstone: Sendable, Equatable {
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
    /// The same id at this row (possibly the same number), with other content: still the same sample, so still forgotten.
    case changed(at: Int)
    case gone
  }

  package struct Result: Sendable, Equatable {
    /// By tombstone, in the order given.
    package let places: [Place]
    /// Rows of the new data that equal a forgotten row and that no tombstone took: copies beyond those that were asked for.
    package let unclaimedCopies: [Int]
  }

  package static func match(_ tombstones: [Tombstone], in rows: NewRows) -> Result {
    preconditionFailure()
  }
}

extension Dataset {
  /// The training rows as `Rematch.match` wants them.
  package func newRows(salt: [UInt8]) throws(DatasetError) -> Rematch.NewRows {
    let digester = RowDigester(salt: salt)
    let ids = identifiers.hasIDs ? (0..<train.count).map { identifiers.id(ofRow: $0).map(digester.digest(id:)) } : []
    return Rematch.NewRows(contents: try train.rowDigests(salt: salt), ids: ids)
  }
}
