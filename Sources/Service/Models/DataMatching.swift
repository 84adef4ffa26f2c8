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
      let samples = Self.samples(tombstones)
      let result = Rematch.match(
        try samples.map { try Self.tombstone(row: $0[0].row, $0[0].content, $0[0].id) }, in: rows)
      var places: [Int64: Int] = [:]
      var (kept, moved, gone) = (0, 0, 0)
      for (stones, place) in zip(samples, result.places) {
        let row: Int?
        switch place {
        case .kept: (row, kept) = (stones[0].row, kept + 1)
        case .moved(let to): (row, moved) = (to, moved + 1)
        case .changed(let at): (row, moved) = (at, moved + 1)
        case .gone: (row, gone) = (nil, gone + 1)
        }
        for stone in stones { places[stone.key] = row }
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

  /// Tombstones of one sample together, as several requests may have named it: one row answers to all of them. Those that hold
  /// come first, so that what is settled takes no row from them.
  private static func samples(_ tombstones: [MarkedTombstone]) -> [[MarkedTombstone]] {
    func isOver(_ stone: MarkedTombstone) -> Bool { stone.status == .settled }
    var groups: [Sample: [MarkedTombstone]] = [:]
    var order: [Sample] = []
    for stone in tombstones.filter({ !isOver($0) }) + tombstones.filter(isOver) {
      let sample = Sample(stone)
      if groups[sample] == nil { order.append(sample) }
      groups[sample, default: []].append(stone)
    }
    return order.compactMap { groups[$0] }
  }

  /// What tells that two tombstones are of one sample: where it was, and what it was; of one that was not in the data, its id. Two that
  /// were there and have neither row nor id now may be two copies.
  private struct Sample: Hashable {
    let row: Int?
    let id: SHA256Digest?
    let content: SHA256Digest
    let key: Int64?

    init(_ stone: MarkedTombstone) {
      (row, content) = (stone.row, stone.content)
      id = stone.row == nil ? stone.id : nil
      key = stone.row == nil && stone.id == nil ? stone.key : nil
    }
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
