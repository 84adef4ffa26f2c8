import Ledger
import Platform
import Requests

// Which waiting requests run together, when answers may be expected, and which dates come near.
extension Pipeline {
  /// Makes a batch of each model's ripe requests, while nothing of that model is scheduled or running: what arrives during a
  /// run then forms the next batch.
  func formBatches() throws {
    for settings in configuration.models {
      guard models[settings.name] != nil, try ledger.model(settings.name)?.isPaused == false,
        try ledger.batches(model: settings.name, states: [.scheduled, .running]).isEmpty
      else { continue }
      try formBatch(settings)
    }
  }

  private func formBatch(_ settings: ModelSettings) throws {
    let now = WallClock.now
    let waiting = try ledger.requests(RequestFilter(states: [.accepted], model: settings.name))
    let decision = Batching.decide(
      waiting.map(Batching.Waiting.init), settings: settings.batching, expectedRun: expectedRun(settings.name),
      isFlushed: flushed.contains(settings.name), at: now)
    switch decision {
    case .idle: flushed.remove(settings.name)
    case .wait(let time):
      flushed.remove(settings.name)
      alarm.set(.now + (time - now))
    case .form(let batch):
      for request in waiting where batch.passedDeadlines.contains(request.id) { narrator.deadline(request, at: now) }
      _ = try ledger.createBatch(of: batch.requests, at: now)
    }
  }

  /// What runs of this model took last, or a guess.
  func expectedRun(_ model: String) -> Duration { .seconds(runSeconds[model] ?? 600) }

  /// Puts the time at which an answer may be expected into a fresh request's receipt.
  func expect(_ record: RequestRecord) {
    guard record.state == .accepted, let settings = configuration.model(record.model) else { return }
    let expected = expectedRun(record.model)
    let start = Batching.latestStart(
      of: Batching.Waiting(record.summary), settings: settings.batching, expectedRun: expected, at: WallClock.now)
    do {
      try ledger.setExpected(start + expected, for: [record.id])
    } catch {
      narrator.trouble(error)
    }
  }

  /// A WARNING each day for every request that waits while its deadline comes within three days.
  func warnOfDeadlines() throws {
    let now = WallClock.now
    let due = try ledger.deadlineWarningsDue(before: now + Self.deadlineNear, day: now.dateText)
    guard !due.isEmpty else { return }
    for request in due { narrator.deadline(request, at: now) }
    try ledger.markDeadlineWarned(due.map(\.id), day: now.dateText)
  }

  static let deadlineNear: Duration = .seconds(3 * 86_400)
}
