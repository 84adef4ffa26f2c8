import Ledger
import Platform
import Requests
import Testing

@Suite struct ImportTests {
  private func imported(_ number: Int, remembers: [Int64: Int]) -> ImportedVersion {
    ImportedVersion(
      version: Bench.version(number, parent: nil),
      trainingData: Relocation(model: "m", fingerprint: "{}", tombstones: remembers))
  }

  @Test func import_settlesWhatItNeverSawAndAcceptsTheRestAgain() throws {
    let bench = try Bench()
    try bench.publish(try bench.run("seen", Bench.Wish(1...3)))
    try bench.publish(try bench.run("unseen", Bench.Wish(7)))
    let keys = try bench.ledger.markedTombstones(of: "m").map(\.key)
    let outcome = try bench.ledger.importVersion(imported(4, remembers: [keys[0]: 1, keys[1]: 20]), at: bench.now)
    #expect(outcome.settled == 2)
    #expect(outcome.reopened.map(\.text) == ["seen"])
    let receipt = try bench.receipt("seen")
    #expect(receipt.state == .accepted)
    #expect(receipt.rows == 2)
    #expect(receipt.finishedAt == nil)
    #expect(receipt.version == nil)
    #expect(receipt.after == nil)
    #expect(try bench.state("unseen") == .forgotten)
    #expect(try bench.ledger.model("m")?.currentVersion == 4)
    // Not retained, not guarded; the model remembers them.
    #expect(try bench.ledger.forgottenRows(of: "m") == RowSet([1, 20]))
    #expect(try bench.ledger.tombstones(of: "m").isEmpty)
    #expect(try bench.ledger.versions(of: "m").last?.rememberedRows == 2)
    let marked = try bench.ledger.markedRequests(of: "m")
    #expect(marked.map(\.request.text) == ["seen"])
    #expect(marked[0].marks.map(\.row) == [1, 20])
    #expect(marked[0].marks.map(\.content) == [1, 2].map { Bench.mark($0).content })
  }

  /// What another's tombstone stands for is no row that only the request named.
  @Test func rowsOfWaitingRequests_countAsDropped_whereNobodyForgotThem() throws {
    let bench = try Bench()
    try bench.publish(try bench.run("a", Bench.Wish(5)))
    try bench.accept("b", Bench.Wish(5, 9, 10))
    let found = Resolution(
      rows: RowSet([9]), labels: [], marks: [Bench.mark(9)], trainingRows: Bench.trainingRows, maxForgetShare: 1)
    let data = Relocation(model: "m", fingerprint: "{}", tombstones: [:], requests: [try Bench.id("b"): found])
    _ = try bench.ledger.importVersion(
      ImportedVersion(version: Bench.version(3, parent: nil), trainingData: data), at: bench.now)
    // Version 1 knows rows 5 and 10, version 2 has forgotten the one, the import knows neither.
    #expect(try [1, 2, 3].map { try bench.ledger.rowsRemembered(by: $0, goneFrom: data) } == [2, 1, 0])
  }

  /// A version that was trained on them again remembers them, whenever they were forgotten first.
  @Test func rowsThatAnImportBroughtBack_areRememberedFromItOn() throws {
    let bench = try Bench()
    try bench.publish(try bench.run("a", Bench.Wish(5)))
    let key = try bench.ledger.markedTombstones(of: "m")[0].key
    _ = try bench.ledger.importVersion(imported(3, remembers: [key: 5]), at: bench.now)
    _ = try bench.ledger.importVersion(imported(4, remembers: [:]), at: bench.now)
    let gone = Relocation(model: "m", fingerprint: "{}", tombstones: [:])
    #expect(try [1, 2, 3].map { try bench.ledger.rowsRemembered(by: $0, goneFrom: gone) } == [1, 0, 1])
  }

  @Test func reopened_whenForgottenAgain_isOneTombstone() throws {
    let bench = try Bench()
    try bench.publish(try bench.run("a", Bench.Wish(1, 2)))
    let keys = try bench.ledger.markedTombstones(of: "m").map(\.key)
    _ = try bench.ledger.importVersion(imported(3, remembers: [keys[0]: 1, keys[1]: 2]), at: bench.now)
    let plan = try bench.start(try bench.schedule("a"))
    #expect(plan.requests[0].rows == RowSet([1, 2]))
    try bench.publish(plan)
    #expect(try bench.ledger.tombstones(of: "m").map(\.version) == [4, 4])
    #expect(try bench.ledger.markedTombstones(of: "m").map(\.status) == [.active, .active])
    #expect(try bench.receipt("a").version == 4)
  }

  @Test func reopened_cannotBeCancelled_andIsNeverRetained() throws {
    let bench = try Bench()
    try bench.publish(try bench.run("a", Bench.Wish(1)))
    let keys = try bench.ledger.markedTombstones(of: "m").map(\.key)
    _ = try bench.ledger.importVersion(imported(3, remembers: [keys[0]: 1]), at: bench.now)
    // Another request may have been answered with what it did.
    let id = try Bench.id("a")
    #expect(throws: LedgerError.owed(id)) { try bench.ledger.cancel(id, by: nil, at: bench.now) }
    #expect(try bench.ledger.forgottenRows(of: "m") == RowSet([1]))
    // Whoever asks for it anew is not told that it is forgotten.
    try bench.accept("b", Bench.Wish(1))
    #expect(try bench.receipt("b").rows == 1)
  }

  /// While its request waits for what the one import brought back, the next one may bring more.
  @Test(arguments: [[1], []])
  func settled_whenTheNextImportRemembersIt_isForgottenWithWhatWaits(_ first: [Int]) throws {
    let bench = try Bench()
    try bench.publish(try bench.run("a", Bench.Wish(1, 2)))
    let keys = try bench.ledger.markedTombstones(of: "m").map(\.key)
    _ = try bench.ledger.importVersion(imported(3, remembers: [keys[0]: 1]), at: bench.now)
    let id = try Bench.id("a")
    #expect(try bench.ledger.rows(of: id) == RowSet([1]))
    // Row 2 is back, at 20; row 1 may be gone.
    let waiting = Resolution(
      rows: RowSet(first), marks: first.map(Bench.mark), trainingRows: Bench.trainingRows, maxForgetShare: 1)
    let data = Relocation(
      model: "m", fingerprint: "{}",
      tombstones: Dictionary(uniqueKeysWithValues: first.map { (keys[0], $0) } + [(keys[1], 20)]),
      requests: [id: waiting])
    _ = try bench.ledger.importVersion(
      ImportedVersion(version: Bench.version(4, parent: nil), trainingData: data), at: bench.now)
    #expect(try bench.state("a") == .accepted)
    #expect(try bench.ledger.rows(of: id) == RowSet(first + [20]))
    #expect(try bench.ledger.markedRequests(of: "m").map { $0.marks.map(\.row) } == [first + [20]])
    #expect(try bench.ledger.markedRequests(of: "m").last?.marks.last?.content == Bench.mark(2).content)
    #expect(try bench.ledger.verifyContents().problems.isEmpty)
    try bench.publish(try bench.start(try bench.schedule("a")))
    #expect(try bench.ledger.tombstones(of: "m").map(\.row) == first + [20])
  }

  /// What another one's run has forgotten of a request that waits again is not remembered by the version that did.
  @Test(arguments: [[1, 2], [2]])
  func reopened_thatAnotherRunForgets_isForgottenAsOfThatRun(_ covered: [Int]) throws {
    let bench = try Bench()
    try bench.publish(try bench.run("a", Bench.Wish(1, 2)))
    let keys = try bench.ledger.markedTombstones(of: "m").map(\.key)
    _ = try bench.ledger.importVersion(imported(3, remembers: [keys[0]: 1, keys[1]: 2]), at: bench.now)
    var wish = Bench.Wish(9)
    wish.rows = RowSet(covered)
    try bench.publish(try bench.run("b", wish))
    if covered.count == 1 {
      #expect(try bench.ledger.rows(of: try Bench.id("a")) == RowSet([1]))
      #expect(try bench.ledger.markedTombstones(of: "m").map(\.status) == [.reopened, .reopened, .active])
      try bench.publish(try bench.start(try bench.schedule("a")))
    }
    #expect(try bench.state("a") == .forgotten)
    #expect(try bench.ledger.markedTombstones(of: "m").allSatisfy { $0.status == .active })
    #expect(try bench.ledger.versions(of: "m").last?.rememberedRows == 0)
    #expect(try bench.ledger.tombstones(of: "m").map(\.version) == (covered.count == 1 ? [5, 4] : [4, 4]))
    // So going back to before that run brings back all of them.
    #expect(try bench.ledger.rollbackPlan(of: "m", to: 3, servesNow: false).requests.map(\.text) == ["a", "b"])
    #expect(try bench.ledger.verifyContents().problems.isEmpty)
  }

  @Test func settled_whenItsRowShowsUpInOtherData_livesAgain() throws {
    let bench = try Bench()
    try bench.publish(try bench.run("a", Bench.Wish(1)))
    let keys = try bench.ledger.markedTombstones(of: "m").map(\.key)
    _ = try bench.ledger.importVersion(imported(3, remembers: [:]), at: bench.now)
    #expect(try bench.ledger.forgottenRows(of: "m") == .empty)
    try bench.ledger.rematch(Relocation(model: "m", fingerprint: "{}", tombstones: [keys[0]: 5]), at: bench.now)
    #expect(try bench.ledger.forgottenRows(of: "m") == RowSet([5]))
    #expect(try bench.state("a") == .forgotten)
  }

  @Test func import_whileARunIsHeldOrGoing_makesThemStartOver() throws {
    let bench = try Bench()
    let held = try bench.run("held", Bench.Wish(1))
    try bench.hold(held)
    let running = try bench.run("runs", Bench.Wish(2))
    _ = try bench.ledger.importVersion(imported(2, remembers: [:]), at: bench.now)
    #expect(throws: LedgerError.self) { try bench.publish(running) }
    let again = try #require(try bench.ledger.interruptedRuns().first)
    #expect(again.parentVersion == 2)
    #expect(again.take > running.take)
    try bench.publish(again)
    _ = try bench.ledger.resume(try Bench.id("held"), acceptRetainCost: nil, by: nil, at: bench.now)
    #expect(try bench.start(held.batch).take > held.take)
  }

  @Test func import_ofAVersionThatIsNotNewer_isRefused() throws {
    let bench = try Bench()
    #expect(throws: LedgerError.self) {
      try bench.ledger.importVersion(imported(1, remembers: [:]), at: bench.now)
    }
    #expect(try bench.ledger.model("m")?.generation == 0)
  }
}
