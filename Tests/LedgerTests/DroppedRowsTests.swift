import Ledger
import Platform
import Requests
import Testing

/// Rows that an import's data lack: which versions still know them, and what becomes of them when they are there again.
@Suite struct DroppedRowsTests {
  private let gone = Relocation(model: "m", fingerprint: "{}", tombstones: [:])

  private func remembered(_ bench: Bench, by versions: ClosedRange<Int>, in data: Relocation) throws -> [Int] {
    try versions.map { try bench.ledger.rowsRemembered(by: $0, goneFrom: data) }
  }

  /// Imports a model whose data have these of a waiting request's rows.
  private func importing(_ number: Int, _ bench: Bench, _ id: String, has rows: [Int]) throws {
    let found = Resolution(
      rows: RowSet(rows), marks: rows.map(Bench.mark), trainingRows: Bench.trainingRows, maxForgetShare: 1)
    let data = Relocation(model: "m", fingerprint: "{}", tombstones: [:], requests: [try Bench.id(id): found])
    _ = try bench.ledger.importVersion(
      ImportedVersion(version: Bench.version(number, parent: nil), trainingData: data), at: bench.now)
  }

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
    try importing(5, bench, "b", has: [])
    #expect(try bench.state("b") == .forgotten)
    #expect(try remembered(bench, by: 4...5, in: gone) == [1, 0])
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
    _ = try bench.ledger.importVersion(
      ImportedVersion(version: Bench.version(3, parent: nil), trainingData: data), at: bench.now)
    try bench.publish(try bench.start(try bench.schedule("a")))
    let active = try #require(try bench.ledger.markedTombstones(of: "m").first { $0.status == .active }).key
    let own = Relocation(model: "m", fingerprint: "{}", tombstones: [active: 1])
    #expect(try remembered(bench, by: 1...4, in: own) == [1, 0, 0, 0])
    #expect(try remembered(bench, by: 3...4, in: gone) == [1, 0])
  }

  /// A row that was dropped before any run forgot it is kept out of every later run, and forgotten where a model was trained on it.
  @Test func droppedRow_whenItIsThereAgain_isNeverRetained_norRemembered() throws {
    let bench = try Bench()
    try bench.accept("b", Bench.Wish(9, 10))
    try importing(2, bench, "b", has: [9])
    #expect(try remembered(bench, by: 1...2, in: gone) == [1, 0])
    try bench.publish(try bench.start(try bench.schedule("b")))
    #expect(try bench.state("b") == .forgotten)
    let stones = try bench.ledger.markedTombstones(of: "m")
    #expect(stones.map(\.content) == [10, 9].map { Bench.mark($0).content })
    #expect(stones.map(\.status) == [.settled, .active])
    try bench.ledger.rematch(
      Relocation(model: "m", fingerprint: "{}", tombstones: [stones[0].key: 40, stones[1].key: 9]), at: bench.now)
    #expect(try bench.ledger.forgottenRows(of: "m") == RowSet([9, 40]))
    #expect(try bench.ledger.tombstones(of: "m").map { $0.batch == nil } == [false, true])
    #expect(try bench.ledger.verifyContents().problems == [])
    // A model that was trained on both: the request waits for both.
    let data = Relocation(model: "m", fingerprint: "{}", tombstones: [stones[0].key: 40, stones[1].key: 9])
    let outcome = try bench.ledger.importVersion(
      ImportedVersion(version: Bench.version(4, parent: nil), trainingData: data), at: bench.now)
    #expect(outcome.reopened.map(\.text) == ["b"])
    #expect(try bench.ledger.rows(of: try Bench.id("b")) == RowSet([9, 40]))
    try bench.publish(try bench.start(try bench.schedule("b")))
    #expect(try bench.ledger.tombstones(of: "m").map { $0.batch == nil } == [false, false])
    #expect(try bench.ledger.verifyContents().problems == [])
  }

  /// Which came first is not told by a clock that may be set.
  @Test(arguments: [Duration.seconds(1), .seconds(-3600)])
  func droppedRow_ofARequestThatIsCancelled_keepsNoVersionAway(later: Duration) throws {
    let bench = try Bench()
    try bench.publish(try bench.run("a", Bench.Wish(5)))
    try bench.accept("b", Bench.Wish(9, 10))
    try bench.accept("c", Bench.Wish(5))
    bench.pass(later)
    try importing(3, bench, "b", has: [9])
    try bench.ledger.cancel(try Bench.id("b"), by: nil, at: bench.now)
    #expect(try remembered(bench, by: 1...3, in: gone) == [1, 0, 0])
  }

  /// Of somebody else rows were left out, perhaps as these were thought forgotten.
  @Test(arguments: [Duration.seconds(1), .seconds(-3600)])
  func requestOfADroppedRow_thatOthersMayRestOn_cannotBeCancelled(later: Duration) throws {
    let bench = try Bench()
    try bench.publish(try bench.run("a", Bench.Wish(5)))
    try bench.accept("b", Bench.Wish(9, 10))
    try bench.accept("c", Bench.Wish(5))
    #expect(try bench.receipt("c").alreadyForgotten == 1)
    bench.pass(.seconds(1))
    try importing(3, bench, "b", has: [9])
    let id = try Bench.id("b")
    #expect(try bench.ledger.rowsRemembered(by: 2, goneFrom: gone) == 1)
    // Nothing that had ended before rests on it; what ends later may.
    bench.pass(later)
    try bench.accept("d", Bench.Wish(6))
    try bench.publish(try bench.start(try bench.schedule("d")))
    try bench.accept("e", Bench.Wish(6))
    #expect(throws: LedgerError.owed(id)) { try bench.ledger.cancel(id, by: nil, at: bench.now) }
    #expect(try remembered(bench, by: 2...4, in: gone) == [2, 1, 0])
  }

  /// What is there again was left out of somebody's request before anybody could cancel the one that it was dropped from.
  @Test func requestOfADroppedRow_thatIsThereAgain_cannotBeCancelled() throws {
    let bench = try Bench()
    try bench.accept("b", Bench.Wish(9, 10))
    try importing(2, bench, "b", has: [9])
    let stone = try #require(try bench.ledger.markedTombstones(of: "m").first).key
    let found = Resolution(
      rows: RowSet([9]), marks: [Bench.mark(9)], trainingRows: Bench.trainingRows, maxForgetShare: 1)
    let id = try Bench.id("b")
    try bench.ledger.rematch(
      Relocation(model: "m", fingerprint: "{}", tombstones: [stone: 40], requests: [id: found]), at: bench.now)
    try bench.accept("c", Bench.Wish(40))
    #expect(try bench.state("c") == .forgotten)
    #expect(throws: LedgerError.owed(id)) { try bench.ledger.cancel(id, by: nil, at: bench.now) }
  }

  /// After a rollback a request is served by the version that was gone back to: it never knew the row. One made meanwhile may know it.
  @Test func row_thatAnEarlierVersionNeverKnew_mayBeKnownToThoseMadeSince() throws {
    let bench = try Bench()
    try bench.publish(try bench.run("b", Bench.Wish(2)))
    _ = try bench.ledger.rollBack("m", to: 1, servesNow: true, by: nil, at: bench.now)
    let plan = try bench.run("a", Bench.Wish(7))
    _ = try bench.ledger.publish(
      Publication(
        batch: plan.batch, generation: plan.generation, version: nil,
        endings: plan.requests.map { bench.ending($0, .nothingToForget) }), at: bench.now)
    #expect(try bench.ledger.tombstones(of: "m").map(\.version) == [1])
    let known = try bench.ledger.markedTombstones(of: "m").filter { $0.request.text == "b" }.map { ($0.key, 2) }
    let data = Relocation(model: "m", fingerprint: "{}", tombstones: Dictionary(uniqueKeysWithValues: known))
    #expect(try remembered(bench, by: 1...3, in: data) == [0, 1, 0])
  }

  /// The versions that had forgotten it before they were left did not learn it again.
  @Test func row_thatAnEarlierVersionNeverKnew_isKnownToNoneThatHadForgottenIt() throws {
    let bench = try Bench()
    try bench.publish(try bench.run("a", Bench.Wish(1)))
    try bench.publish(try bench.run("b", Bench.Wish(2)))
    _ = try bench.ledger.rollBack("m", to: 1, servesNow: true, by: nil, at: bench.now)
    let plan = try bench.start(try bench.schedule("b"))
    _ = try bench.ledger.publish(
      Publication(
        batch: plan.batch, generation: plan.generation, version: nil,
        endings: plan.requests.map { bench.ending($0, .nothingToForget) }), at: bench.now)
    let known = try bench.ledger.markedTombstones(of: "m").filter { $0.request.text == "a" }.map { ($0.key, 1) }
    let data = Relocation(model: "m", fingerprint: "{}", tombstones: Dictionary(uniqueKeysWithValues: known))
    #expect(try remembered(bench, by: 1...3, in: data) == [0, 1, 0])
  }

  /// A row that equals a forgotten one was not forgotten with it.
  @Test func droppedCopyOfAForgottenRow_isRemembered_unlessTheForgottenOneIsThere() throws {
    for isThere in [false, true] {
      let bench = try Bench()
      try bench.publish(try bench.run("a", Bench.Wish(5)))
      let copy = RowMark(row: 10, content: Bench.mark(5).content, id: Bench.mark(10).id)
      try bench.accept("b", marks: [Bench.mark(9), copy])
      let found = Resolution(
        rows: RowSet([9]), marks: [Bench.mark(9)], trainingRows: Bench.trainingRows, maxForgetShare: 1)
      let key = try #require(try bench.ledger.markedTombstones(of: "m").first).key
      let data = Relocation(
        model: "m", fingerprint: "{}", tombstones: isThere ? [key: 5] : [:], requests: [try Bench.id("b"): found])
      _ = try bench.ledger.importVersion(
        ImportedVersion(version: Bench.version(3, parent: nil), trainingData: data), at: bench.now)
      #expect(try remembered(bench, by: 1...3, in: gone) == (isThere ? [1, 0, 1] : [2, 1, 0]))
    }
  }

  /// One that another request names too is told by its own tombstone, when it is dropped and when it was gone before.
  @Test(arguments: [false, true])
  func droppedRow_thatAnotherRequestHadForgotten_getsNoTombstoneOfItsOwn(isGoneBefore: Bool) throws {
    let bench = try Bench()
    try bench.publish(try bench.run("a", Bench.Wish(5)))
    try bench.accept("b", Bench.Wish(5, 9))
    if isGoneBefore {
      let lost = Relocation(
        model: "m", fingerprint: "{}", tombstones: [:],
        lost: [try Bench.id("b"): Relocation.Lost("rows are gone", marks: [5, 9].map(Bench.mark))])
      try bench.ledger.rematch(lost, at: bench.now)
    }
    try importing(3, bench, "b", has: [9])
    #expect(try bench.ledger.markedTombstones(of: "m").map(\.request.text) == ["a"])
    #expect(try remembered(bench, by: 1...3, in: gone) == [1, 0, 0])
  }

  /// Where ids are given anew, the one of a dropped row is another row's.
  @Test func droppedRow_whoseIdAnotherRowHasNow_isRemembered() throws {
    let bench = try Bench()
    try bench.accept("b", Bench.Wish(9, 10))
    let renumbered = RowMark(row: 9, content: Bench.mark(10).content, id: Bench.mark(9).id)
    let found = Resolution(
      rows: RowSet([9]), marks: [renumbered], trainingRows: Bench.trainingRows, maxForgetShare: 1)
    let data = Relocation(model: "m", fingerprint: "{}", tombstones: [:], requests: [try Bench.id("b"): found])
    _ = try bench.ledger.importVersion(
      ImportedVersion(version: Bench.version(2, parent: nil), trainingData: data), at: bench.now)
    #expect(try bench.ledger.markedTombstones(of: "m").map(\.content) == [Bench.mark(9).content])
  }

  /// A row whose contents were changed is still there, by its id.
  @Test func changedRow_isNotDropped() throws {
    let bench = try Bench()
    try bench.accept("b", Bench.Wish(9, 10))
    let changed = RowMark(row: 10, content: Bench.mark(77).content, id: Bench.mark(10).id)
    let found = Resolution(
      rows: RowSet([9, 10]), marks: [Bench.mark(9), changed], trainingRows: Bench.trainingRows, maxForgetShare: 1)
    let data = Relocation(model: "m", fingerprint: "{}", tombstones: [:], requests: [try Bench.id("b"): found])
    _ = try bench.ledger.importVersion(
      ImportedVersion(version: Bench.version(2, parent: nil), trainingData: data), at: bench.now)
    #expect(try bench.ledger.markedTombstones(of: "m") == [])
  }

  /// Going back brings nothing back that the current version knows as well.
  @Test func goneRow_thatTheCurrentVersionRemembersToo_isInNoWayBack() throws {
    let bench = try Bench()
    try bench.publish(try bench.run("a", Bench.Wish(1)))
    let key = try bench.ledger.markedTombstones(of: "m")[0].key
    let data = Relocation(model: "m", fingerprint: "{}", tombstones: [key: 1])
    _ = try bench.ledger.importVersion(
      ImportedVersion(version: Bench.version(3, parent: nil), trainingData: data), at: bench.now)
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
    INSERT INTO audit SELECT max(sequence) + 1, 0, 'rolled_back', '{"model":"m","to":1,"requests":["a","b"]}', zeroblob(32),
      zeroblob(32) FROM audit;
    INSERT INTO versions (model, number, origin, record, published_at)
      VALUES ('m', 3, 'imported', randomblob(32), 0), ('m', 4, 'run', randomblob(32), 0),
        ('m', 5, 'imported', randomblob(32), 0);
    INSERT INTO batches (number, model, kind, state, created_at) VALUES (1, 'm', 'rows', 'published', 0);
    INSERT INTO tombstones (model, request, row, label, kind, batch, version, content, status)
      VALUES ('m', 1, 1, 3, 'rows', 1, 2, randomblob(32), 'active'), ('m', 1, 2, 4, 'rows', 1, 1, randomblob(32), 'reopened'),
        ('m', 1, NULL, 4, 'rows', 1, 2, randomblob(32), 'settled'), ('m', 1, 5, 4, 'rows', 1, 4, randomblob(32), 'active'),
        ('m', 1, NULL, 4, 'rows', 1, 3, randomblob(32), 'settled'),
        ('m', 2, 7, 4, 'rows', 1, 1, randomblob(32), 'active');

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
    #expect(statuses == [.active, .reopened, .settled, .active, .settled, .active])
    #expect(try ledger.tombstones(of: "m").map(\.label) == [3, 4, 4])
    // The reopened one by all, the others before they were forgotten and since the import, or the rollback, that brought them back; two
    // had no tombstone. What was forgotten in the version that was gone back to stayed so.
    let dropped = 2
    let remembered = try (1...5).map { try ledger.rowsRemembered(by: $0, goneFrom: gone) }
    #expect(remembered == [5 + dropped, 3 + dropped, 4, 4, 1])
    #expect(try ledger.versions(of: "m").map(\.rememberedRows) == [5, 4, 4, 1])
  }
}
