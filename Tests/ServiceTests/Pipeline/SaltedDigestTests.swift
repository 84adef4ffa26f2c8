import Checkpoints
import Ledger
import Platform
import Requests
import Service
import Testing

/// A manifest is a form with a subject in it: its plain digest tells whoever can guess the subject that the guess is right.
@Suite(.timeLimit(.minutes(20))) struct SaltedDigestTests {
  private let road: Road

  init() throws { road = try Road() }

  @Test func recordAndJournal_confirmNoGuess_andTheReceiptSaysWhatWasAsked() async throws {
    let text = manifest("one", "subjects: [s-3]", "priority: urgent")
    let plain = SHA256Digest.of(text)
    let house = try await Household(road)
    try await house.submit(text)
    #expect(try await house.settled("one").digest == plain.description)
    try await house.submit(text)
    let salt = try #require(try house.ledger.model(Road.model)).salt
    let salted = SaltedDigest(plain, salt: salt).description
    try await house.stop()
    let version = try road.store.open(2)
    #expect(version.record.requests == [.init(id: "one", digest: salted)])
    let bytes = try DataFile.read(Paths.join(version.path, VersionRecord.fileName), limit: 1 << 20)
    #expect(!String(decoding: bytes, as: UTF8.self).contains(plain.hex))
    for event in house.witness.events {
      #expect(!event.entry.allFields.contains { $0.1.contains(plain.prefix(12)) }, "\(event.kind)")
    }
    for kind in [EventKind.requestAccepted, .requestScheduled, .requestUnlearning, .requestForgotten, .requestKnown] {
      let told = house.witness.events(kind).flatMap(\.entry.fields).filter { $0.name == "HAMUD_DIGEST" }.map(\.value)
      #expect(told == [salted], "\(kind)")
    }
    #expect(try Verifier(places: road.places, model: nil).run().isWhole)
  }

  // MARK: What a record may say

  /// Version 2 says that it serves the one request, by this digest.
  private func seal(_ digest: (RequestRecord, [UInt8]) -> String) throws {
    let ledger = try Ledger(path: road.places.ledger)
    let now = WallClock.now
    let salt = try ledger.ensureModel(Road.model, at: now).salt
    let first = VersionRecord(model: Road.model, version: 1, created: now.rfc3339())
    try ledger.recordInitialVersion(try adopt(first), of: Road.model, at: now)
    let text = Array(manifest("one", "samples: [3]").utf8)
    let mark = RowMark(row: 3, content: SHA256Digest.of("row 3"))
    _ = try ledger.accept(
      Submission(
        manifest: try Manifest.parse(text, fileStem: "one"), bytes: text, submitter: Submitter(uid: 0, name: "root"),
        receivedAt: now,
        resolution: Resolution(rows: RowSet([3]), marks: [mark], trainingRows: 240, maxForgetShare: 1)),
      quotas: .none, at: now)
    let id = try #require(RequestID("one"))
    let batch = try #require(try ledger.createBatch(of: [id], at: now).number)
    let plan = try #require(try ledger.startRun(batch, at: now))
    var second = VersionRecord(model: Road.model, version: 2, created: now.rfc3339())
    second.parent = 1
    second.batch = batch
    second.requests = [.init(id: "one", digest: digest(try #require(try ledger.request(id)), salt))]
    let ending = Publication.Ending(
      request: id, reason: .target, evidence: Evidence(), forgotten: [ForgottenRow(mark: mark, label: 0)])
    _ = try ledger.publish(
      Publication(batch: batch, generation: plan.generation, version: try adopt(second), endings: [ending]), at: now)
    try ledger.close()
  }

  private func adopt(_ record: VersionRecord) throws -> NewVersion {
    let candidate = try road.store.importDirectory(from: road.source("model"), number: record.version)
    let version = try road.store.adopt(try road.store.seal(candidate, record: record))
    return NewVersion(number: version.number, parent: record.parent, record: try version.digest())
  }

  /// What is found wrong with whom the records serve; that there are no receipts is another matter.
  private func strangers() throws -> Int? {
    try Verifier(places: road.places, model: nil).run().json["findings"]?.elements?
      .count { $0["problem"]?.stringValue?.contains("serves the request one") == true }
  }

  @Test func verify_knowsTheRequest_bySaltedDigest() throws {
    try seal { record, _ in record.saltedDigest.description }
    #expect(try strangers() == 0)
  }

  @Test func verify_knowsTheRequest_byThePlainDigestOfEarlierVersions() throws {
    try seal { record, _ in record.digest.description }
    #expect(try strangers() == 0)
  }

  @Test func verify_findsTheDigestOfAnotherManifest_andOfAnotherLedger() throws {
    try seal { _, salt in SaltedDigest(SHA256Digest.of("another"), salt: salt).description }
    #expect(try strangers() == 1)
    let other = try SaltedDigestTests()
    try other.seal { record, salt in SaltedDigest(record.digest, salt: salt.reversed()).description }
    #expect(try other.strangers() == 1)
  }
}
