import Ledger
import Platform
import Requests
import Testing

@Suite struct PropertyTests {
  /// Everything that can be seen of a ledger, for comparing.
  private struct View: Equatable {
    let records: [RequestRecord]
    let batches: [BatchRecord]
    let models: [ModelRecord]
    let tombstones: [MarkedTombstone]
    let audit: Int64

    init(_ ledger: Ledger) throws {
      records = try ledger.requests(RequestFilter()).compactMap { try ledger.request($0.id) }
      batches = try ledger.batches(states: BatchState.allCases)
      models = try ledger.models()
      tombstones = try models.flatMap { try ledger.markedTombstones(of: $0.name) }
      audit = try ledger.verifyAudit().entries
    }
  }

  @Test(arguments: 0..<12)
  func anySequenceOfCommands_neverLeavesAnIllegalState(_ seed: Int) throws {
    var wanderer = try Wanderer(seed: UInt64(seed))
    let bench = wanderer.bench
    var before = try View(bench.ledger)
    var (done, refused) = (0, 0)
    for _ in 0..<250 {
      let error = try wanderer.step()
      let after = try View(bench.ledger)
      if error != nil {
        refused += 1
        #expect(after == before)
      } else {
        done += 1
      }
      try check(after, since: before, bench.ledger)
      try checkChanges(bench.ledger)
      before = after
    }
    #expect(done > 50 && refused > 20, "the walk must see both: \(done), \(refused)")
    #expect(try bench.ledger.verifyAudit().isWhole)
  }

  private func check(_ view: View, since before: View, _ ledger: Ledger) throws {
    let known = Dictionary(uniqueKeysWithValues: before.records.map { ($0.id, $0) })
    for record in view.records where known[record.id] != record {
      #expect((record.finishedAt != nil) == record.state.isEnded)
      #expect((record.evidence.goingOn == nil) || record.state == .held)
      #expect((record.summary.version != nil) == (record.state == .forgotten))
      let receipt = Receipt(record)
      #expect(try Receipt.parse(Array(receipt.yaml.utf8)) == receipt)
      let open: [RequestState] = [.scheduled, .unlearning, .failed]
      if open.contains(record.state) { #expect(record.summary.batch != nil) }
      #expect(try ledger.rows(of: record.id).count == record.summary.rows)
    }
    for batch in view.batches { check(batch, view.records) }
    for model in view.models {
      #expect(view.batches.count { $0.model == model.name && $0.state == .running } <= 1)
    }
    let counts = try ledger.counts()
    #expect(counts.map(\.count).reduce(0, +) == view.records.count)
    for (state, count) in counts { #expect(view.records.count { $0.state == state } == count) }
    try checkTombstones(view, ledger)
  }

  /// The state of a batch is the state of those of its requests that wait.
  private func check(_ batch: BatchRecord, _ records: [RequestRecord]) {
    let waiting = records.filter { $0.summary.batch == batch.number && $0.state.isWaiting }
    let expected: RequestState? =
      switch batch.state {
      case .scheduled: .scheduled
      case .running: .unlearning
      case .held: .held
      case .failed: .failed
      case .published, .discarded: nil
      }
    #expect(waiting.allSatisfy { $0.state == expected }, "batch \(batch.number) is \(batch.state)")
    #expect(waiting.isEmpty == batch.state.isEnded, "batch \(batch.number) is \(batch.state)")
    #expect((batch.retryAt != nil) == (batch.state == .failed))
  }

  /// A request that was served has its rows under tombstones, and what is under a tombstone is never retained.
  private func checkTombstones(_ view: View, _ ledger: Ledger) throws {
    for model in view.models {
      let forgotten = try ledger.forgottenRows(of: model.name)
      for stone in try ledger.tombstones(of: model.name) { #expect(forgotten.contains(stone.row)) }
      for record in view.records where record.model == model.name && record.state == .accepted {
        let rows = try ledger.rows(of: record.id)
        let active = RowSet(try ledger.tombstones(of: model.name).map(\.row))
        // An accepted request may have rows that were forgotten since only where a rematch moved tombstones onto them.
        if model.generation == 0 { #expect(rows.intersection(active).isEmpty) }
      }
    }
    for record in view.records where record.state == .forgotten && record.summary.reason == .target {
      #expect(view.tombstones.contains { $0.request == record.id })
    }
  }

  /// Every change that was ever told is a legal one, and each begins where the last one of its request ended.
  private func checkChanges(_ ledger: Ledger) throws {
    for due in try ledger.dueReceipts(limit: 100_000) {
      var last: RequestState?
      for change in due.changes {
        #expect(change.previous == last)
        if let previous = change.previous {
          #expect(previous.canBecome(change.state))
        } else {
          #expect(change.state == .accepted)
        }
        last = change.state
      }
      #expect(try ledger.request(due.request)?.state == last)
    }
  }
}

@Suite struct ConcurrencyTests {
  @Test func submissions_fromManyTasks_areAllThereOnce() async throws {
    let bench = try Bench()
    let (ledger, now) = (bench.ledger, bench.now)
    let submissions = try (0..<200).map { try bench.submission("r\($0 % 100)", Bench.Wish($0 % 100)) }
    let outcomes = try await withThrowingTaskGroup(of: AcceptOutcome.self) { group in
      for submission in submissions {
        group.addTask { try ledger.accept(submission, quotas: .none, at: now) }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    let accepted = outcomes.count { if case .accepted = $0 { true } else { false } }
    #expect(accepted == 100)
    #expect(outcomes.count == 200)
    #expect(try ledger.counts().map(\.count) == [100])
    #expect(try ledger.verifyAudit().isWhole)
  }

  @Test func readers_whileSomebodyWrites_seeWholeTransactions() async throws {
    let bench = try Bench()
    let (ledger, now) = (bench.ledger, bench.now)
    for index in 0..<40 { try bench.accept("r\(index)", Bench.Wish(index)) }
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        for index in 0..<20 {
          let ids = try [2 * index, 2 * index + 1].map { try Bench.id("r\($0)") }
          _ = try ledger.createBatch(of: ids, at: now)
        }
      }
      group.addTask {
        for _ in 0..<200 {
          let scheduled = try ledger.requests(RequestFilter(states: [.scheduled]))
          #expect(scheduled.count % 2 == 0)
          #expect(Set(scheduled.map(\.batch)).count == scheduled.count / 2)
        }
      }
      try await group.waitForAll()
    }
  }
}
