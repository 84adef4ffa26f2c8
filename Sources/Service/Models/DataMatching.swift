import Datasets
package import Ledger
import Platform
import Requests

/// Where everything that was forgotten, and everything that waits to be, is in a model's data as they are now.
package struct DataMatching: Sendable {
  package let relocation: Relocation
  package let kept: Int
  package let moved: Int
  package let gone: Int
  /// Rows that equal a forgotten row and that no tombstone claims.
  package let copies: Int

  /// Reads every training row once.
  package init(_ model: LoadedModel, ledger: Ledger) throws(ModelTrouble) {
    do {
      let rows = try model.dataset.newRows(salt: model.salt)
      let tombstones = try ledger.markedTombstones(of: model.name)
      let result = Rematch.match(try tombstones.map { try Self.tombstone(row: $0.row, $0.content, $0.id) }, in: rows)
      var places: [Int64: Int] = [:]
      var (kept, moved, gone) = (0, 0, 0)
      for (tombstone, place) in zip(tombstones, result.places) {
        let row: Int?
        switch place {
        case .kept: (row, kept) = (tombstone.row, kept + 1)
        case .moved(let to): (row, moved) = (to, moved + 1)
        case .changed(let at): (row, moved) = (at, moved + 1)
        case .gone: (row, gone) = (nil, gone + 1)
        }
        places[tombstone.key] = row
      }
      let (requests, lost) = try Self.requests(model, ledger, rows)
      relocation = Relocation(
        model: model.name, fingerprint: model.fingerprint.json, tombstones: places, requests: requests, lost: lost)
      (self.kept, self.moved, self.gone) = (kept, moved, gone)
      copies = result.unclaimedCopies.count
    } catch {
      throw ModelTrouble("\(error)")
    }
  }

  package var summary: String {
    "\(kept) forgotten rows stand where they stood, \(moved) moved, \(gone) are gone; "
      + "\(relocation.requests.count) waiting requests were followed, \(relocation.lost.count) were not found"
      + (copies > 0 ? "; \(copies) rows equal a forgotten one and were not asked for" : "")
  }

  private static func tombstone(
    row: Int?, _ content: SHA256Digest, _ id: SHA256Digest?
  ) throws(ModelTrouble) -> Rematch.Tombstone {
    guard let digest = RowDigest(bytes: content.bytes) else { throw ModelTrouble("a tombstone has no digest") }
    return Rematch.Tombstone(row: row ?? -1, content: digest, id: id.flatMap { RowDigest(bytes: $0.bytes) })
  }

  /// Waiting requests of rows are followed row by row; those of classes by their labels.
  private static func requests(
    _ model: LoadedModel, _ ledger: Ledger, _ rows: Rematch.NewRows
  ) throws -> (found: [RequestID: Resolution], lost: [RequestID: String]) {
    var found: [RequestID: Resolution] = [:]
    var lost: [RequestID: String] = [:]
    let share = model.settings.policy.maxForgetShare
    for request in try ledger.markedRequests(of: model.name) {
      let marks = try request.marks.map { try tombstone(row: $0.row, $0.content, $0.id) }
      let places = Rematch.match(marks, in: rows).places
      let chosen = zip(request.marks, places).compactMap { mark, place -> Int? in
        switch place {
        case .kept: mark.row
        case .moved(let to): to
        case .changed(let at): at
        case .gone: nil
        }
      }
      if chosen.isEmpty {
        lost[request.request] =
          "none of its rows is in the model's data any more, so they can be neither forgotten nor measured; hamuctl cancel "
          + "\(request.request.text) ends it. The model still remembers them until one that was trained without them is imported"
      } else {
        found[request.request] = Resolution(
          rows: RowSet(chosen), marks: try chosen.map { try model.mark($0) },
          trainingRows: model.dataset.train.count, maxForgetShare: share)
      }
    }
    for id in try ledger.unresolvedRequests(of: model.name) {
      if try Self.namesRowNumbers(id, ledger) { lost[id] = Self.meaningless }
    }
    let waiting = RequestFilter(states: [.accepted, .scheduled, .unlearning, .held, .failed], model: model.name)
    for request in try ledger.requests(waiting) where request.kind == .classes {
      // Without labels it is still to be looked up.
      guard let labels = try ledger.request(request.id)?.labels, !labels.isEmpty else { continue }
      found[request.id] = Resolution(
        rows: RowSet(labels.flatMap { model.dataset.train.rows(ofClass: $0) }), labels: labels,
        trainingRows: model.dataset.train.count, maxForgetShare: share)
    }
    return (found, lost)
  }

  /// A request that was accepted while nobody could look its rows up: ids, subjects and classes mean the same in the new
  /// data, row numbers do not.
  private static func namesRowNumbers(_ id: RequestID, _ ledger: Ledger) throws -> Bool {
    guard let bytes = try ledger.manifest(of: id) else { return false }
    guard case .rows(let selectors, _) = try Manifest.parse(bytes, fileStem: id.text).selection else { return false }
    return selectors.contains { if case .id = $0.value { false } else { true } }
  }

  private static let meaningless =
    "it names row numbers and was handed in before the model's data changed, when they could not be looked up; cancel it, "
    + "and hand in another with ids or with the row numbers of the data as they are now"
}
