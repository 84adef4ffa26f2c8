import Ledger
import Platform
import Requests
import Testing

@Suite struct TellingTests {
  /// As the service does it, but for the writing.
  private func tellAll(_ ledger: Ledger) throws -> [String] {
    var told: [String] = []
    for due in try ledger.dueReceipts() {
      told += due.changes.map { "\($0.request) \($0.previous?.rawValue ?? "-") \($0.state.rawValue)" }
      try ledger.markAnnounced(due.request, through: due.through)
      try ledger.acknowledgeReceipt(of: due.request, through: due.through)
    }
    return told
  }

  @Test func everyChange_isDueUntilItIsTold() throws {
    let bench = try Bench()
    let plan = try bench.run("a", Bench.Wish(1))
    #expect(
      try tellAll(bench.ledger) == ["a - accepted", "a accepted scheduled", "a scheduled unlearning"])
    #expect(try bench.ledger.dueReceipts().isEmpty)
    try bench.publish(plan)
    let due = try #require(try bench.ledger.dueReceipts().first)
    #expect(due.changes.map(\.version) == [2])
    #expect(due.changes.map(\.reason) == [.target])
    #expect(due.changes.map(\.batch) == [plan.batch])
  }

  @Test func dueReceipts_comeInPages_whateverStaysDue() throws {
    let bench = try Bench()
    for index in 0..<5 { try bench.accept("r\(index)", Bench.Wish(index)) }
    var seen: [String] = []
    var last: Int64?
    while case let page = try bench.ledger.dueReceipts(limit: 2, after: last), !page.isEmpty {
      seen += page.map(\.request.text)
      last = page.last?.first
    }
    #expect(seen == ["r0", "r1", "r2", "r3", "r4"])
  }

  @Test func crash_beforeTheJournal_leavesBothDue() throws {
    let bench = try Bench()
    try bench.accept("a", Bench.Wish(1))
    try bench.crash()
    #expect(try tellAll(bench.ledger) == ["a - accepted"])
  }

  @Test func crash_betweenJournalAndReceipt_leavesTheReceiptDue() throws {
    let bench = try Bench()
    try bench.accept("a", Bench.Wish(1))
    let due = try #require(try bench.ledger.dueReceipts().first)
    try bench.ledger.markAnnounced(due.request, through: due.through)
    try bench.crash()
    let again = try #require(try bench.ledger.dueReceipts().first)
    #expect(again.changes.isEmpty)
    #expect(again.through == due.through)
    try bench.ledger.acknowledgeReceipt(of: due.request, through: due.through)
    #expect(try bench.ledger.dueReceipts().isEmpty)
  }

  @Test func acknowledgement_ofAnOlderReceipt_leavesTheNewerDue() throws {
    let bench = try Bench()
    try bench.accept("a", Bench.Wish(1))
    let due = try #require(try bench.ledger.dueReceipts().first)
    try bench.ledger.cancel(due.request, by: nil, at: bench.now)
    try bench.ledger.markAnnounced(due.request, through: due.through)
    try bench.ledger.acknowledgeReceipt(of: due.request, through: due.through)
    #expect(try tellAll(bench.ledger) == ["a accepted cancelled"])
  }

  @Test func acknowledgement_withoutAnnouncement_losesNothing() throws {
    let bench = try Bench()
    try bench.accept("a", Bench.Wish(1))
    let due = try #require(try bench.ledger.dueReceipts().first)
    try bench.ledger.acknowledgeReceipt(of: due.request, through: due.through)
    #expect(try tellAll(bench.ledger) == ["a - accepted"])
  }

  @Test func expectation_makesTheReceiptDueWithoutAnnouncement() throws {
    let bench = try Bench()
    try bench.accept("a", Bench.Wish(1))
    _ = try tellAll(bench.ledger)
    let moment = bench.now + .seconds(600)
    let ids = [try Bench.id("a"), try Bench.id("unknown")]
    try bench.ledger.setExpected(moment, for: ids)
    let due = try bench.ledger.dueReceipts()
    #expect(due.map(\.request.text) == ["a"])
    #expect(due[0].changes.isEmpty)
    #expect(try bench.receipt("a").expectedAt == moment.rfc3339())
    _ = try tellAll(bench.ledger)
    try bench.ledger.setExpected(moment, for: ids)
    #expect(try bench.ledger.dueReceipts().isEmpty)
    try bench.ledger.cancel(ids[0], by: nil, at: bench.now)
    #expect(try bench.receipt("a").expectedAt == moment.rfc3339())
  }

  @Test func requestsAtOnceBeyondAccepted_tellBothChanges() throws {
    let bench = try Bench()
    var wish = Bench.Wish(1)
    wish.isResolved = false
    try bench.accept("a", wish)
    #expect(try tellAll(bench.ledger) == ["a - accepted", "a accepted held"])
  }
}
