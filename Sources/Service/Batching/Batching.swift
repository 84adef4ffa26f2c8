import Ledger
package import Platform
import Requests

/// Which waiting requests run together, and when: pure decisions on values, for one model at a time.
///
/// Ask when a run of the model could begin, and again at the time that the answer names or when something arrives: what
/// arrives during a run then forms the next batch. A paused model is not asked for; held and resumed requests keep their
/// batch and are none of the waiting ones.
///
/// A request is *ripe* when it may not wait longer: it is urgent, it has waited `max_wait`, its deadline is near or
/// past, it alone has more rows than `max_samples`, or the queue was flushed. A batch is formed when any is ripe, or
/// when those of one kind fill one. Ripe requests come first, and of two the one that is *due* earlier, then the one
/// that was accepted earlier.
///
/// When a request is due is settled as it is accepted, whatever comes after it: at its deadline, and a month later at the
/// latest; an urgent one a day later at the latest. Nothing is due before `leastMargin` after its acceptance:
/// what was late when it came in is not thereby before everybody who came earlier. So nobody is overtaken for ever: by
/// that margin before a request is due, the last has come in that may go before it, whatever is in manifests. Until
/// then it may be overtaken by those who must hurry more, and by those who only say so.
package enum Batching {
  /// Kept free before a deadline beside the expected run, which may be in the queue behind another.
  package static let leastMargin: Duration = .seconds(1800)
  /// Whoever names a later deadline, or none, comes after nobody for that who came later still: the time that the law gives
  /// for an answer (GDPR Art. 12(3): a month).
  package static let longestWait: Duration = .seconds(30 * 86_400)
  /// An urgent request comes before those that wait for others, and not before those that have waited for weeks.
  package static let longestUrgentWait: Duration = .seconds(86_400)

  /// - Parameters:
  ///   - waiting: accepted requests of one model, in any order.
  ///   - expectedRun: how long one run may take.
  ///   - isFlushed: a person asked not to wait.
  package static func decide(
    _ waiting: [Waiting], settings: ModelSettings.Batching, expectedRun: Duration, isFlushed: Bool, at now: Timestamp
  ) -> Decision {
    let clock = Patience(waiting, settings: settings, expectedRun: expectedRun, isFlushed: isFlushed, now: now)
    let queue = waiting.map { Queued(request: $0, times: clock.times(of: $0), due: clock.due($0)) }
      .sorted { $0.isBefore($1, at: now) }
    let full = RequestKind.allCases.filter { kind in
      fills(settings, queue.lazy.map(\.request).filter { $0.kind == kind && $0.rows <= settings.maxSamples })
    }
    guard let first = queue.first(where: { $0.isRipe(at: now) || full.contains($0.request.kind) }) else {
      return queue.map(\.times.ripe).min().map(Decision.wait(until:)) ?? .idle
    }
    let chosen = fill(from: queue.filter { $0.request.kind == first.request.kind }.map(\.request), first, settings)
    return .form(
      Batch(
        requests: chosen.sorted { $0.sequence < $1.sequence }.map(\.id), kind: first.request.kind,
        cause: first.isRipe(at: now) ? first.times.cause : .full,
        passedDeadlines: chosen.sorted { $0.sequence < $1.sequence }.filter { $0.deadline.map { $0 <= now } ?? false }
          .map(\.id)))
  }

  /// When a request starts at the latest, if no batch takes it earlier: for the receipt's `expected_at`.
  package static func latestStart(
    of request: Waiting, settings: ModelSettings.Batching, expectedRun: Duration, at now: Timestamp
  ) -> Timestamp {
    let clock = Patience([request], settings: settings, expectedRun: expectedRun, isFlushed: false, now: now)
    return max(now, clock.times(of: request).ripe)
  }

  private static func fills(_ settings: ModelSettings.Batching, _ requests: some Sequence<Waiting>) -> Bool {
    var (count, rows) = (0, 0)
    for request in requests {
      count += 1
      rows += request.rows
      if count >= settings.maxRequests || rows >= settings.maxSamples { return true }
    }
    return false
  }

  /// First fit in the order of the queue: one that does not fit leads a later batch, and smaller ones behind it need not
  /// wait for that.
  private static func fill(from queue: [Waiting], _ first: Queued, _ settings: ModelSettings.Batching) -> [Waiting] {
    var chosen = [first.request]
    var rows = first.request.rows
    guard rows <= settings.maxSamples else { return chosen }
    for request in queue where request.id != first.request.id {
      if chosen.count >= settings.maxRequests { break }
      guard request.rows <= settings.maxSamples - rows else { continue }
      chosen.append(request)
      rows += request.rows
    }
    return chosen
  }
}
