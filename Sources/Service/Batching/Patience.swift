import Ledger
import Platform
import Requests

/// How long a request may wait, and whom it goes before.
struct Patience {
  let settings: ModelSettings.Batching
  let expectedRun: Duration
  let isFlushed: Bool
  let now: Timestamp
  /// Of each kind that has any.
  private let earliestDeadlines: [Timestamp]

  init(
    _ waiting: [Batching.Waiting], settings: ModelSettings.Batching, expectedRun: Duration, isFlushed: Bool,
    now: Timestamp
  ) {
    self.settings = settings
    self.expectedRun = expectedRun
    self.isFlushed = isFlushed
    self.now = now
    earliestDeadlines = RequestKind.allCases.compactMap { kind in
      waiting.lazy.filter { $0.kind == kind }.compactMap(\.deadline).min()
    }
  }

  struct Times {
    /// From when on it may not wait longer.
    let ripe: Timestamp
    /// Why.
    let cause: Batching.Batch.Cause
  }

  func times(of request: Batching.Waiting) -> Times {
    if request.isUrgent { return Times(ripe: now, cause: .urgent) }
    if isFlushed { return Times(ripe: now, cause: .flushed) }
    if request.rows > settings.maxSamples { return Times(ripe: now, cause: .large) }
    let waited = Times(ripe: endOfWaiting(request), cause: .waited)
    guard let deadline = request.deadline else { return waited }
    if deadline <= now { return Times(ripe: now, cause: .passedDeadline) }
    // Requests of the other kind that are due by then need a run of their own. (Those of one kind that are too many for
    // one batch fill one, and do not wait.)
    let runs = earliestDeadlines.count { $0 <= deadline }
    let start = deadline - expectedRun * runs - max(expectedRun, Batching.leastMargin)
    return start < waited.ripe ? Times(ripe: start, cause: .nearDeadline) : waited
  }

  /// By whichever clock says so first. A clock that was set back must not make a request wait until it has caught up: what
  /// seems to have been accepted further ahead than `max_wait` has waited enough.
  private func endOfWaiting(_ request: Batching.Waiting) -> Timestamp {
    if request.waited >= settings.maxWait { return now }
    if request.acceptedAt > now + settings.maxWait { return now }
    return min(request.acceptedAt + settings.maxWait, now + (settings.maxWait - request.waited))
  }

  /// Nothing that passes meanwhile moves it, so that who came earlier is not sent behind again and again.
  func due(_ request: Batching.Waiting) -> Timestamp {
    // By whichever clock says so first: one that was ahead must not leave a request behind all that come after it.
    let accepted = min(request.acceptedAt, now - request.waited)
    let latest = accepted + (request.isUrgent ? Batching.longestUrgentWait : Batching.longestWait)
    return max(min(request.deadline ?? latest, latest), accepted + Batching.leastMargin)
  }
}

/// A request in the queue.
struct Queued {
  let request: Batching.Waiting
  let times: Patience.Times
  let due: Timestamp

  func isRipe(at now: Timestamp) -> Bool { times.ripe <= now }

  func isBefore(_ other: Queued, at now: Timestamp) -> Bool {
    if isRipe(at: now) != other.isRipe(at: now) { return isRipe(at: now) }
    if due != other.due { return due < other.due }
    return request.sequence < other.request.sequence
  }
}
