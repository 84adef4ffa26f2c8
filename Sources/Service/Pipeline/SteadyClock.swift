package import Platform

/// The clock of the day, for what cannot be undone: one that jumps ahead is believed when it has stayed there for an hour by the clock
/// that does not jump. One that was set back is believed at once; nothing comes too early for it.
package struct SteadyClock: Sendable {
  package static let patience: Duration = .seconds(3600)
  /// How far it may run ahead between two questions.
  package static let driftAllowed: Duration = .seconds(60)

  private var last: (wall: Timestamp, monotonic: MonotonicInstant)?
  private var aheadSince: MonotonicInstant?

  package init() {}

  /// What time it is.
  package mutating func believed(_ wall: Timestamp, at monotonic: MonotonicInstant) -> Timestamp {
    let expected = last.map { $0.wall + (monotonic - $0.monotonic) } ?? wall
    if wall > expected + Self.driftAllowed {
      let since = aheadSince ?? monotonic
      if monotonic - since < Self.patience {
        aheadSince = since
        last = (expected, monotonic)
        return expected
      }
    }
    aheadSince = nil
    last = (wall, monotonic)
    return wall
  }
}
