package import Platform

/// The clock of the day, for what cannot be undone: one that jumps ahead is believed when it has gone on from there for an hour by the
/// clock that does not jump. One that was set back is believed at once; nothing comes too early for it.
package struct SteadyClock: Sendable {
  /// None where faults are planned: a story that is told from a copy begins with a ledger as old as the copy.
  package static let patience = LongWait.of(Duration.seconds(3600), hurried: .zero)
  /// How far it may run ahead between two questions.
  package static let driftAllowed: Duration = .seconds(60)

  private var seen: (wall: Timestamp, monotonic: MonotonicInstant)
  private var believed: Timestamp
  /// Since when it has not jumped.
  private var evenSince: MonotonicInstant

  /// - Parameter known: what time it was when somebody last knew it. A clock far ahead of that may be right, after a week without power,
  ///   or may have started wrong: only time tells.
  package init(_ wall: Timestamp, at monotonic: MonotonicInstant, after known: Timestamp? = nil) {
    seen = (wall, monotonic)
    believed = min(known ?? wall, wall)
    evenSince = monotonic
  }

  /// Whether it says a later time than is believed.
  package var isDoubted: Bool { believed < seen.wall }

  /// What time it is.
  package mutating func believed(_ wall: Timestamp, at monotonic: MonotonicInstant) -> Timestamp {
    let passed = monotonic - seen.monotonic
    let expected = seen.wall + passed
    if wall > expected + Self.driftAllowed || wall < expected - Self.driftAllowed { evenSince = monotonic }
    seen = (wall, monotonic)
    let isAhead = wall > believed + passed + Self.driftAllowed
    believed = isAhead && monotonic - evenSince < Self.patience ? believed + passed : wall
    return believed
  }
}
