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
  /// - Parameter trainedOnThem: whether the model in use from now on was trained on these data, and knows nothing else. Otherwise it
  ///   remembers what is gone from them, and nobody can forget that, or measure it: a request that names such a row is not served
  ///   without it.
  package init(_ model: LoadedModel, ledger: Ledger, trainedOnThem: Bool) throws(ModelTrouble) {
    do {
      let rows = try model.dataset.newRows(salt: model.salt)
      let tombstones = try ledger.markedTombstones(of: model.name)
      let samples = Self.samples(tombstones)
      let stones = try samples.map { try Self.tombstone(row: $0[0].row, $0[0].content, $0[0].id) }
      let waiting = try ledger.markedRequests(of: model.name)
      let marks = try waiting.map { try $0.marks.map { try Self.tombstone(row: $0.row, $0.content, $0.id) } }
      let results = Rematch.match(groups: [stones] + marks, in: rows)
      let result = results[0]
      var places: [Int64: Int] = [:]
      var (kept, moved, gone) = (0, 0, 0)
      var disproved: Set<Int64> = []
      for (index, (stones, place)) in zip(samples, result.places).enumerated() {
        if result.disproved.contains(index) { disproved.formUnion(stones.map(\.key)) }
        let row: Int?
        switch place {
        case .kept: (row, kept) = (stones[0].row, kept + 1)
        case .moved(let to): (row, moved) = (to, moved + 1)
        case .changed(let at): (row, moved) = (at, moved + 1)
        case .gone: (row, gone) = (nil, gone + 1)
        }
        for stone in stones { places[stone.key] = row }
      }
      let forgotten = Set(tombstones.filter { $0.status != .reopened }.map(\.content))
      let followed = zip(waiting, results.dropFirst()).map(Followed.init)
      let (requests, lost) = try Self.requests(model, ledger, followed, mayLack: trainedOnThem ? nil : forgotten)
      relocation = Relocation(
        model: model.name, fingerprint: model.fingerprint.json, tombstones: places, disproved: disproved,
        requests: requests, lost: lost)
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
  /// - Parameter mayLack: rows that a request need not find again, by their content, as another one's run forgot them; nil: any.
  private static func requests(
    _ model: LoadedModel, _ ledger: Ledger, _ waiting: [Followed], mayLack: Set<SHA256Digest>?
  ) throws -> (found: [RequestID: Resolution], lost: [RequestID: Relocation.Lost]) {
    var found: [RequestID: Resolution] = [:]
    var lost: [RequestID: Relocation.Lost] = [:]
    let share = model.settings.policy.maxForgetShare
    for request in waiting {
      let chosen = request.rows.compactMap(\.row)
      let open = try ledger.rows(of: request.request)
      let missing = request.rows.count { mark, row in
        guard row == nil, let mayLack else { return false }
        return open.isEmpty ? !mayLack.contains(mark.content) : open.contains(mark.row)
      }
      if missing > 0 || mayLack != nil && chosen.isEmpty {
        lost[request.request] = Relocation.Lost(
          lacking(request.request, model.name, missing, of: request.rows.count),
          marks: try request.rows.map { mark, row in try row.map { try model.mark($0) } ?? mark })
      } else {
        found[request.request] = Resolution(
          rows: RowSet(chosen), marks: try chosen.map { try model.mark($0) },
          trainingRows: model.dataset.train.count, maxForgetShare: share)
      }
    }
    let before = try ledger.model(model.name)?.fingerprint.flatMap(DataFingerprint.init(json:))
    let isOfOtherData = before.map { !$0.hasContent(of: model.fingerprint) } ?? false
    for id in try ledger.unresolvedRequests(of: model.name) where isOfOtherData {
      if let bytes = try ledger.manifest(of: id),
        try Manifest.parse(bytes, fileStem: id.text).selection.namesRowNumbers
      {
        lost[id] = Relocation.Lost(otherRowNumbers)
      }
    }
    try takeClasses(model, ledger, mayLackAll: mayLack == nil, &found, &lost)
    return (found, lost)
  }

  /// Where each of a request's rows is now; nil where it is gone.
  private struct Followed {
    let request: RequestID
    let rows: [(mark: RowMark, row: Int?)]

    init(_ waiting: MarkedRequest, _ result: Rematch.Result) {
      request = waiting.request
      rows = zip(waiting.marks, result.places).enumerated().map { index, followed in
        let (mark, place) = followed
        return switch place {
        case .kept: (mark, mark.row)
        case .moved(let to): (mark, to)
        case .changed(let at): (mark, at)
        case .gone: (result.disproved.contains(index) ? mark.withoutID : mark, nil)
        }
      }
    }
  }

  private static func takeClasses(
    _ model: LoadedModel, _ ledger: Ledger, mayLackAll: Bool, _ found: inout [RequestID: Resolution],
    _ lost: inout [RequestID: Relocation.Lost]
  ) throws {
    let waiting = RequestFilter(states: [.accepted, .scheduled, .unlearning, .held, .failed], model: model.name)
    for request in try ledger.requests(waiting) where request.kind == .classes {
      // Without labels it is still to be looked up.
      guard let labels = try ledger.request(request.id)?.labels, !labels.isEmpty else { continue }
      let rows = RowSet(labels.flatMap { model.dataset.train.rows(ofClass: $0) })
      if rows.isEmpty, !mayLackAll {
        lost[request.id] = Relocation.Lost(
          "its classes have no row in the model's data any more" + remembered(request.id, model.name))
      } else {
        found[request.id] = Resolution(
          rows: rows, labels: labels, trainingRows: model.dataset.train.count,
          maxForgetShare: model.settings.policy.maxForgetShare)
      }
    }
  }

  private static func lacking(_ id: RequestID, _ model: String, _ missing: Int, of all: Int) -> String {
    let what =
      missing == 0 || missing == all
      ? "none of its rows is in the model's data any more"
      : "\(missing) of its \(all) rows \(missing == 1 ? "is" : "are") not in the model's data any more"
    return what + remembered(id, model)
  }

  private static func remembered(_ id: RequestID, _ model: String) -> String {
    ", so they can be neither forgotten nor measured, while the model still remembers them: bring them back and `hamuctl rematch "
      + "\(model)`, or train a model without them and `hamuctl import \(model) DIR`. `hamuctl cancel \(id.text)` ends it"
  }

  package static let otherRowNumbers =
    "it names row numbers and was handed in before the model's data changed; they cannot be looked up in others. Cancel it, "
    + "and hand in another with ids or with the row numbers of the data as they are now"
}

extension Selection {
  /// Ids, subjects and classes mean the same in other data, row numbers do not.
  package var namesRowNumbers: Bool {
    guard case .rows(let selectors, _) = self else { return false }
    return selectors.contains { if case .id = $0.value { false } else { true } }
  }
}
