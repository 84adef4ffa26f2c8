import Ledger
import Platform
import Requests

// Which waiting requests run together, when answers may be expected, and which dates come near.
extension Pipeline {
  /// Makes a batch of each model's ripe requests, while nothing of that model is scheduled or running: what arrives during a
  /// run then forms the next batch.
  func formBatches() throws {
    for settings in configuration.models {
      guard models[settings.name] != nil, !unlooked.contains(settings.name),
        try ledger.model(settings.name)?.isPaused == false,
        try ledger.batches(model: settings.name, states: [.scheduled, .running]).isEmpty
      else { continue }
      try formBatch(settings)
    }
  }

  private func formBatch(_ settings: ModelSettings) throws {
    let now = clocks.wall()
    // Those without rows were accepted while their model could not be looked at, and still wait for that.
    var waiting = try ledger.requests(RequestFilter(states: [.accepted], model: settings.name)).filter { $0.rows > 0 }
    let since = waitingSince(waiting.map(\.id), of: settings.name)
    // Nothing else is served before those, and they have waited once. Apart from what came since, which might cost too much: then
    // all of the batch is held, and whoever may drop a file could hold up what has to be forgotten again.
    let owed = Set(try ledger.owedRequests(of: settings.name))
    if waiting.contains(where: { owed.contains($0.id) }) { waiting.removeAll { !owed.contains($0.id) } }
    let queue = waiting.map { summary in
      var request = Batching.Waiting(summary)
      request.isUrgent = request.isUrgent || owed.contains(summary.id)
      request.waited = clocks.monotonic() - (since[summary.id] ?? clocks.monotonic())
      return request
    }
    let decision = Batching.decide(
      queue, settings: settings.batching, expectedRun: expectedRun(settings.name),
      isFlushed: flushed.contains(settings.name), at: now)
    switch decision {
    case .idle: flushed.remove(settings.name)
    case .wait(let time):
      flushed.remove(settings.name)
      alarm.set(.now + (time - now))
    case .form(let batch):
      for request in waiting
      where batch.passedDeadlines.contains(request.id) && !passedDeadlinesSaid.contains(request.id) {
        warnOfDeadline(request, at: now)
      }
      _ = try ledger.createBatch(of: batch.requests, at: now)
    }
  }

  /// Since this process saw them wait; a suspended machine counts, a clock that is set does not.
  private func waitingSince(_ ids: [RequestID], of model: String) -> [RequestID: MonotonicInstant] {
    let (known, now) = (waitingSince[model] ?? [:], clocks.monotonic())
    let since = Dictionary(uniqueKeysWithValues: ids.map { ($0, known[$0] ?? now) })
    waitingSince[model] = since
    return since
  }

  /// What runs of this model took last, or a guess.
  func expectedRun(_ model: String) -> Duration { .seconds(runSeconds[model] ?? 600) }

  /// Puts the time at which an answer may be expected into the receipts of requests that wait from now on. That it cannot be
  /// noted is said and changes nothing else.
  func expect(_ ids: [RequestID]) {
    for id in ids {
      do {
        guard let record = try ledger.request(id), let moment = expectation(of: record) else { continue }
        try ledger.setExpected(moment, for: [id])
      } catch {
        narrator.trouble(error)
      }
    }
  }

  private func expectation(of record: RequestRecord) -> Timestamp? {
    guard let settings = configuration.model(record.model) else { return nil }
    let (now, expected) = (clocks.wall(), expectedRun(record.model))
    switch record.state {
    case .accepted:
      let start = Batching.latestStart(
        of: Batching.Waiting(record.summary), settings: settings.batching, expectedRun: expected, at: now)
      return start + expected
    case .scheduled: return now + expected
    default: return nil
    }
  }

  /// A WARNING each day for every request that waits while its deadline comes within three days.
  func warnOfDeadlines() throws {
    let now = clocks.wall()
    let due = try ledger.deadlineWarningsDue(before: now + Self.deadlineNear, day: now.dateText)
    guard !due.isEmpty else { return }
    for request in due { warnOfDeadline(request, at: now) }
    try ledger.markDeadlineWarned(due.map(\.id), day: now.dateText)
  }

  private func warnOfDeadline(_ request: RequestSummary, at now: Timestamp) {
    if let deadline = request.deadline, deadline.end <= now.secondsSinceEpoch { passedDeadlinesSaid.insert(request.id) }
    narrator.deadline(request, at: now)
  }

  static let deadlineNear: Duration = .seconds(3 * 86_400)
}
