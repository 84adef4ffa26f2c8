import Checkpoints
import Ledger
import Platform
import Requests

/// One model's versions, against the ledger.
struct StoreVerifier {
  let places: Places
  /// Nil where it cannot be read: the versions are then only compared with each other.
  let ledger: Ledger?
  let keys: [VerifyingKey]
  let model: String

  private var store: VersionStore { VersionStore(directory: places.model(model), model: model) }

  /// How often a store is read when the ledger changed meanwhile.
  private static let attempts = 3

  func run(_ report: inout VerifyReport) throws {
    report.models += 1
    guard let ledger else { return take(store.audit(StoreExpectation(versions: nil, current: nil)), &report) }
    if try ledger.model(model) == nil {
      let isEmpty = try store.list().isEmpty
      // One may have been taken up meanwhile: before it has a version it stands in the ledger.
      if try ledger.model(model) == nil {
        return report.add(
          store.directory, "the ledger knows no model \(model)",
          mend: "its versions may remember what was forgotten: find out whose they are, and move them away",
          severity: isEmpty ? .note : .error)
      }
    }
    var expected = try expectation(ledger)
    var found = store.audit(expected)
    for _ in 1..<Self.attempts where found.findings.contains(where: { $0.severity == .error }) {
      // A run may have published while the files were read.
      let newer = try expectation(ledger)
      guard newer.state != expected.state else { break }
      expected = newer
      found = store.audit(expected)
    }
    take(found, &report)
    let outside = (expected.versions ?? []).filter(\.isFromOutside).map(\.number)
    try compareRequests(found.records.filter { !outside.contains($0.key) }, ledger, &report)
  }

  /// Between the ledger's commit and the swap of the link a daemon does next to nothing.
  private static let swapTime: Duration = .seconds(60)

  private func expectation(_ ledger: Ledger) throws(LedgerError) -> StoreExpectation {
    let versions = try ledger.versions(of: model)
    let kept = try ledger.keptRecords(of: model)
    var expected = StoreExpectation(
      versions: versions.map {
        var version = StoreExpectation.Version(
          number: $0.number, parent: $0.parent, batch: $0.batch, record: $0.record.description)
        version.presence = $0.purgedAt != nil ? .purged : $0.purgeBeganAt != nil ? .purging : .kept
        version.keptRecord = kept[$0.number]
        version.isFromOutside = $0.origin == .initial
        return version
      }, current: try ledger.model(model)?.serving)
    let published = versions.first { $0.number == expected.current }?.publishedAt
    expected.isFresh = published.map { WallClock.now < $0 + Self.swapTime } ?? false
    expected.keys = keys
    let open = BatchState.allCases.filter { !$0.isEnded }
    expected.openBatches = Set(try ledger.batches(states: open).filter { $0.model == model }.map(\.number))
    return expected
  }

  private func take(_ found: StoreReport, _ report: inout VerifyReport) {
    report.add(found.findings)
    report.versions += found.records.count - found.purged
    report.purgedVersions += found.purged
    report.files += found.files
    report.bytes += found.bytes
    report.unsignedVersions += found.unsigned.count
  }

  /// What the records say of requests and rows: whose they serve, and what they may still be measured on as retained.
  private func compareRequests(
    _ records: [Int: VersionRecord], _ ledger: Ledger, _ report: inout VerifyReport
  ) throws(LedgerError) {
    for (number, record) in records.sorted(by: { $0.key < $1.key }) {
      let place = "\(store.directory), version \(number)"
      for request in record.requests {
        let known = try RequestID(request.id).flatMap { (id) throws(LedgerError) in try ledger.request(id) }
        if known?.isMeant(by: request) != true {
          report.add(
            place, "its record serves the request \(request.id), which is another one in the ledger, or none",
            mend: Verifier.restoreLedger)
        }
      }
      if record.batch != nil, let forgotten = try ledger.forgottenRows(of: model, upTo: number) {
        let shared = forgotten.intersection(RowSet(ranges: record.retainRows)).count
        if shared > 0 {
          report.add(
            place, "\(shared) rows that were forgotten by then are among those it retained",
            mend: "the model may have been trained on them again: import one that was not (hamuctl import)")
        }
      }
    }
  }
}

extension RequestRecord {
  /// Versions that were sealed before digests were salted have the plain one, and keep it.
  fileprivate func isMeant(by request: VersionRecord.Request) -> Bool {
    [saltedDigest.description, digest.description].contains(request.digest)
  }
}

extension StoreExpectation {
  /// What of it a daemon changes.
  fileprivate var state: [String] {
    (versions ?? []).map { "\($0.number) \($0.record) \($0.presence)" } + ["\(current ?? 0)"]
      + openBatches.sorted().map(String.init)
  }
}
