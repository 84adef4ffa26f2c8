import Ledger
import Platform
import Requests
import Testing

@Suite struct CommandTests {
  @Test func cancel_ofAWaitingRequest_endsIt() throws {
    let bench = try Bench()
    try bench.accept("a", Bench.Wish(1))
    try bench.ledger.cancel(try Bench.id("a"), by: 1000, at: bench.now)
    let receipt = try bench.receipt("a")
    #expect(receipt.state == .cancelled)
    #expect(receipt.reason == .cancelled)
    #expect(receipt.finishedAt != nil)
    #expect(try bench.ledger.markedRequests(of: "m").isEmpty)
  }

  @Test func cancel_whereItIsTooLate_changesNothing() throws {
    let bench = try Bench()
    let plan = try bench.run("a", Bench.Wish(1))
    let id = try Bench.id("a")
    #expect(throws: LedgerError.notPossible(command: "cancel", id, state: .unlearning)) {
      try bench.ledger.cancel(id, by: nil, at: bench.now)
    }
    _ = try bench.fail(plan)
    #expect(throws: LedgerError.self) { try bench.ledger.cancel(id, by: nil, at: bench.now) }
    #expect(throws: LedgerError.unknownRequest(try Bench.id("b"))) {
      try bench.ledger.cancel(Bench.id("b"), by: nil, at: bench.now)
    }
    #expect(try bench.state("a") == .failed)
  }

  @Test func cancel_ofTheLastOfABatch_discardsIt() throws {
    let bench = try Bench()
    try bench.accept("a", Bench.Wish(1))
    let batch = try bench.schedule("a")
    try bench.ledger.cancel(try Bench.id("a"), by: nil, at: bench.now)
    #expect(try bench.ledger.batch(batch)?.state == .discarded)
    #expect(throws: LedgerError.batchNot(.scheduled, batch: batch, found: .discarded)) {
      try bench.ledger.startRun(batch, at: bench.now)
    }
  }

  @Test func cancel_inAHeldBatch_discardsItsProgress() throws {
    let bench = try Bench()
    try bench.accept("a", Bench.Wish(1))
    try bench.accept("b", Bench.Wish(2))
    let plan = try bench.start(try bench.schedule("a", "b"))
    try bench.hold(plan)
    try bench.ledger.cancel(try Bench.id("a"), by: nil, at: bench.now)
    let goesOn = try bench.ledger.resume(try Bench.id("b"), acceptRetainCost: 0.1, by: 0, at: bench.now)
    #expect(goesOn.map(\.text) == ["b"])
    let again = try bench.start(plan.batch)
    #expect(again.take > plan.take)
    #expect(again.stepsBefore == 0)
    #expect(again.requests.map(\.id.text) == ["b"])
  }

  @Test func held_always_saysWhatItWouldCost() throws {
    let bench = try Bench()
    try bench.hold(try bench.run("a", Bench.Wish(1)))
    let receipt = try bench.receipt("a")
    #expect(receipt.state == .held)
    #expect(receipt.reason == .retainBudget)
    #expect(receipt.goingOn == Bench.evidence.goingOn)
    #expect(receipt.version == nil)
    #expect(receipt.finishedAt == nil)
    #expect(try Receipt.parse(Array(receipt.yaml.utf8)) == receipt)
  }

  @Test func resume_always_goesOnWithEveryHeldRequestFromItsProgress() throws {
    let bench = try Bench()
    for name in ["a", "b", "c"] { try bench.accept(name, Bench.Wish(name.utf8.first.map(Int.init) ?? 0)) }
    let plan = try bench.start(try bench.schedule("a", "b", "c"))
    try bench.hold(plan, steps: 40)
    let goesOn = try bench.ledger.resume(try Bench.id("b"), acceptRetainCost: 0.07, by: 0, at: bench.now)
    #expect(goesOn.map(\.text) == ["a", "b", "c"])
    #expect(try bench.receipt("a").goingOn == nil)
    let again = try bench.start(plan.batch)
    #expect(again.take == plan.take)
    #expect(again.stepsBefore == 40)
    #expect(again.acceptedRetainCost == 0.07)
    // Held once more and resumed without a new cost: what was granted stays.
    try bench.hold(again, .maxSteps, steps: 240)
    _ = try bench.ledger.resume(try Bench.id("a"), acceptRetainCost: nil, by: 0, at: bench.now)
    let third = try bench.start(plan.batch)
    #expect(third.stepsBefore == 240)
    #expect(third.acceptedRetainCost == 0.07)
  }

  @Test func resume_whenTheVersionIsAnother_startsOver() throws {
    let bench = try Bench()
    let held = try bench.run("a", Bench.Wish(1))
    try bench.hold(held)
    try bench.publish(try bench.run("b", Bench.Wish(2)))
    _ = try bench.ledger.resume(try Bench.id("a"), acceptRetainCost: 0.1, by: 0, at: bench.now)
    let again = try bench.start(held.batch)
    #expect(again.parentVersion == 2)
    #expect(again.take > held.take)
    #expect(again.stepsBefore == 0)
    try bench.publish(again)
    #expect(try bench.receipt("a").version == 3)
  }

  @Test func resume_ofWhatIsNotHeld_isNotPossible() throws {
    let bench = try Bench()
    try bench.accept("a", Bench.Wish(1))
    let id = try Bench.id("a")
    #expect(throws: LedgerError.notPossible(command: "resume", id, state: .accepted)) {
      try bench.ledger.resume(id, acceptRetainCost: nil, by: nil, at: bench.now)
    }
    #expect(throws: LedgerError.notPossible(command: "retry", id, state: .accepted)) {
      try bench.ledger.retry(id, by: nil, at: bench.now)
    }
  }

  @Test(arguments: [-0.1, .nan, .infinity])
  func resume_withACostThatIsNone_isRefused(_ cost: Double) throws {
    let bench = try Bench()
    try bench.hold(try bench.run("a", Bench.Wish(1)))
    #expect(throws: LedgerError.self) {
      try bench.ledger.resume(try Bench.id("a"), acceptRetainCost: cost, by: nil, at: bench.now)
    }
    #expect(try bench.state("a") == .held)
  }

  @Test func retry_always_startsOverWithoutWhatWasGranted() throws {
    let bench = try Bench()
    let plan = try bench.run("a", Bench.Wish(1))
    try bench.hold(plan)
    _ = try bench.ledger.resume(try Bench.id("a"), acceptRetainCost: 0.1, by: 0, at: bench.now)
    try bench.hold(try bench.start(plan.batch), .maxSteps, steps: 240)
    _ = try bench.ledger.retry(try Bench.id("a"), by: 0, at: bench.now)
    let again = try bench.start(plan.batch)
    #expect(again.take > plan.take)
    #expect(again.stepsBefore == 0)
    #expect(again.acceptedRetainCost == nil)
  }

  @Test func hold_withoutProgress_startsOverWhenResumed() throws {
    let bench = try Bench()
    let plan = try bench.run("a", Bench.Wish(1))
    try bench.ledger.holdBatch(
      BatchHold(batch: plan.batch, reason: .overshot, steps: 9, keepsProgress: false) { _ in "x" }, at: bench.now)
    _ = try bench.ledger.resume(try Bench.id("a"), acceptRetainCost: nil, by: nil, at: bench.now)
    let again = try bench.start(plan.batch)
    #expect(again.take > plan.take)
    #expect(again.stepsBefore == 0)
  }
}

@Suite struct FailureTests {
  @Test func failure_isTriedAgainAfterOneFiveAndThirtyMinutesThenHeld() throws {
    let bench = try Bench()
    var plan = try bench.run("a", Bench.Wish(1))
    for delay in [60, 300, 1800] {
      let due = bench.now + .seconds(delay)
      #expect(try bench.fail(plan) == .retry(at: due))
      #expect(try bench.state("a") == .failed)
      #expect(try bench.receipt("a").reason == .nonFinite)
      #expect(try bench.receipt("a").detail?.contains(due.rfc3339()) == true)
      #expect(try bench.ledger.nextRetry() == due)
      bench.now = due - .nanoseconds(1)
      #expect(try bench.ledger.scheduleDueRetries(at: bench.now).isEmpty)
      try bench.crash()
      bench.now = due
      #expect(try bench.ledger.scheduleDueRetries(at: bench.now) == [plan.batch])
      #expect(try bench.state("a") == .scheduled)
      let again = try bench.start(plan.batch)
      #expect(again.failures == plan.failures + 1)
      #expect(again.take == plan.take)
      plan = again
    }
    #expect(try bench.fail(plan) == .held)
    let receipt = try bench.receipt("a")
    #expect(receipt.state == .held)
    #expect(receipt.reason == .retriesSpent)
    #expect(receipt.detail?.contains("hamuctl retry a") == true)
    #expect(try bench.ledger.nextRetry() == nil)
    _ = try bench.ledger.retry(try Bench.id("a"), by: 0, at: bench.now)
    #expect(try bench.start(plan.batch).failures == 0)
  }

  @Test func failed_whenAPersonIsFaster_isScheduledAtOnce() throws {
    let bench = try Bench()
    let plan = try bench.run("a", Bench.Wish(1))
    _ = try bench.fail(plan, keepsProgress: false)
    #expect(try bench.ledger.retry(try Bench.id("a"), by: 0, at: bench.now).map(\.text) == ["a"])
    #expect(try bench.ledger.nextRetry() == nil)
    #expect(try bench.start(plan.batch).take > plan.take)
  }

  @Test func failure_thatIsOver_isForgotten() throws {
    let bench = try Bench()
    let plan = try bench.run("a", Bench.Wish(1))
    _ = try bench.fail(plan)
    bench.pass(.seconds(60))
    _ = try bench.ledger.scheduleDueRetries(at: bench.now)
    try bench.hold(try bench.start(plan.batch))
    _ = try bench.ledger.resume(try Bench.id("a"), acceptRetainCost: nil, by: nil, at: bench.now)
    #expect(try bench.start(plan.batch).failures == 0)
  }

  @Test func missingModel_always_holdsWhatWaitsAndDiscardsItsBatches() throws {
    let bench = try Bench()
    let failed = try bench.run("failed", Bench.Wish(1))
    _ = try bench.fail(failed)
    let held = try bench.run("held", Bench.Wish(2))
    try bench.hold(held)
    let running = try bench.run("runs", Bench.Wish(3))
    try bench.accept("scheduled", Bench.Wish(4))
    let scheduled = try bench.schedule("scheduled")
    try bench.accept("waits", Bench.Wish(5))
    let ids = try bench.ledger.holdForMissingModel("m", detail: "not configured", at: bench.now)
    #expect(ids.map(\.text) == ["failed", "runs", "scheduled", "waits"])
    for batch in [failed.batch, running.batch, scheduled] {
      #expect(try bench.ledger.batch(batch)?.state == .discarded)
    }
    #expect(try bench.receipt("held").reason == .retainBudget)
    #expect(try bench.ledger.batch(held.batch)?.state == .held)
    #expect(try bench.ledger.holdForMissingModel("m", detail: "not configured", at: bench.now).isEmpty)
    #expect(throws: LedgerError.self) { try bench.publish(running) }
    for id in ids { #expect(try bench.ledger.readmit(id, resolution: nil, at: bench.now).state == .accepted) }
    try bench.publish(try bench.start(try bench.schedule("failed", "runs", "scheduled", "waits")))
    #expect(try bench.state("waits") == .forgotten)
  }
}
