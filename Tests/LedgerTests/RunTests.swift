import Ledger
import Platform
import Requests
import Testing

@Suite struct RunTests {
  @Test func batch_ofAcceptedRequests_schedulesThemInOrder() throws {
    let bench = try Bench()
    try bench.accept("a", Bench.Wish(1))
    try bench.accept("b", Bench.Wish(2))
    let created = try bench.ledger.createBatch(of: [Bench.id("b"), Bench.id("a")], at: bench.now)
    #expect(created.scheduled.map(\.text) == ["a", "b"])
    let number = try #require(created.number)
    let batch = try #require(try bench.ledger.batch(number))
    #expect(batch.state == .scheduled)
    #expect(batch.requests.map(\.text) == ["a", "b"])
    #expect(try bench.receipt("a").batch == number)
    #expect(try bench.receipt("a").state == .scheduled)
  }

  @Test func batch_ofRequestsThatDoNotFit_isRefused() throws {
    let bench = try Bench()
    _ = try bench.ledger.ensureModel("other", at: bench.now)
    try bench.accept("rows", Bench.Wish(1))
    var wish = Bench.Wish(10...19)
    wish.labels = [4]
    try bench.accept("class", wish)
    wish = Bench.Wish(1)
    wish.model = "other"
    try bench.accept("elsewhere", wish)
    let ids = try ["rows", "class", "elsewhere"].map { try Bench.id($0) }
    #expect(throws: LedgerError.self) { try bench.ledger.createBatch(of: [], at: bench.now) }
    #expect(throws: LedgerError.self) { try bench.ledger.createBatch(of: [ids[0], ids[1]], at: bench.now) }
    #expect(throws: LedgerError.self) { try bench.ledger.createBatch(of: [ids[0], ids[2]], at: bench.now) }
    #expect(throws: LedgerError.self) { try bench.ledger.createBatch(of: [ids[0], ids[0]], at: bench.now) }
    #expect(throws: LedgerError.unknownRequest(try Bench.id("nobody"))) {
      try bench.ledger.createBatch(of: [Bench.id("nobody")], at: bench.now)
    }
    #expect(try bench.ledger.batches(states: BatchState.allCases).isEmpty)
    #expect(try bench.state("rows") == .accepted)
  }

  @Test func publication_thatWentOnWithoutARequest_holdsItInABatchOfItsOwn() throws {
    let bench = try Bench()
    try bench.accept("a", Bench.Wish(1...3))
    try bench.accept("b", Bench.Wish(3...5))
    try bench.accept("c", Bench.Wish(7))
    let plan = try bench.start(try bench.schedule("a", "b", "c"))
    let stranger = try bench.publicationWithStranger(plan)
    #expect(throws: LedgerError.self) { try bench.ledger.publish(stranger, at: bench.now) }
    try bench.publish(plan, without: [Bench.id("b"), Bench.id("c")])
    #expect(try bench.state("a") == .forgotten)
    for id in ["b", "c"] {
      let receipt = try bench.receipt(id)
      #expect(receipt.state == .held && receipt.reason == .unavoidable && receipt.detail == "hard by itself")
      #expect(receipt.batch == plan.batch + 1 && receipt.version == nil && receipt.hardness != nil)
      #expect(receipt.goingOn != nil && receipt.finishedAt == nil)
    }
    #expect(try bench.ledger.batch(plan.batch)?.state == .published)
    let held = try #require(try bench.ledger.batch(plan.batch + 1))
    #expect(held.state == .held && held.requests.map(\.text) == ["b", "c"] && held.kind == .rows)
    // Nothing of the first run may be gone on with: the version it started from is no longer current.
    _ = try bench.ledger.resume(try Bench.id("c"), acceptRetainCost: 0.5, by: 0, at: bench.now)
    let next = try bench.start(plan.batch + 1)
    #expect(next.parentVersion == plan.parentVersion + 1 && next.acceptedRetainCost == 0.5)
    #expect(next.requests.map(\.rows) == [RowSet(4...5), RowSet([7])])
    #expect(next.take > 0)
    #expect(try bench.ledger.verifyAudit().isWhole)
  }

  @Test func batchHeld_mayHaveAReasonOfItsOwnForARequest() throws {
    let bench = try Bench()
    try bench.accept("a", Bench.Wish(1))
    try bench.accept("b", Bench.Wish(2))
    let plan = try bench.start(try bench.schedule("a", "b"))
    var hold = BatchHold(batch: plan.batch, reason: .maxSteps, steps: 9) { "the steps are spent of \($0.text)" }
    hold.own[try Bench.id("b")] = (.unavoidable, "hard by itself")
    try bench.ledger.holdBatch(hold, at: bench.now)
    #expect(try bench.receipt("a").reason == .maxSteps && bench.receipt("a").detail == "the steps are spent of a")
    #expect(try bench.receipt("b").reason == .unavoidable && bench.receipt("b").detail == "hard by itself")
    #expect(try bench.ledger.batch(plan.batch)?.requests.count == 2)
  }

  @Test func run_fromBeginningToVersion_tellsTheWholeStory() throws {
    let bench = try Bench()
    var wish = Bench.Wish(10...19)
    wish.labels = [4]
    let plan = try bench.run("a", wish)
    #expect(plan.requests.map(\.rows) == [RowSet(10...19)])
    #expect(plan.requests.map(\.labels) == [[4]])
    #expect(plan.parentVersion == 1)
    #expect(try bench.state("a") == .unlearning)
    bench.pass(.seconds(60))
    #expect(try bench.publish(plan).isEmpty)
    let receipt = try bench.receipt("a")
    #expect(receipt.state == .forgotten)
    #expect(receipt.reason == .target)
    #expect(receipt.version == 2)
    #expect(receipt.batch == plan.batch)
    #expect(receipt.steps == 42)
    #expect(receipt.judged == .request)
    #expect(receipt.after == Bench.evidence.after)
    #expect(receipt.hardness == Bench.evidence.hardness)
    #expect(receipt.goingOn == nil)
    #expect(receipt.finishedAt == bench.now.rfc3339())
    #expect(try Receipt.parse(Array(receipt.yaml.utf8)) == receipt)
    #expect(try bench.ledger.batch(plan.batch)?.state == .published)
    #expect(try bench.ledger.forgottenRows(of: "m") == RowSet(10...19))
    #expect(try bench.ledger.model("m")?.currentVersion == 2)
  }

  @Test func publish_ofAVersion_endsWaitingRequestsThatItCovers() throws {
    let bench = try Bench()
    try bench.accept("wide", Bench.Wish(1...9))
    let plan = try bench.start(try bench.schedule("wide"))
    try bench.accept("inside", Bench.Wish(2, 3))
    try bench.accept("across", Bench.Wish(9, 10))
    #expect(try bench.publish(plan).map(\.text) == ["inside"])
    #expect(try bench.receipt("inside").reason == .alreadyForgotten)
    #expect(try bench.receipt("inside").version == 2)
    #expect(try bench.receipt("across").rows == 1)
    #expect(try bench.receipt("across").alreadyForgotten == 1)
  }

  @Test func publish_whenRowsAreMissingOrTooMany_doesNothing() throws {
    let bench = try Bench()
    let plan = try bench.run("a", Bench.Wish(1...3))
    let whole = bench.publication(plan)
    let rows = whole.endings[0].forgotten
    for wrong in [Array(rows.dropLast()), rows + [rows[0]], rows + [ForgottenRow(mark: Bench.mark(9), label: 0)]] {
      let ending = Publication.Ending(
        request: plan.requests[0].id, reason: .target, evidence: Evidence(), forgotten: wrong)
      let publication = Publication(
        batch: plan.batch, generation: plan.generation, version: whole.version, endings: [ending])
      #expect(throws: LedgerError.self) { try bench.ledger.publish(publication, at: bench.now) }
    }
    let nobody = Publication(batch: plan.batch, generation: plan.generation, version: whole.version, endings: [])
    #expect(throws: LedgerError.self) { try bench.ledger.publish(nobody, at: bench.now) }
    #expect(try bench.ledger.model("m")?.currentVersion == 1)
    #expect(try bench.ledger.tombstones(of: "m").isEmpty)
    #expect(try bench.state("a") == .unlearning)
    try bench.publish(plan)
  }

  @Test func publish_fromAnotherParent_isVoid() throws {
    let bench = try Bench()
    let plan = try bench.run("a", Bench.Wish(1))
    let strange = Publication(
      batch: plan.batch, generation: plan.generation, version: Bench.version(2, parent: 7),
      endings: plan.requests.map { bench.ending($0) })
    #expect(throws: LedgerError.self) { try bench.ledger.publish(strange, at: bench.now) }
    #expect(try bench.state("a") == .unlearning)
  }

  @Test func nothingToForget_endsRequestsWithTheCurrentVersion() throws {
    let bench = try Bench()
    try bench.accept("easy", Bench.Wish(1))
    try bench.accept("hard", Bench.Wish(2))
    let plan = try bench.start(try bench.schedule("easy", "hard"))
    let ending = bench.ending(plan.requests[0], .nothingToForget)
    let early = Publication(batch: plan.batch, generation: plan.generation, version: nil, endings: [ending])
    #expect(try bench.ledger.publish(early, at: bench.now).isEmpty)
    #expect(try bench.receipt("easy").version == 1)
    #expect(try bench.receipt("easy").reason == .nothingToForget)
    #expect(try bench.ledger.batch(plan.batch)?.state == .running)
    #expect(try bench.ledger.forgottenRows(of: "m") == RowSet([1]))
    // The run goes on for the other one, also after a crash.
    try bench.crash()
    let rest = try #require(try bench.ledger.interruptedRuns().first)
    #expect(rest.requests.map(\.id.text) == ["hard"])
    #expect(rest.take == plan.take)
    try bench.publish(rest)
    #expect(try bench.ledger.batch(plan.batch)?.state == .published)
    #expect(try bench.receipt("hard").version == 2)
  }

  @Test func start_whenAnotherBatchForgotTheRows_endsWithoutARun() throws {
    let bench = try Bench()
    try bench.accept("a", Bench.Wish(1...5))
    try bench.accept("b", Bench.Wish(2...3))
    let (first, second) = (try bench.schedule("a"), try bench.schedule("b"))
    let plan = try bench.start(first)
    #expect(throws: LedgerError.modelBusy("m", batch: first)) { try bench.ledger.startRun(second, at: bench.now) }
    try bench.publish(plan)
    #expect(try bench.ledger.startRun(second, at: bench.now) == nil)
    #expect(try bench.receipt("b").reason == .alreadyForgotten)
    #expect(try bench.ledger.batch(second)?.state == .discarded)
  }

  @Test func createBatch_whenAllWasForgotten_makesNone() throws {
    let bench = try Bench()
    try bench.accept("a", Bench.Wish(1...5))
    try bench.publish(try bench.start(try bench.schedule("a")))
    // Behind the ledger's back, since accepting and publishing would have ended it.
    try bench.accept("b", Bench.Wish(6))
    try bench.tamper("UPDATE requests SET rows = '2' WHERE id = 'b'")
    let created = try bench.ledger.createBatch(of: [Bench.id("b")], at: bench.now)
    #expect(created.number == nil)
    #expect(created.alreadyForgotten.map(\.text) == ["b"])
  }

  @Test func interruptedRun_afterACrash_goesOnUnderTheSameTake() throws {
    let bench = try Bench()
    let plan = try bench.run("a", Bench.Wish(1))
    try bench.crash()
    #expect(try bench.ledger.interruptedRuns() == [plan])
    #expect(try bench.ledger.interruptedRuns() == [plan])
    #expect(try bench.state("a") == .unlearning)
    try bench.publish(plan)
    #expect(try bench.ledger.interruptedRuns().isEmpty)
  }

  @Test func pendingRows_areThoseOfOtherWaitingRequests() throws {
    let bench = try Bench()
    let held = try bench.run("held", Bench.Wish(1))
    try bench.hold(held)
    let failed = try bench.run("failed", Bench.Wish(2))
    _ = try bench.fail(failed)
    try bench.accept("waits", Bench.Wish(3))
    try bench.accept("scheduled", Bench.Wish(4))
    _ = try bench.schedule("scheduled")
    try bench.accept("cancelled", Bench.Wish(5))
    try bench.ledger.cancel(try Bench.id("cancelled"), by: nil, at: bench.now)
    let running = try bench.run("runs", Bench.Wish(6))
    #expect(try bench.ledger.pendingRows(of: "m", excludingBatch: running.batch) == RowSet(1...4))
    #expect(try bench.ledger.pendingRows(of: "m", excludingBatch: nil) == RowSet([1, 2, 3, 4, 6]))
    try bench.publish(running)
    #expect(try bench.ledger.pendingRows(of: "m", excludingBatch: nil) == RowSet(1...4))
  }
}

extension RunTests {
  @Test func retry_whenTheClockWasSetBack_isDueAllTheSame() throws {
    let bench = try Bench()
    let batch = try bench.run("a", Bench.Wish(1)).batch
    let plan = try #require(try bench.ledger.interruptedRuns().first)
    _ = try bench.fail(plan)
    #expect(try bench.ledger.scheduleDueRetries(at: bench.now).isEmpty)
    // A little back: it waits that much longer. Further than any pause lasts: it is over.
    #expect(try bench.ledger.scheduleDueRetries(at: bench.now - .seconds(600)).isEmpty)
    #expect(try bench.ledger.scheduleDueRetries(at: bench.now - .seconds(86_400)) == [batch])
  }

  @Test func damage_addsUpOverTheRuns_sinceTheLastFullTraining() throws {
    let bench = try Bench()
    for (id, fall) in [("a", 0.04), ("b", -0.01), ("c", 0.05)] {
      var publication = bench.publication(try bench.run(id, Bench.Wish(Int(id.utf8.first ?? 0))))
      publication.heldoutFall = fall
      _ = try bench.ledger.publish(publication, at: bench.now)
    }
    #expect(abs(try bench.ledger.damage(of: "m") - 0.08) < 1e-12)
    #expect(try bench.ledger.versions(of: "m").map(\.heldoutFall) == [nil, 0.04, -0.01, 0.05])
    _ = try bench.ledger.rollBack("m", to: 3, servesNow: false, by: 0, at: bench.now)
    #expect(abs(try bench.ledger.damage(of: "m") - 0.03) < 1e-12)
    let training = Relocation(model: "m", fingerprint: "{}", tombstones: [:])
    _ = try bench.ledger.importVersion(
      ImportedVersion(version: Bench.version(5, parent: 3), trainingData: training), at: bench.now)
    #expect(try bench.ledger.damage(of: "m") == 0)
  }
}
