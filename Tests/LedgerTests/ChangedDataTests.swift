import Ledger
import Platform
import Requests
import Testing

@Suite struct ChangedDataTests {
  /// Forgets rows 1 to 3, then lets the data change.
  private func changed() throws -> (Bench, [Int64]) {
    let bench = try Bench()
    try bench.publish(try bench.run("old", Bench.Wish(1...3)))
    try bench.ledger.pause("m", .dataChanged, detail: "other bytes", at: bench.now)
    return (bench, try bench.ledger.markedTombstones(of: "m").map(\.key))
  }

  private func resolution(_ rows: RowSet, moved: Int = 0) -> Resolution {
    let marks = rows.rows.map { RowMark(row: $0, content: Bench.mark($0 - moved).content) }
    return Resolution(rows: rows, marks: marks, trainingRows: 1000, maxForgetShare: 1)
  }

  @Test func rematch_followsWhatMovedAndMarksWhatIsGone() throws {
    let (bench, keys) = try changed()
    try bench.ledger.rematch(
      Relocation(model: "m", fingerprint: "{}", tombstones: [keys[0]: 1, keys[2]: 30]), at: bench.now)
    #expect(try bench.ledger.forgottenRows(of: "m") == RowSet([1, 30]))
    #expect(try bench.ledger.markedTombstones(of: "m").map(\.status) == [.active, .gone, .active])
    #expect(try bench.ledger.model("m")?.isPaused == false)
    #expect(try bench.ledger.model("m")?.fingerprint == "{}")
    // What is gone is found again in later data.
    try bench.ledger.rematch(
      Relocation(model: "m", fingerprint: "{}", tombstones: [keys[0]: 3, keys[1]: 1, keys[2]: 2]), at: bench.now)
    #expect(try bench.ledger.markedTombstones(of: "m").map(\.row) == [3, 1, 2])
    #expect(try bench.ledger.forgottenRows(of: "m") == RowSet(1...3))
  }

  @Test func rematch_keepsOtherPauses() throws {
    let (bench, _) = try changed()
    try bench.ledger.pause("m", .person, detail: "maintenance", at: bench.now)
    try bench.ledger.rematch(Relocation(model: "m", fingerprint: "{}", tombstones: [:]), at: bench.now)
    #expect(try bench.ledger.model("m")?.pauses.map(\.reason) == [.person])
  }

  @Test func rematch_whenAClassIsGoneFromTheData_keepsItErased() throws {
    let bench = try Bench()
    var wish = Bench.Wish(10...12)
    wish.labels = [4]
    try bench.publish(try bench.run("class", wish))
    try bench.ledger.rematch(Relocation(model: "m", fingerprint: "{}", tombstones: [:]), at: bench.now)
    #expect(try bench.ledger.erasedClasses(of: "m").map(\.label) == [4])
    #expect(try bench.ledger.erasedClasses(of: "m")[0].rows == .empty)
    #expect(try bench.ledger.tombstones(of: "m").isEmpty)
  }

  @Test func rematch_givesWaitingRequestsTheirNewRows() throws {
    let (bench, keys) = try changed()
    try bench.accept("a", Bench.Wish(10, 11))
    try bench.ledger.rematch(
      Relocation(
        model: "m", fingerprint: "{}", tombstones: [keys[0]: 20],
        requests: [try Bench.id("a"): resolution(RowSet([20, 21]))]), at: bench.now)
    #expect(try bench.ledger.rows(of: try Bench.id("a")) == RowSet([21]))
    #expect(try bench.receipt("a").alreadyForgotten == 1)
    #expect(try bench.ledger.markedRequests(of: "m").map { $0.marks.map(\.row) } == [[20, 21]])
  }

  @Test func rematch_whenARequestsRowsAreLost_holdsItUntilAModelWithoutThem() throws {
    let (bench, keys) = try changed()
    try bench.accept("a", Bench.Wish(10, 11))
    let id = try Bench.id("a")
    try bench.ledger.rematch(
      Relocation(
        model: "m", fingerprint: "{}", tombstones: [keys[0]: 1],
        lost: [id: Relocation.Lost("its rows are not in the new data")]),
      at: bench.now)
    let receipt = try bench.receipt("a")
    #expect(receipt.state == .held)
    #expect(receipt.reason == .error)
    #expect(receipt.detail == "its rows are not in the new data")
    #expect(throws: LedgerError.self) { try bench.ledger.retry(id, by: nil, at: bench.now) }
    let training = Relocation(model: "m", fingerprint: "{}", tombstones: [:], requests: [id: resolution(.empty)])
    let imported = ImportedVersion(version: Bench.version(3, parent: nil), trainingData: training)
    _ = try bench.ledger.importVersion(imported, at: bench.now)
    #expect(try bench.receipt("a").state == .forgotten)
    #expect(try bench.receipt("a").version == 3)
    #expect(try bench.receipt("a").detail?.contains("none of the request's rows") == true)
  }

  /// Nothing but its rows could mend it, and its sentence would say what is not so.
  @Test(arguments: [1.0, 0.001])
  func rematch_whenLostRowsAreBack_acceptsTheRequestAgain(_ share: Double) throws {
    let (bench, _) = try changed()
    try bench.accept("a", Bench.Wish(10, 11))
    let id = try Bench.id("a")
    let gone = Relocation(
      model: "m", fingerprint: "{}", tombstones: [:], lost: [id: Relocation.Lost("gone", marks: [Bench.mark(10)])])
    #expect(try bench.ledger.rematch(gone, at: bench.now).isEmpty)
    let rows = RowSet([20, 21])
    let found = Resolution(
      rows: rows, marks: rows.rows.map(Bench.mark), trainingRows: Bench.trainingRows, maxForgetShare: share)
    let back = try bench.ledger.rematch(
      Relocation(model: "m", fingerprint: "[]", tombstones: [:], requests: [id: found]), at: bench.now)
    // What is more than a policy allows still waits for a person.
    #expect(back == (share == 1 ? [id] : []))
    let receipt = try bench.receipt("a")
    #expect(receipt.state == (share == 1 ? .accepted : .held) && receipt.rows == 2)
    #expect(share == 1 ? receipt.detail == "2 rows wait for a batch" : receipt.reason == .maxForgetShare)
    #expect(try bench.ledger.verifyContents().problems.isEmpty)
  }

  /// A run of another request must not train on those of its rows that are still there.
  @Test func rematch_whenSomeRowsAreLost_keepsTheOthersFromBeingRetained() throws {
    let (bench, _) = try changed()
    try bench.accept("a", Bench.Wish(12, 30))
    try bench.accept("b", Bench.Wish(50))
    let id = try Bench.id("a")
    let mark = Bench.mark(12)
    let marks = [RowMark(row: 7, content: mark.content, id: mark.id), Bench.mark(30)]
    try bench.ledger.rematch(
      Relocation(
        model: "m", fingerprint: "{}", tombstones: [:], lost: [id: Relocation.Lost("one is gone", marks: marks)]),
      at: bench.now)
    #expect(try bench.state("a") == .held)
    let batch = try bench.schedule("b")
    #expect(try bench.ledger.pendingRows(of: "m", excludingBatch: batch) == RowSet([7, 30]))
    #expect(try bench.ledger.markedRequests(of: "m").first { $0.request == id }?.marks == marks)
    #expect(try bench.ledger.verifyContents().problems.isEmpty)
    try bench.ledger.cancel(id, by: 0, at: bench.now)
    #expect(try bench.ledger.pendingRows(of: "m", excludingBatch: batch).isEmpty)
  }

  @Test func rematch_voidsSavedProgressAndRunningResults() throws {
    let (bench, keys) = try changed()
    try bench.ledger.unpause("m", .dataChanged, at: bench.now)
    let plan = try bench.run("a", Bench.Wish(10, 11))
    try bench.ledger.rematch(
      Relocation(
        model: "m", fingerprint: "{}", tombstones: [keys[0]: 1],
        requests: [try Bench.id("a"): resolution(RowSet([12]), moved: 1)]), at: bench.now)
    #expect(throws: LedgerError.self) { try bench.publish(plan) }
    let again = try #require(try bench.ledger.interruptedRuns().first)
    #expect(again.take > plan.take)
    #expect(again.requests.map(\.rows) == [RowSet([12])])
    try bench.publish(again)
    #expect(try bench.state("a") == .forgotten)
  }

  @Test func rematch_whenARunningRequestHasNothingLeft_endsItAndItsBatch() throws {
    let (bench, keys) = try changed()
    try bench.ledger.unpause("m", .dataChanged, at: bench.now)
    let plan = try bench.run("a", Bench.Wish(10))
    try bench.ledger.rematch(
      Relocation(
        model: "m", fingerprint: "{}", tombstones: [keys[0]: 20],
        requests: [try Bench.id("a"): resolution(RowSet([20]))]), at: bench.now)
    #expect(try bench.state("a") == .forgotten)
    #expect(try bench.ledger.batch(plan.batch)?.state.isEnded == true)
    #expect(try bench.ledger.interruptedRuns().isEmpty)
  }
}
