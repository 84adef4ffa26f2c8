import Ledger
import Platform
import Requests
import Testing

@Suite struct QuotaTests {
  private let quotas = Quotas(requestsPerDay: 3, rowsPerDay: 10)

  @Test func requests_overTheDaysQuota_areRefusedUntilTomorrow() throws {
    let bench = try Bench()
    for index in 0..<3 { try bench.accept("r\(index)", Bench.Wish(index), quotas: quotas) }
    let refusal = AcceptRefusal.requestQuota(asked: 4, allowed: 3, comeBackAt: bench.now.endOfDay)
    #expect(try bench.accept("r3", Bench.Wish(3), quotas: quotas) == .refused(refusal))
    #expect(try bench.state("r3") == nil)
    bench.now = bench.now.endOfDay
    try bench.accept("r3", Bench.Wish(3), quotas: quotas)
    #expect(try bench.state("r3") == .accepted)
  }

  @Test func rows_overTheDaysQuota_areRefusedAtOnePast() throws {
    let bench = try Bench()
    try bench.accept("a", Bench.Wish(0...5), quotas: quotas)
    let refusal = AcceptRefusal.rowQuota(rows: 5, asked: 11, allowed: 10, comeBackAt: bench.now.endOfDay)
    #expect(try bench.accept("b", Bench.Wish(10...14), quotas: quotas) == .refused(refusal))
    try bench.accept("b", Bench.Wish(10...13), quotas: quotas)
    #expect(try bench.state("b") == .accepted)
  }

  @Test func quotas_areEachUsersOwn() throws {
    let bench = try Bench()
    try bench.accept("a", Bench.Wish(0...9), quotas: quotas)
    var wish = Bench.Wish(0...9)
    wish.submitter = Submitter(uid: 1001, name: "bob")
    try bench.accept("b", wish, quotas: quotas)
    #expect(try bench.state("b") == .accepted)
  }

  @Test func usersWhoAreAnothers_countForThem() throws {
    let bench = try Bench()
    for (index, uid) in [UInt32(100_000), 100_001, 1000, 165_535].enumerated() {
      let wish = try bench.submission("r\(index)", Bench.Wish(index))
      let submission = Submission(
        manifest: wish.manifest, bytes: wish.bytes, submitter: Submitter(uid: uid, name: "\(uid)"), countedFor: 1000,
        receivedAt: bench.now, resolution: wish.resolution)
      _ = try bench.ledger.accept(submission, quotas: quotas, at: bench.now)
    }
    #expect(try bench.state("r2") == .accepted && bench.state("r3") == nil)
    #expect(try bench.record("r0").summary.submitter == 100_000)
  }

  @Test func repeatsAndRefusals_countNothing() throws {
    let bench = try Bench()
    for _ in 0..<5 { try bench.accept("a", Bench.Wish(0...3), quotas: quotas) }
    for _ in 0..<5 { try bench.accept("a", Bench.Wish(0...4), quotas: quotas) }
    for _ in 0..<5 { try bench.accept("big", Bench.Wish(0...90), quotas: quotas) }
    try bench.accept("b", Bench.Wish(10...15), quotas: quotas)
    #expect(try bench.state("b") == .accepted)
  }

  @Test func refusal_isKnownBeforehand_andCountsNothing() throws {
    let bench = try Bench(waitingLimit: 3)
    func refusal(_ rows: Int, _ uid: UInt32 = Bench.alice.uid) throws -> AcceptRefusal? {
      try bench.ledger.refusal(of: rows, by: uid, quotas: quotas, at: bench.now)
    }
    try bench.accept("a", Bench.Wish(0...5), quotas: quotas)
    for _ in 0..<5 { #expect(try refusal(4) == nil && refusal(0) == nil) }
    let rows = AcceptRefusal.rowQuota(rows: 5, asked: 11, allowed: 10, comeBackAt: bench.now.endOfDay)
    #expect(try refusal(5) == rows && refusal(5, 1001) == nil)
    for index in 0..<2 { try bench.accept("r\(index)", Bench.Wish(index), quotas: quotas) }
    #expect(try refusal(0, 1001) == .tooManyWaiting(waiting: 3, allowed: 3))
    try bench.ledger.cancel(try Bench.id("a"), by: nil, at: bench.now)
    #expect(try refusal(0) == .requestQuota(asked: 4, allowed: 3, comeBackAt: bench.now.endOfDay))
    #expect(try refusal(0, 1001) == nil)
  }

  @Test func refusals_haveADaysQuotaOfTheirOwn() throws {
    let bench = try Bench()
    func refuse(by uid: UInt32?) throws {
      try bench.ledger.recordRefusal(
        digest: SHA256Digest.of([1]), reason: .invalid, by: 64_001, countedFor: uid, at: bench.now)
    }
    func spent(_ uid: UInt32?) throws -> Timestamp? {
      try bench.ledger.refusalsSpent(by: uid, quotas: quotas, at: bench.now)
    }
    for _ in 0..<2 { try refuse(by: 1001) }
    #expect(try spent(1001) == nil)
    try refuse(by: 1001)
    #expect(try spent(1001) == bench.now.endOfDay)
    #expect(try spent(1002) == nil && spent(nil) == nil)
    for _ in 0..<3 { try refuse(by: nil) }
    #expect(try spent(nil) != nil)
    #expect(try bench.ledger.refusalsSpent(by: 1001, quotas: .none, at: bench.now) == nil)
    // What is refused takes nothing from what may be accepted, and no restart begins the day anew.
    try bench.crash()
    #expect(try spent(1001) != nil)
    var wish = Bench.Wish(1)
    wish.submitter = Submitter(uid: 1001, name: "bob")
    for index in 0..<3 { try bench.accept("r\(index)", wish, quotas: quotas) }
    #expect(try bench.state("r2") == .accepted)
    #expect(try spent(1001) != nil)
    bench.now = bench.now.endOfDay
    #expect(try spent(1001) == nil)
  }

  @Test func zero_meansNoQuota() throws {
    let bench = try Bench()
    for index in 0..<20 { try bench.accept("r\(index)", Bench.Wish(0...99), quotas: .none) }
    #expect(try bench.ledger.counts().map(\.count) == [20])
  }

  @Test func waitingRequests_haveALimit() throws {
    let bench = try Bench(waitingLimit: 2)
    try bench.accept("a", Bench.Wish(1))
    try bench.accept("b", Bench.Wish(2))
    #expect(try bench.accept("c", Bench.Wish(3)) == .refused(.tooManyWaiting(waiting: 2, allowed: 2)))
    try bench.ledger.cancel(try Bench.id("a"), by: nil, at: bench.now)
    try bench.accept("c", Bench.Wish(3))
    #expect(try bench.state("c") == .accepted)
  }

  @Test func aHundredThousand_mayWaitAndNotOneMore() throws {
    let bench = try Bench()
    try bench.accept("first", Bench.Wish(1))
    try bench.tamper(
      """
      WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < 99999)
      INSERT INTO requests (id, digest, model, kind, state, submitter, submitter_name, received_at, accepted_at, rows,
        row_count, already_forgotten, labels, priority)
        SELECT 'bulk-' || i, digest, model, kind, state, submitter, submitter_name, received_at, accepted_at, rows,
          row_count, already_forgotten, labels, priority FROM n, requests WHERE id = 'first'
      """)
    #expect(try bench.ledger.counts().map(\.count) == [99_999])
    try bench.accept("last", Bench.Wish(2))
    #expect(try bench.state("last") == .accepted)
    let refusal = AcceptRefusal.tooManyWaiting(waiting: 100_000, allowed: 100_000)
    #expect(try bench.accept("past", Bench.Wish(3)) == .refused(refusal))
    // A list of all of them comes in pages.
    var filter = RequestFilter(states: [.accepted], model: "m")
    filter.limit = 40_000
    var seen = 0
    while case let page = try bench.ledger.requests(filter), let last = page.last {
      seen += page.count
      filter.after = last.sequence
    }
    #expect(seen == 100_000)
  }
}
