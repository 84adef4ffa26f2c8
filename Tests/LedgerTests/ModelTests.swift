import Ledger
import Platform
import Requests
import Testing

@Suite struct ModelTests {
  @Test func model_always_keepsItsSalt() throws {
    let bench = try Bench()
    let first = try bench.ledger.ensureModel("m", at: bench.now)
    _ = try bench.ledger.ensureModel("n", at: bench.now)
    try bench.crash()
    #expect(try bench.ledger.ensureModel("m", at: bench.now) == first)
    #expect(first.salt.count == 32)
    let models = try bench.ledger.models()
    #expect(models.map(\.name) == ["m", "n"])
    #expect(models[0].salt != models[1].salt)
    #expect(try bench.ledger.model("o") == nil)
  }

  @Test func pauses_haveReasonsThatAreLiftedOneByOne() throws {
    let bench = try Bench()
    #expect(try bench.ledger.pause("m", .dataChanged, detail: "other bytes", at: bench.now))
    #expect(try bench.ledger.pause("m", .person, detail: "maintenance", by: 0, at: bench.now))
    #expect(try !bench.ledger.pause("m", .dataChanged, detail: "again other bytes", at: bench.now))
    let pauses = try #require(try bench.ledger.model("m")).pauses
    #expect(pauses.map(\.reason) == [.person, .dataChanged])
    #expect(pauses[1].detail == "again other bytes")
    try bench.accept("a", Bench.Wish(1))
    #expect(throws: LedgerError.modelPaused("m")) { try bench.schedule("a") }
    #expect(try bench.ledger.unpause("m", .person, at: bench.now))
    #expect(try !bench.ledger.unpause("m", .person, at: bench.now))
    #expect(throws: LedgerError.modelPaused("m")) { try bench.schedule("a") }
    #expect(try bench.ledger.unpause("m", .dataChanged, at: bench.now))
    let batch = try bench.schedule("a")
    try bench.ledger.pause("m", .unusable, detail: "config.json", at: bench.now)
    #expect(throws: LedgerError.modelPaused("m")) { try bench.start(batch) }
    #expect(throws: LedgerError.unknownModel("x")) {
      try bench.ledger.pause("x", .person, detail: "", at: bench.now)
    }
  }

  @Test func versions_sayWhatTheyStillRemember() throws {
    let bench = try Bench()
    try bench.publish(try bench.run("a", Bench.Wish(1...3)))
    bench.pass(.seconds(3600))
    try bench.publish(try bench.run("b", Bench.Wish(3...4)))
    let versions = try bench.ledger.versions(of: "m")
    #expect(versions.map(\.number) == [1, 2, 3])
    #expect(versions.map(\.origin) == [.initial, .run, .run])
    #expect(versions.map(\.parent) == [nil, 1, 2])
    #expect(versions.map(\.rememberedRows) == [4, 1, 0])
    #expect(versions.map { $0.replacement?.newer } == [1, 0, nil])
    let (first, second) = (try #require(versions[0].replacement), try #require(versions[1].replacement))
    let minute = Duration.seconds(60)
    #expect(second.purgeDue(keep: 2, after: minute, at: bench.now) == second.at + minute)
    #expect(first.purgeDue(keep: 1, after: minute, at: bench.now) == first.at)
  }

  @Test func firstVersion_isRecordedOnce() throws {
    let bench = try Bench()
    #expect(throws: LedgerError.self) {
      try bench.ledger.recordInitialVersion(Bench.version(2, parent: nil), of: "m", at: bench.now)
    }
    _ = try bench.ledger.ensureModel("n", at: bench.now)
    var wish = Bench.Wish(1)
    wish.model = "n"
    try bench.accept("a", wish)
    let batch = try bench.schedule("a")
    #expect(throws: LedgerError.self) { try bench.start(batch) }
    #expect(try bench.state("a") == .scheduled)
  }

  @Test func fingerprint_isChainedByItsDigestAlone() throws {
    let bench = try Bench()
    try bench.ledger.setFingerprint(#"{"path":"/home/planted"}"#, of: "m", at: bench.now)
    let entries = try bench.ledger.auditEntries()
    try bench.ledger.setFingerprint(#"{"path":"/home/planted"}"#, of: "m", at: bench.now)
    #expect(try bench.ledger.auditEntries() == entries)
    #expect(!entries.contains { $0.payload.contains("planted") })
    #expect(try bench.ledger.model("m")?.fingerprint == #"{"path":"/home/planted"}"#)
  }

  @Test func tombstones_ofOneRow_areOneAndTheClassesComesFirst() throws {
    let bench = try Bench()
    try bench.accept("row", Bench.Wish(5))
    var wish = Bench.Wish(4...6)
    wish.labels = [7]
    try bench.accept("class", wish)
    // Both wait, so neither knows of the other: the second forgets what is left.
    try bench.publish(try bench.start(try bench.schedule("class")))
    #expect(try bench.receipt("row").reason == .alreadyForgotten)
    let stones = try bench.ledger.tombstones(of: "m")
    #expect(stones.map(\.row) == [4, 5, 6])
    #expect(stones.allSatisfy { $0.kind == .classes && $0.phi == -1.5 && $0.label == 7 })
    let classes = try bench.ledger.erasedClasses(of: "m")
    #expect(classes.map(\.label) == [7])
    #expect(classes.map(\.batch) == [1])
    #expect(classes.map(\.version) == [2])
    #expect(classes.map(\.rows) == [RowSet(4...6)])
  }

  @Test func overlappingRequests_inOneBatch_shareTheirRow() throws {
    let bench = try Bench()
    try bench.accept("a", Bench.Wish(1, 2))
    try bench.accept("b", Bench.Wish(2, 3))
    try bench.publish(try bench.start(try bench.schedule("a", "b")))
    #expect(try bench.ledger.tombstones(of: "m").map(\.row) == [1, 2, 3])
    #expect(try bench.ledger.markedTombstones(of: "m").compactMap(\.row) == [1, 2, 2, 3])
    #expect(try bench.ledger.versions(of: "m")[0].rememberedRows == 3)
  }
}
