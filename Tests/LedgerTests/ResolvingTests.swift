import Ledger
import Platform
import Requests
import Testing

/// Requests that were accepted while their model could not be looked at.
@Suite struct ResolvingTests {
  private let bench: Bench
  private let id: RequestID

  init() throws {
    bench = try Bench()
    id = try Bench.id("a")
    var wish = Bench.Wish(1, 2)
    wish.isResolved = false
    let plain = try bench.submission("a", wish)
    let submission = Submission(
      manifest: plain.manifest, bytes: plain.bytes, submitter: plain.submitter, receivedAt: plain.receivedAt,
      resolution: nil, awaitsModel: true)
    _ = try bench.ledger.accept(submission, quotas: .none, at: bench.now)
  }

  private func resolution(_ rows: RowSet, share: Double = 1) -> Resolution {
    Resolution(
      rows: rows, marks: rows.rows.map(Bench.mark), trainingRows: Bench.trainingRows, maxForgetShare: share)
  }

  @Test func accept_whileTheModelCannotBeUsed_isDurableAndInNoBatch() throws {
    try bench.crash()
    #expect(try bench.state("a") == .accepted)
    #expect(try bench.receipt("a").rows == nil)
    #expect(try bench.receipt("a").detail?.contains("when model m can be used again") == true)
    #expect(try bench.ledger.unresolvedRequests(of: "m") == [id])
    #expect(try bench.ledger.unresolvedRequests(of: "n").isEmpty)
    #expect(throws: LedgerError.unfitBatch("it has a request whose rows are not known yet")) {
      try bench.ledger.createBatch(of: [id], at: bench.now)
    }
  }

  @Test func publish_ofOtherRequests_leavesItAlone() throws {
    try bench.publish(try bench.run("b", Bench.Wish(1...4)))
    #expect(try bench.ledger.unresolvedRequests(of: "m") == [id])
    #expect(try bench.state("a") == .accepted)
  }

  @Test func resolve_countsRowsAgainstTheUser() throws {
    _ = try bench.ledger.resolve(id, resolution(RowSet([1, 2])), at: bench.now)
    let quotas = Quotas(requestsPerDay: 2, rowsPerDay: 3)
    let refusal = AcceptRefusal.rowQuota(rows: 2, asked: 4, allowed: 3, comeBackAt: bench.now.endOfDay)
    #expect(try bench.accept("b", Bench.Wish(3, 4), quotas: quotas) == .refused(refusal))
    try bench.accept("c", Bench.Wish(3), quotas: quotas)
    #expect(try bench.state("c") == .accepted)
  }

  @Test func resolve_countsRowsForWhoAnswersForTheUser_onTheDayOfTheLookUp() throws {
    bench.pass(.seconds(86_400))
    let quotas = Quotas(requestsPerDay: 1, rowsPerDay: 3)
    func refusal(_ uid: UInt32) throws -> AcceptRefusal? {
      try bench.ledger.refusal(of: 2, by: uid, quotas: quotas, at: bench.now)
    }
    _ = try bench.ledger.resolve(id, resolution(RowSet([1, 2])), countedFor: 1001, at: bench.now)
    #expect(try refusal(1001) == .rowQuota(rows: 2, asked: 4, allowed: 3, comeBackAt: bench.now.endOfDay))
    #expect(try refusal(Bench.alice.uid) == nil)
    bench.now = bench.now.endOfDay
    #expect(try refusal(1001) == nil)
  }

  @Test func resolve_ofWhatIsOwed_countsNothing() throws {
    var recovery = Recovery()
    recovery.served = [id]
    #expect(try bench.ledger.recover(recovery, by: 7, at: bench.now) == [id])
    _ = try bench.ledger.resolve(id, resolution(RowSet([1, 2])), at: bench.now)
    try bench.accept("b", Bench.Wish(3...5), quotas: Quotas(requestsPerDay: 2, rowsPerDay: 3))
    #expect(try bench.state("b") == .accepted)
  }

  @Test func resolve_goesOnAsAcceptWould() throws {
    #expect(try bench.ledger.resolve(id, resolution(RowSet([1, 2])), at: bench.now).state == .accepted)
    #expect(try bench.ledger.unresolvedRequests(of: "m").isEmpty)
    #expect(try bench.receipt("a").rows == 2)
    #expect(try bench.receipt("a").detail == "2 rows wait for a batch")
    #expect(try bench.ledger.markedRequests(of: "m").map(\.marks.count) == [2])
    #expect(try bench.ledger.dueReceipts().map(\.request) == [id])
    #expect(throws: LedgerError.self) { try bench.ledger.resolve(id, resolution(RowSet([3])), at: bench.now) }
    try bench.publish(try bench.start(try bench.schedule("a")))
    #expect(try bench.state("a") == .forgotten)
    #expect(try bench.ledger.verifyAudit().problems.isEmpty)
  }

  @Test func resolve_ofRowsThatWereForgottenMeanwhile_endsIt() throws {
    try bench.publish(try bench.run("b", Bench.Wish(1...4)))
    #expect(try bench.ledger.resolve(id, resolution(RowSet([1, 2])), at: bench.now).state == .forgotten)
    #expect(try bench.receipt("a").reason == .alreadyForgotten)
    #expect(try bench.receipt("a").alreadyForgotten == 2)
  }

  @Test func resolve_ofMoreThanItsShare_holdsIt() throws {
    #expect(try bench.ledger.resolve(id, resolution(RowSet([1, 2]), share: 0.001), at: bench.now).state == .held)
    #expect(try bench.receipt("a").reason == .maxForgetShare)
  }

  @Test func selectorsThatMatchNothing_holdIt_untilItIsRetried() throws {
    try bench.ledger.holdUnresolved(id, detail: "4:12: no sample has that id", at: bench.now)
    #expect(try bench.receipt("a").reason == .nothingSelected)
    #expect(try bench.receipt("a").detail == "4:12: no sample has that id")
    #expect(try bench.ledger.unresolvedRequests(of: "m").isEmpty)
    #expect(try bench.ledger.retry(id, by: 0, at: bench.now) == [id])
    #expect(try bench.ledger.unresolvedRequests(of: "m") == [id])
    try bench.ledger.cancel(id, by: 1000, at: bench.now)
    #expect(try bench.state("a") == .cancelled)
    #expect(throws: LedgerError.self) { try bench.ledger.holdUnresolved(id, detail: "", at: bench.now) }
  }

  @Test func rematch_leavesItToBeLookedUp_andMayHoldIt() throws {
    try bench.ledger.rematch(Relocation(model: "m", fingerprint: "[]", tombstones: [:]), at: bench.now)
    #expect(try bench.ledger.unresolvedRequests(of: "m") == [id])
    #expect(try !bench.ledger.endWithOthers(id, at: bench.now))
    let lost = Relocation(
      model: "m", fingerprint: "[1]", tombstones: [:],
      lost: [id: Relocation.Lost("its row numbers are of other data")])
    try bench.ledger.rematch(lost, at: bench.now)
    #expect(try bench.receipt("a").state == .held)
    #expect(try bench.receipt("a").detail == "its row numbers are of other data")
  }

  @Test func import_withTheDataAsTheyWere_leavesRowNumbersTheirMeaning() throws {
    try bench.ledger.setFingerprint("{}", of: "m", at: bench.now)
    for (number, data) in [(2, "{}"), (3, "[]"), (4, "[]")] {
      let imported = ImportedVersion(
        version: Bench.version(number, parent: nil),
        trainingData: Relocation(model: "m", fingerprint: data, tombstones: [:]))
      _ = try bench.ledger.importVersion(imported, at: bench.now)
      #expect(try bench.ledger.isOfOtherData(id) == (number > 2))
    }
  }

  @Test func missingModel_holdsIt_andItsReturnAcceptsItAgain() throws {
    #expect(try bench.ledger.holdForMissingModel("m", detail: "not configured", at: bench.now) == [id])
    #expect(try bench.ledger.readmit(id, resolution: nil, at: bench.now).state == .accepted)
    #expect(try bench.ledger.unresolvedRequests(of: "m") == [id])
  }
}
