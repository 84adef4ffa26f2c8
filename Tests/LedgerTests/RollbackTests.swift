import Ledger
import Platform
import Requests
import Testing

@Suite struct RollbackTests {
  /// Version 2 forgot rows 1 to 3 (`a`), version 3 rows 4 and 5 (`b`).
  private func twice() throws -> Bench {
    let bench = try Bench()
    try bench.publish(try bench.run("a", Bench.Wish(1...3)))
    try bench.publish(try bench.run("b", Bench.Wish(4...5)))
    return bench
  }

  @discardableResult
  private func rollBack(_ bench: Bench, to version: Int, servesNow: Bool = false) throws -> Rollback {
    try bench.ledger.rollBack("m", to: version, servesNow: servesNow, by: 0, at: bench.now)
  }

  @Test func rollback_acceptsAgainWhatWasServedSince_andServesWhatItServed() throws {
    let bench = try twice()
    let plan = try bench.ledger.rollbackPlan(of: "m", to: 1, servesNow: false)
    #expect(try rollBack(bench, to: 1) == plan)
    #expect(plan.requests.map(\.text) == ["a", "b"] && plan.rows == 5)
    #expect(plan.from == 3 && plan.servedMeanwhile == 3)
    let model = try #require(try bench.ledger.model("m"))
    #expect(model.currentVersion == 1 && model.serving == 3)
    for id in ["a", "b"] {
      let receipt = try bench.receipt(id)
      #expect(receipt.state == .accepted && receipt.version == nil && receipt.finishedAt == nil && receipt.after == nil)
      #expect(try #require(receipt.detail).contains("version 1"))
    }
    // Never retained, and nothing to guard: the model knows them again.
    #expect(try bench.ledger.forgottenRows(of: "m") == RowSet(1...5))
    #expect(try bench.ledger.tombstones(of: "m").isEmpty)
    #expect(try bench.ledger.rows(of: try Bench.id("a")) == RowSet(1...3))
    #expect(try bench.ledger.owedRequests(of: "m").map(\.text) == ["a", "b"])
    // Neither what runs start from nor what is served is due for purging.
    #expect(try bench.ledger.versions(of: "m").filter { $0.replacement == nil }.map(\.number) == [1, 3])
    #expect(try bench.ledger.verifyAudit().isWhole)
  }

  @Test func rollback_toTheLastButOne_takesBackOnlyTheLast() throws {
    let bench = try twice()
    #expect(try rollBack(bench, to: 2).requests.map(\.text) == ["b"])
    #expect(try bench.state("a") == .forgotten)
    #expect(try bench.ledger.tombstones(of: "m").map(\.row) == [1, 2, 3])
  }

  @Test func replay_serves_onlyWithTheLastOwedRequest() throws {
    let bench = try twice()
    try rollBack(bench, to: 1)
    bench.pass(.seconds(60))
    let first = try bench.start(try bench.schedule("a"))
    #expect(first.parentVersion == 1)
    _ = try bench.ledger.publish(publication(bench, first, version: 4), at: bench.now)
    var model = try #require(try bench.ledger.model("m"))
    #expect(model.currentVersion == 4 && model.serving == 3)
    try bench.crash()
    let second = try bench.start(try bench.schedule("b"))
    _ = try bench.ledger.publish(publication(bench, second, version: 5), at: bench.now)
    model = try #require(try bench.ledger.model("m"))
    #expect(model.currentVersion == 5 && model.serving == 5 && model.servedVersion == nil)
    #expect(try bench.ledger.owedRequests(of: "m").isEmpty)
    #expect(try bench.ledger.tombstones(of: "m").map(\.row) == [1, 2, 3, 4, 5])
    #expect(try bench.ledger.versions(of: "m").filter { $0.replacement == nil }.map(\.number) == [5])
    #expect(try bench.ledger.auditEntries().map(\.kind).contains("replayed"))
    #expect(try bench.ledger.verifyAudit().isWhole)
  }

  private func publication(_ bench: Bench, _ plan: PlannedRun, version: Int) -> Publication {
    Publication(
      batch: plan.batch, generation: plan.generation, version: Bench.version(version, parent: plan.parentVersion),
      endings: plan.requests.map { bench.ending($0) })
  }

  @Test func serveNow_servesTheVersionAtOnce() throws {
    let bench = try twice()
    let plan = try rollBack(bench, to: 1, servesNow: true)
    #expect(plan.servedMeanwhile == nil && plan.requests.count == 2)
    #expect(try bench.ledger.model("m")?.serving == 1)
    #expect(try bench.ledger.versions(of: "m").filter { $0.replacement == nil }.map(\.number) == [1])
  }

  /// What a request named and another had forgotten before stands and falls with that other one.
  @Test func rollback_looksUpAnew_whatWasForgottenByAnother() throws {
    let bench = try twice()
    try bench.accept("c", Bench.Wish(2...3))
    #expect(try bench.state("c") == .forgotten)
    #expect(try rollBack(bench, to: 1).requests.map(\.text) == ["a", "b", "c"])
    #expect(try bench.state("c") == .accepted)
    #expect(try bench.ledger.unresolvedRequests(of: "m").map(\.text) == ["c"])
  }

  /// Where nobody can look it up any more it ends with those that had forgotten its rows, and not before.
  @Test func rollback_ofWhatCannotBeLookedUp_endsWithTheOthers() throws {
    let bench = try twice()
    try bench.accept("c", Bench.Wish(2...4))
    let id = try Bench.id("c")
    try rollBack(bench, to: 1)
    #expect(try bench.receipt("c").alreadyForgotten == nil)
    let places = try bench.ledger.markedTombstones(of: "m").map { ($0.key, $0.row ?? 0) }
    try bench.ledger.rematch(
      Relocation(
        model: "m", fingerprint: "[]", tombstones: Dictionary(uniqueKeysWithValues: places),
        lost: [id: Relocation.Lost("its numbers mean others")]), at: bench.now)
    for (name, version) in [("a", 4), ("b", 5)] {
      #expect(try bench.ledger.endWithOthers(id, at: bench.now))
      #expect(try bench.state("c") == .accepted)
      let plan = try bench.start(try bench.schedule(name))
      _ = try bench.ledger.publish(publication(bench, plan, version: version), at: bench.now)
      #expect(try bench.ledger.model("m")?.serving == 3)
    }
    #expect(try bench.ledger.endWithOthers(id, at: bench.now))
    let receipt = try bench.receipt("c")
    #expect(receipt.state == .forgotten && receipt.reason == .alreadyForgotten && receipt.version == 5)
    #expect(receipt.rows == 0 && receipt.alreadyForgotten == 3)
    #expect(try bench.ledger.model("m")?.serving == 5)
    #expect(try bench.ledger.verifyContents().problems.isEmpty)
    // And so again.
    try rollBack(bench, to: 4)
    #expect(try bench.ledger.endWithOthers(id, at: bench.now))
    #expect(try bench.state("c") == .accepted)
  }

  @Test func owed_cannotBeCancelled() throws {
    let bench = try twice()
    try rollBack(bench, to: 2)
    #expect(throws: LedgerError.owed(try Bench.id("b"))) {
      try bench.ledger.cancel(Bench.id("b"), by: 1, at: bench.now)
    }
  }

  /// Version 3 was made from 2, 4 from 1: what the one forgot the other may have been trained on since.
  @Test func rollback_toAnotherLine_isRefused() throws {
    let bench = try twice()
    try rollBack(bench, to: 1)
    let plan = try bench.start(try bench.schedule("a", "b"))
    _ = try bench.ledger.publish(publication(bench, plan, version: 4), at: bench.now)
    for version in [2, 3] {
      #expect(throws: LedgerError.self) { try rollBack(bench, to: version) }
    }
    #expect(try rollBack(bench, to: 1).requests.map(\.text) == ["a", "b"])
  }

  /// Version 3 was made before it was found that version 2 does not know row 9; it may well have been trained on it.
  @Test func nothingToForget_afterARollback_saysNothingOfOtherVersions() throws {
    let bench = try twice()
    try rollBack(bench, to: 2)
    let plan = try bench.run("x", Bench.Wish(9))
    _ = try bench.ledger.publish(
      Publication(
        batch: plan.batch, generation: plan.generation, version: nil,
        endings: plan.requests.map { bench.ending($0, .nothingToForget) }), at: bench.now)
    #expect(try bench.ledger.forgottenRows(of: "m", upTo: 3) == RowSet(1...5))
    #expect(try bench.ledger.forgottenRows(of: "m") == RowSet([1, 2, 3, 4, 5, 9]))
  }

  /// Nothing rests on a request of which nobody can say any more which rows it means; without an end it would never be served what
  /// others were forgotten in.
  @Test func owed_withoutRows_canBeCancelled() throws {
    let bench = try twice()
    try bench.accept("c", Bench.Wish(2...3))
    try rollBack(bench, to: 1)
    let id = try Bench.id("c")
    #expect(throws: LedgerError.owed(id)) { try bench.ledger.cancel(id, by: 1, at: bench.now) }
    try bench.ledger.holdUnresolved(id, detail: "no such row", at: bench.now)
    let plan = try bench.start(try bench.schedule("a", "b"))
    _ = try bench.ledger.publish(publication(bench, plan, version: 4), at: bench.now)
    #expect(try bench.ledger.model("m")?.serving == 3)
    try bench.ledger.cancel(id, by: 1, at: bench.now)
    #expect(try bench.ledger.model("m")?.serving == 4)
  }

  @Test func rollback_ofARunGoingOn_makesItsResultVoid() throws {
    let bench = try twice()
    let plan = try bench.run("c", Bench.Wish(9))
    try rollBack(bench, to: 2)
    #expect(throws: LedgerError.self) { try bench.publish(plan) }
    #expect(try bench.ledger.interruptedRuns().map(\.parentVersion) == [2])
  }

  @Test func rollback_thatCouldNotForgetAgain_isRefused() throws {
    let bench = try twice()
    for version in [0, 3, 7] {
      #expect(throws: LedgerError.self) { try rollBack(bench, to: version) }
    }
    // Row 4 left the data.
    let stones = try bench.ledger.markedTombstones(of: "m")
    let found = stones.filter { $0.row != 4 }.map { ($0.key, $0.row ?? 0) }
    try bench.ledger.rematch(
      Relocation(model: "m", fingerprint: "{}", tombstones: Dictionary(uniqueKeysWithValues: found)), at: bench.now)
    #expect(throws: LedgerError.self) { try rollBack(bench, to: 2) }
    #expect(try bench.state("b") == .forgotten)
    // A retrained model came between.
    let imported = ImportedVersion(
      version: Bench.version(4, parent: 3),
      trainingData: Relocation(model: "m", fingerprint: "{}", tombstones: [:]))
    _ = try bench.ledger.importVersion(imported, at: bench.now)
    #expect(throws: LedgerError.self) { try rollBack(bench, to: 3) }
  }

  /// Where a row is gone that the version remembers, importing its directory would bring back what nobody can forget.
  @Test func rollback_acrossAnImport_namesItsDirectory_onlyWhereNothingIsGone() throws {
    for isGone in [false, true] {
      let bench = try twice()
      var places = try bench.ledger.markedTombstones(of: "m").map { ($0.key, $0.row ?? 0) }
      if isGone { places.removeLast() }
      let data = Relocation(model: "m", fingerprint: "{}", tombstones: Dictionary(uniqueKeysWithValues: places))
      _ = try bench.ledger.importVersion(
        ImportedVersion(version: Bench.version(4, parent: 3), trainingData: data), at: bench.now)
      let error = #expect(throws: LedgerError.self) { try rollBack(bench, to: 2) }
      #expect("\(try #require(error))".contains("hamuctl import") == !isGone)
      // Version 3 has forgotten all of them, the import was trained on those that wait again.
      #expect(try bench.ledger.rowsRemembered(by: 2, goneFrom: data) == (isGone ? 1 : 0))
      #expect(try bench.ledger.rowsRemembered(by: 3, goneFrom: data) == 0)
      let none = Relocation(model: "m", fingerprint: "{}", tombstones: [:])
      #expect(try bench.ledger.rowsRemembered(by: 3, goneFrom: none) == 0)
      #expect(try bench.ledger.rowsRemembered(by: 4, goneFrom: none) == (isGone ? 4 : 5))
    }
  }

  @Test func import_duringAReplay_isServedAtOnce() throws {
    let bench = try twice()
    try rollBack(bench, to: 1)
    let training = Relocation(
      model: "m", fingerprint: "{}", tombstones: [:],
      requests: [try Bench.id("a"): resolution(.empty), try Bench.id("b"): resolution(.empty)])
    _ = try bench.ledger.importVersion(
      ImportedVersion(version: Bench.version(4, parent: 1), trainingData: training), at: bench.now)
    #expect(try bench.ledger.model("m")?.serving == 4)
    #expect(try bench.ledger.owedRequests(of: "m").isEmpty)
    #expect(try bench.ledger.versions(of: "m").filter { $0.replacement == nil }.map(\.number) == [4])
  }

  private func resolution(_ rows: RowSet) -> Resolution {
    Resolution(rows: rows, marks: rows.rows.map(Bench.mark), trainingRows: 1000, maxForgetShare: 1)
  }

  @Test func ledgerOfTheFirstFormat_isBroughtUp() throws {
    let folder = try Folder()
    let path = folder.file("ledger.sqlite")
    try Ledger(path: path, schema: LedgerSchema(format: 1, migrations: [:])).close()
    let ledger = try Ledger(path: path)
    #expect(ledger.migratedFrom == 1)
    _ = try ledger.ensureModel("m", at: WallClock.now)
    #expect(try ledger.owedRequests(of: "m").isEmpty)
    try ledger.close()
    #expect(try Ledger(path: path).migratedFrom == nil)
  }
}
