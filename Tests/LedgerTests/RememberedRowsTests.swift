import Ledger
import Platform
import Requests
import Testing

/// Which versions still know a row, after imports and rollbacks.
@Suite struct RememberedRowsTests {
  /// Version 4 was made from version 1 without the second request, so it knows that one's row; version 3 had forgotten it.
  @Test func versionMadeAfterARollback_remembersWhatTheNextModelWasMadeWithout() throws {
    let bench = try Bench()
    try bench.publish(try bench.run("a", Bench.Wish(1)))
    try bench.publish(try bench.run("b", Bench.Wish(2)))
    _ = try bench.ledger.rollBack("m", to: 1, servesNow: true, by: nil, at: bench.now)
    let plan = try bench.start(try bench.schedule("a"))
    _ = try bench.ledger.publish(
      Publication(
        batch: plan.batch, generation: plan.generation, version: Bench.version(4, parent: 1),
        endings: plan.requests.map { bench.ending($0) }), at: bench.now)
    try bench.importing(5, "b", has: [])
    #expect(try bench.state("b") == .forgotten)
    #expect(try bench.remembered(by: 4...5) == [1, 0])
    #expect(try bench.ledger.versions(of: "m").suffix(2).map(\.rememberedRows) == [1, 0])
    let refusal = #expect(throws: LedgerError.self) {
      try bench.ledger.rollbackPlan(of: "m", to: 4, servesNow: true)
    }
    #expect("\(try #require(refusal))".contains("no longer in the data"))
    #expect(try bench.ledger.verifyContents().problems == [])
  }

  /// What one row of a request does says nothing of another row of it.
  @Test func versionMadeWithoutARow_doesNotRememberIt_becauseAnotherOfItsRequestCameBack() throws {
    let bench = try Bench()
    try bench.publish(try bench.run("a", Bench.Wish(1, 2)))
    let key = try bench.ledger.markedTombstones(of: "m")[0].key
    let data = Relocation(model: "m", fingerprint: "{}", tombstones: [key: 1])
    try bench.importing(3, data)
    try bench.publish(try bench.start(try bench.schedule("a")))
    let active = try #require(try bench.ledger.markedTombstones(of: "m").first { $0.status == .active }).key
    let own = Relocation(model: "m", fingerprint: "{}", tombstones: [active: 1])
    #expect(try bench.remembered(by: 1...4, in: own) == [1, 0, 0, 0])
    #expect(try bench.remembered(by: 3...4) == [1, 0])
  }

  /// After a rollback a request is served by the version that was gone back to: it never knew the row. One made meanwhile may know it.
  @Test func row_thatAnEarlierVersionNeverKnew_mayBeKnownToThoseMadeSince() throws {
    let bench = try Bench()
    try bench.publish(try bench.run("b", Bench.Wish(2)))
    _ = try bench.ledger.rollBack("m", to: 1, servesNow: true, by: nil, at: bench.now)
    let plan = try bench.run("a", Bench.Wish(7))
    try bench.publishNothing(plan)
    #expect(try bench.ledger.tombstones(of: "m").map(\.version) == [1])
    let known = try bench.ledger.markedTombstones(of: "m").filter { $0.request.text == "b" }.map { ($0.key, 2) }
    let data = Relocation(model: "m", fingerprint: "{}", tombstones: Dictionary(uniqueKeysWithValues: known))
    #expect(try bench.remembered(by: 1...3, in: data) == [0, 1, 0])
  }

  /// The versions that had forgotten it before they were left did not learn it again.
  @Test func row_thatAnEarlierVersionNeverKnew_isKnownToNoneThatHadForgottenIt() throws {
    let bench = try Bench()
    try bench.publish(try bench.run("a", Bench.Wish(1)))
    try bench.publish(try bench.run("b", Bench.Wish(2)))
    _ = try bench.ledger.rollBack("m", to: 1, servesNow: true, by: nil, at: bench.now)
    let plan = try bench.start(try bench.schedule("b"))
    try bench.publishNothing(plan)
    let known = try bench.ledger.markedTombstones(of: "m").filter { $0.request.text == "a" }.map { ($0.key, 1) }
    let data = Relocation(model: "m", fingerprint: "{}", tombstones: Dictionary(uniqueKeysWithValues: known))
    #expect(try bench.remembered(by: 1...3, in: data) == [0, 1, 0])
  }

  /// What a first way back had found stays so when a second one goes further.
  @Test func row_thatTwoEarlierVersionsNeverKnew_mayStillBeKnownToThoseMadeSince() throws {
    let bench = try Bench()
    try bench.publish(try bench.run("a", Bench.Wish(1)))
    try bench.publish(try bench.run("b", Bench.Wish(2)))
    for version in [2, 1] {
      _ = try bench.ledger.rollBack("m", to: version, servesNow: true, by: nil, at: bench.now)
      if version == 2 { try bench.accept("x", Bench.Wish(7)) }
      let plan = try bench.start(try bench.schedule("x"))
      try bench.publishNothing(plan)
    }
    let others = try bench.ledger.markedTombstones(of: "m").filter { $0.request.text != "x" }.map { ($0.key, 1) }
    let data = Relocation(model: "m", fingerprint: "{}", tombstones: Dictionary(uniqueKeysWithValues: others))
    #expect(try bench.remembered(by: 1...4, in: data) == [0, 1, 1, 0])
  }

  /// Going back brings nothing back that the current version knows as well.
  @Test func goneRow_thatTheCurrentVersionRemembersToo_isInNoWayBack() throws {
    let bench = try Bench()
    try bench.publish(try bench.run("a", Bench.Wish(1)))
    let key = try bench.ledger.markedTombstones(of: "m")[0].key
    let data = Relocation(model: "m", fingerprint: "{}", tombstones: [key: 1])
    try bench.importing(3, data)
    let lost = Relocation(
      model: "m", fingerprint: "{}", tombstones: [:],
      lost: [try Bench.id("a"): Relocation.Lost("its row is gone", marks: [Bench.mark(1)])])
    try bench.ledger.rematch(lost, at: bench.now)
    try bench.publish(try bench.run("b", Bench.Wish(7)))
    #expect(try bench.ledger.rollbackPlan(of: "m", to: 3, servesNow: true).requests.map(\.text) == ["b"])
  }

  /// A ledger of format 3: the chain's own entries say what later formats have in the tombstone.
  private static let livedThrough = """
    INSERT INTO audit SELECT max(sequence) + 1, 0, 'imported', '{"model":"m","version":3,"reopened":["a"],"dropped":2}',
      zeroblob(32), zeroblob(32) FROM audit;
    INSERT INTO audit SELECT max(sequence) + 1, 0, 'version_made', '{"model":"m","version":3}', zeroblob(32), zeroblob(32)
      FROM audit;
    INSERT INTO audit SELECT max(sequence) + 1, 0, 'rolled_back', '{"model":"m","to":1,"requests":["a"]}', zeroblob(32),
      zeroblob(32) FROM audit;
    INSERT INTO versions (model, number, origin, record, published_at)
      VALUES ('m', 3, 'imported', randomblob(32), 0), ('m', 4, 'run', randomblob(32), 0),
        ('m', 5, 'imported', randomblob(32), 0);
    INSERT INTO batches (number, model, kind, state, created_at) VALUES (1, 'm', 'rows', 'published', 0);
    INSERT INTO tombstones (model, request, row, label, kind, batch, version, content, status)
      VALUES ('m', 1, 1, 3, 'rows', 1, 2, randomblob(32), 'active'), ('m', 1, 2, 4, 'rows', 1, 1, randomblob(32), 'reopened'),
        ('m', 1, NULL, 4, 'rows', 1, 2, randomblob(32), 'settled'), ('m', 1, 5, 4, 'rows', 1, 4, randomblob(32), 'active'),
        ('m', 1, NULL, 4, 'rows', 1, 3, randomblob(32), 'settled');
    -- Another model went back to version 1, which had forgotten one row and did not know another.
    INSERT INTO models (name, salt) VALUES ('n', randomblob(32));
    INSERT INTO batches (number, model, kind, state, created_at)
      VALUES (2, 'n', 'rows', 'published', 0), (3, 'n', 'rows', 'published', 0);
    INSERT INTO versions (model, number, origin, batch, record, published_at)
      VALUES ('n', 1, 'run', 2, randomblob(32), 0), ('n', 2, 'run', NULL, randomblob(32), 0),
        ('n', 3, 'run', NULL, randomblob(32), 0);
    INSERT INTO audit SELECT max(sequence) + 1, 0, 'version_made', '{"model":"n","version":2}', zeroblob(32), zeroblob(32)
      FROM audit;
    INSERT INTO audit SELECT max(sequence) + 1, 0, 'rolled_back', '{"model":"n","to":1,"requests":["b"]}', zeroblob(32),
      zeroblob(32) FROM audit;
    INSERT INTO tombstones (model, request, row, label, kind, batch, version, content, status)
      VALUES ('n', 2, 7, 4, 'rows', 2, 1, randomblob(32), 'active'), ('n', 2, 8, 4, 'rows', 3, 1, randomblob(32), 'active');

    """

  /// What waited to be forgotten again counts as known to every version, and what was forgotten as known before.
  @Test func olderLedger_keepsItsTombstones() throws {
    let folder = try Folder()
    let path = folder.file("ledger.sqlite")
    let bench = try Bench()
    let steps = LedgerSchema.current.migrations
    let old = try Ledger(path: path, schema: LedgerSchema(format: 3, migrations: steps))
    _ = try old.ensureModel("m", at: bench.now)
    try old.recordInitialVersion(Bench.version(1, parent: nil), of: "m", at: bench.now)
    _ = try old.accept(try bench.submission("a", Bench.Wish(1, 2)), quotas: .none, at: bench.now)
    _ = try old.accept(try bench.submission("b", Bench.Wish(7)), quotas: .none, at: bench.now)
    try old.close()
    let further = steps.merging([3: Self.livedThrough + (steps[3] ?? "")]) { $1 }
    let ledger = try Ledger(path: path, schema: LedgerSchema(format: 4, migrations: further))
    let statuses = try ledger.markedTombstones(of: "m").map(\.status)
    #expect(statuses == [.active, .reopened, .settled, .active, .settled])
    #expect(try ledger.tombstones(of: "m").map(\.label) == [3, 4])
    // The reopened one by all, the others before they were forgotten and since the import, or the rollback, that brought them back; two
    // had no tombstone.
    let dropped = 2
    let remembered = try (1...5).map { try ledger.rowsRemembered(by: $0, goneFrom: Bench.gone) }
    #expect(remembered == [5 + dropped, 3 + dropped, 4, 4, 1])
    #expect(try ledger.versions(of: "m").map(\.rememberedRows) == [5, 4, 4, 1])
    #expect(try ledger.versions(of: "n").map(\.rememberedRows) == [0, 1, 0])
  }
}
