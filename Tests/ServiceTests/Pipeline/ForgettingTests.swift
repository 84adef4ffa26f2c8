import Checkpoints
import Ledger
import Platform
import Requests
import Service
import Testing

/// From a dropped file to a version that has forgotten, and what it leaves behind.
@Suite(.timeLimit(.minutes(20))) struct ForgettingTests {
  private let road: Road

  init() throws { road = try Road() }

  /// Rows 3, 23, ..., 223.
  private let subject = RowSet((0..<12).map { 3 + 20 * $0 })

  @Test func drop_ofOneSubject_endsForgotten_withItsEvidence() async throws {
    let house = try await Household(road)
    let text = manifest("one", "subjects: [s-3]", "priority: urgent\nreason: GDPR Art. 17")
    try await house.drop("one.yaml", text)
    await house.witness.wait(for: .requestForgotten)
    let receipt = try await house.settled("one")
    #expect(try receipt == road.receipt("one"))
    #expect(receipt.state == .forgotten && receipt.reason == .target)
    #expect(receipt.digest == SHA256Digest.of(text).description)
    #expect(receipt.model == Road.model && receipt.version == 2 && receipt.batch == 1)
    #expect(receipt.rows == 12 && receipt.alreadyForgotten == 0 && receipt.judged == .batch)
    #expect(receipt.submittedBy == Accounts.userNameOrNumber(Accounts.effectiveUser))
    for time in [receipt.receivedAt, receipt.acceptedAt, receipt.expectedAt, receipt.finishedAt] {
      #expect(try #require(time).hasSuffix("Z"))
    }
    let (before, after) = (try #require(receipt.before), try #require(receipt.after))
    #expect(try #require(before.membershipAUC) > 0.55 && (0.45...0.55).contains(try #require(after.membershipAUC)))
    #expect(before.membershipInterval != nil && before.classAccuracy == nil && after.heldoutLoss != nil)
    #expect(try #require(receipt.steps) > 0 && receipt.goingOn == nil)
    #expect(try receipt.record == road.store.open(2).recordDigest)
    #expect(try DataFile.read(road.places.acceptedManifest("one"), limit: 1000) == Array(text.utf8))
    #expect(try DurableDirectory.list(road.places.incoming).isEmpty)
    try await house.stop()
  }

  @Test func version_isCurrent_andSaysWhatMadeIt() async throws {
    let house = try await Household(road)
    try await house.submit(manifest("one", "subjects: [s-3]", "priority: urgent"))
    try await house.settled("one")
    #expect(try DurableDirectory.target(ofLink: road.places.model(Road.model) + "/current") == "versions/000002")
    let version = try road.store.verifyDigests(2)
    #expect(version.record.parent == 1)
    #expect(try version.record.parentRecord == road.store.open(1).recordDigest)
    #expect(version.record.requests.map(\.id) == ["one"] && version.record.batch == 1)
    #expect(RowSet(ranges: version.record.retainRows) == RowSet(0...239).subtracting(subject))
    #expect(try house.ledger.tombstones(of: Road.model).map(\.row) == subject.rows)
    #expect(road.savedProgress.isEmpty)
    #expect(try house.ledger.verifyAudit().problems.isEmpty)
    #expect(try road.weights(1) != road.weights(2))
    try await house.stop()
    // A stranger to the ledger, `hamuctl evaluate` measures what the receipt claims.
    let figures = try Evaluation(places: road.places, model: Road.model, part: .train, rows: nil, version: nil).run()
    #expect(figures["version"]?.integerValue == 2)
  }

  @Test func journal_tellsTheStoryInOrder() async throws {
    let house = try await Household(road)
    try await house.submit(manifest("one", "subjects: [s-3]", "priority: urgent"))
    try await house.settled("one")
    try await house.stop()
    let wanted: [EventKind] = [
      .firstVersion, .modelLoaded, .requestAccepted, .requestScheduled, .requestUnlearning, .runBegan, .phaseBegan,
      .versionPublished, .requestForgotten,
    ]
    #expect(house.witness.story.filter(wanted.contains) == wanted)
    #expect(house.witness.events(.progressSaved).count > 1)
    let own = house.witness.events.filter { event in event.entry.fields.contains { $0.value == "one" } }
    #expect(own.count >= 8)
    for event in house.witness.events { #expect(!event.entry.line.contains("s-3")) }
  }

  @Test func classRequest_isJudgedByItsClass() async throws {
    let house = try await Household(road)
    try await house.submit(manifest("class", "classes: [1]", "priority: urgent"))
    let receipt = try await house.settled("class")
    #expect(receipt.state == .forgotten && receipt.rows == 80 && receipt.judged == .request)
    let after = try #require(receipt.after)
    #expect(try #require(after.classAccuracy) <= 1.0 / 3 && #require(after.classHeldoutAccuracy) <= 1.0 / 3)
    #expect(after.membershipAUC == nil)
    #expect(try house.ledger.erasedClasses(of: Road.model).map(\.label) == [1])
    #expect(try house.ledger.tombstones(of: Road.model).allSatisfy { $0.phi != nil })
    try await house.stop()
  }

  @Test func nextRequest_neverRetainsWhatWasForgotten_andLeavesItOut() async throws {
    try road.configure(Road.usual.replacing("max_forget_share: 0.5", with: "max_forget_share: 0.06"))
    let house = try await Household(road)
    try await house.submit(manifest("one", "subjects: [s-3]", "priority: urgent"))
    try await house.settled("one")
    // Held, so that its rows are kept out of the next retain set too.
    #expect(try await house.submit(manifest("waits", "samples: [45-59]")).state == .held)
    let overlapping = "subjects: [s-3, s-4]"
    try await house.submit(manifest("two", overlapping, "priority: urgent"))
    let receipt = try await house.settled("two")
    #expect(receipt.state == .forgotten && receipt.version == 3)
    #expect(receipt.rows == 12 && receipt.alreadyForgotten == 12)
    let gone = subject.union(RowSet((0..<12).map { 4 + 20 * $0 })).union(RowSet(45...59))
    #expect(RowSet(ranges: try road.store.open(3).record.retainRows).intersection(gone).isEmpty)
    try await house.submit(manifest("three", "samples: [3, 4, 23]"))
    let known = try await house.show("three")
    #expect(known.state == .forgotten && known.reason == .alreadyForgotten && known.version == 3)
    #expect(known.rows == 0 && known.alreadyForgotten == 3 && known.finishedAt != nil)
    #expect(try FileStatus.ifPresent(road.places.acceptedManifest("three")) != nil)
    try await house.stop()
  }

  @Test func rowsThatAreNotRemembered_haveNothingToForget() async throws {
    try road.configure(Road.usual + "\ntarget: {membership_auc: 0.98}")
    let house = try await Household(road)
    try await house.submit(manifest("lenient", "samples: [0-35]", "priority: urgent"))
    let receipt = try await house.settled("lenient")
    #expect(receipt.state == .forgotten && receipt.reason == .nothingToForget && receipt.version == 1)
    #expect(receipt.steps == 0 && receipt.before != nil)
    #expect(try house.ledger.forgottenRows(of: Road.model) == RowSet(0...35))
    #expect(road.versions == [1])
    #expect(road.savedProgress.isEmpty)
    try await house.stop()
  }

  @Test func whatArrivesTogether_runsTogether() async throws {
    let house = try await Household(road)
    try await house.submit(manifest("a", "subjects: [s-1]"))
    try await house.submit(manifest("b", "subjects: [s-2]"))
    try await house.call(.flush(model: Road.model, dryRun: false))
    let (a, b) = (try await house.settled("a"), try await house.settled("b"))
    #expect(a.state == .forgotten && b.state == .forgotten && a.batch == b.batch && a.version == 2)
    #expect(house.witness.events(.runBegan).count == 1)
    try await house.stop()
  }
}
