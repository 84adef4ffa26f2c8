import Ledger
import Platform
import Requests
import Testing

@Suite struct ExpiryTests {
  @Test func manifests_ofEndedRequests_expireAndLeaveNoTrace() throws {
    let bench = try Bench()
    var wish = Bench.Wish(1)
    wish.more = "reason: PLANTEDNAME\n"
    try bench.accept("a", wish)
    try bench.accept("b", Bench.Wish(2))
    #expect(try occurrences("PLANTEDNAME", bench) > 0)
    try bench.ledger.cancel(try Bench.id("a"), by: nil, at: bench.now)
    #expect(try bench.ledger.manifestsDue(finishedBefore: bench.now).isEmpty)
    bench.pass(.seconds(1))
    let due = try bench.ledger.manifestsDue(finishedBefore: bench.now)
    #expect(due.map(\.text) == ["a"])
    try bench.ledger.expireManifests(due, at: bench.now)
    #expect(try bench.ledger.manifest(of: try Bench.id("a")) == nil)
    #expect(try bench.ledger.manifest(of: try Bench.id("b")) != nil)
    #expect(try bench.receipt("a").state == .cancelled)
    #expect(try occurrences("PLANTEDNAME", bench) == 0)
    // The id stays taken, and its content is still known by its digest.
    #expect(try bench.accept("a", wish) == .existing(try bench.record("a")))
  }

  @Test func manifestsThatHaveExpired_areThoseOfEndedRequestsAlone() throws {
    let bench = try Bench()
    for (row, id) in ["ended", "kept", "waits"].enumerated() { try bench.accept(id, Bench.Wish(row + 1)) }
    for id in ["ended", "kept"] { try bench.ledger.cancel(try Bench.id(id), by: nil, at: bench.now) }
    try bench.ledger.expireManifests([try Bench.id("ended")], at: bench.now)
    let asked = try ["waits", "unknown", "kept", "ended"].map { try Bench.id($0) }
    #expect(try bench.ledger.withoutManifest(asked).map(\.text) == ["ended"])
    #expect(try bench.ledger.withoutManifest([]).isEmpty)
  }

  @Test func manifests_ofWaitingRequests_doNotExpire() throws {
    let bench = try Bench()
    try bench.accept("a", Bench.Wish(1))
    #expect(throws: LedgerError.self) { try bench.ledger.expireManifests([Bench.id("a")], at: bench.now) }
    #expect(try bench.ledger.manifest(of: try Bench.id("a")) != nil)
  }

  @Test func receipts_ofEndedRequests_expireOnce() throws {
    let bench = try Bench()
    try bench.accept("a", Bench.Wish(1))
    try bench.ledger.cancel(try Bench.id("a"), by: nil, at: bench.now)
    bench.pass(.seconds(1))
    let due = try bench.ledger.receiptsDue(finishedBefore: bench.now)
    #expect(due.map(\.text) == ["a"])
    try bench.ledger.expireReceipts(due, at: bench.now)
    #expect(try bench.ledger.receiptsDue(finishedBefore: bench.now).isEmpty)
    #expect(try bench.ledger.dueReceipts().isEmpty)
    #expect(try bench.receipt("a").state == .cancelled)
  }

  @Test func receipts_thatExpire_leaveStateAndRowsOnly() throws {
    let bench = try Bench()
    var wish = Bench.Wish(1, 2)
    wish.more = "deadline: 2030-01-01\n"
    let plan = try bench.run("a", wish)
    let id = try Bench.id("a")
    try bench.ledger.markDeadlineWarned([id], day: "2029-12-31")
    var evidence = Bench.evidence
    evidence.nearDuplicates = Receipt.NearDuplicates([.init(1, stays: 918_273)], count: 1)
    let published = bench.publication(plan)
    let endings = published.endings.map {
      Publication.Ending(
        request: $0.request, reason: $0.reason, detail: "PLANTEDDETAIL", evidence: evidence, forgotten: $0.forgotten)
    }
    _ = try bench.ledger.publish(
      Publication(batch: plan.batch, generation: plan.generation, version: published.version, endings: endings),
      at: bench.now)
    let planted = ["PLANTEDDETAIL", "918273", "2030-01-01", "2029-12-31"]
    // The manifest names the deadline too, and ends before.
    try bench.ledger.expireManifests([id], at: bench.now)
    for word in planted { #expect(try occurrences(word, bench) > 0, "\(word)") }
    try bench.ledger.expireReceipts([id], at: bench.now)
    for word in planted { #expect(try occurrences(word, bench) == 0, "\(word)") }
    var left = Receipt(state: .forgotten, request: "a", reason: .target)
    let record = try bench.record("a")
    left.digest = record.digest.description
    left.submittedBy = String(Bench.alice.uid)
    (left.receivedAt, left.acceptedAt) = (record.receivedAt.rfc3339(), record.summary.acceptedAt.rfc3339())
    left.finishedAt = record.finishedAt?.rfc3339()
    (left.model, left.version, left.batch) = ("m", 2, plan.batch)
    (left.rows, left.alreadyForgotten) = (2, 0)
    left.record = record.versionRecord?.description
    #expect(try bench.receipt("a") == left)
    #expect(record.summary.deadline == nil && record.evidence == Evidence())
    #expect(try bench.ledger.forgottenRows(of: "m").rows == [1, 2])
    let report = try bench.ledger.verifyContents()
    #expect(report.audit.isWhole && report.problems.isEmpty, "\(report.problems)")
  }

  @Test func deadlines_areWarnedOfOnceADayWhileARequestWaits() throws {
    let bench = try Bench()
    var wish = Bench.Wish(1)
    wish.more = "deadline: \(bench.now.dateText)\n"
    try bench.accept("today", wish)
    wish.rows = RowSet([2])
    wish.more = "deadline: 2030-01-01\n"
    try bench.accept("far", wish)
    let soon = bench.now + .seconds(2 * 86_400)
    let day = bench.now.dateText
    #expect(try bench.ledger.deadlineWarningsDue(before: soon, day: day).map(\.id.text) == ["today"])
    try bench.ledger.markDeadlineWarned([try Bench.id("today")], day: day)
    try bench.crash()
    #expect(try bench.ledger.deadlineWarningsDue(before: soon, day: day).isEmpty)
    let tomorrow = bench.now.endOfDay.dateText
    #expect(try bench.ledger.deadlineWarningsDue(before: soon, day: tomorrow).map(\.id.text) == ["today"])
    try bench.ledger.cancel(try Bench.id("today"), by: nil, at: bench.now)
    #expect(try bench.ledger.deadlineWarningsDue(before: soon, day: tomorrow).isEmpty)
  }

  /// In all files of the ledger.
  private func occurrences(_ word: String, _ bench: Bench) throws -> Int {
    let needle = Array(word.utf8)
    return try ["ledger.sqlite", "ledger.sqlite-wal"].reduce(0) { total, name in
      let file = try DataFile(path: bench.folder.file(name))
      let bytes = try file.read(at: 0, count: file.size)
      let hits = bytes.indices.count { bytes[$0] == needle[0] && bytes[$0...].starts(with: needle) }
      return total + hits
    }
  }
}
