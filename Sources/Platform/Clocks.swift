import Glibc

/// The time of day, for people: receipts, deadlines, the ledger. It may jump.
package enum WallClock {
  package static var now: Timestamp {
    Timestamp(nanosecondsSinceEpoch: nanoseconds(system_clock_gettime(CLOCK_REALTIME)))
  }
}

/// A moment of a clock that only goes forward. Means nothing after a reboot.
package protocol SteadyInstant: Hashable, Sendable, Comparable {
  /// Since the machine started.
  var nanoseconds: Int64 { get }

  init(nanoseconds: Int64)
}

extension SteadyInstant {
  package static func < (left: Self, right: Self) -> Bool { left.nanoseconds < right.nanoseconds }

  /// From `right` to `left`.
  package static func - (left: Self, right: Self) -> Duration {
    .nanoseconds(left.nanoseconds) - .nanoseconds(right.nanoseconds)
  }

  /// Stays at the end of time instead of overflowing.
  package static func + (left: Self, right: Duration) -> Self {
    let (sum, overflow) = left.nanoseconds.addingReportingOverflow(right.wholeNanoseconds)
    return Self(nanoseconds: overflow ? (right < .zero ? .min : .max) : sum)
  }
}

/// Counts a suspended machine too: for waiting and for measuring.
package struct MonotonicInstant: SteadyInstant {
  package let nanoseconds: Int64

  package init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

  package static var now: MonotonicInstant {
    MonotonicInstant(nanoseconds: Platform.nanoseconds(system_clock_gettime(CLOCK_BOOTTIME)))
  }
}

/// Stands still while the machine is suspended, as systemd's watchdog does: for how long somebody is silent who could say nothing meanwhile.
package struct AwakeInstant: SteadyInstant {
  package let nanoseconds: Int64

  package init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

  package static var now: AwakeInstant {
    AwakeInstant(nanoseconds: Platform.nanoseconds(system_clock_gettime(CLOCK_MONOTONIC)))
  }
}

/// The two clocks, for whoever decides by them: tests hand in their own.
package struct Clocks: Sendable {
  package let wall: @Sendable () -> Timestamp
  package let monotonic: @Sendable () -> MonotonicInstant

  package static let system = Clocks(wall: { WallClock.now }, monotonic: { MonotonicInstant.now })

  package init(wall: @escaping @Sendable () -> Timestamp, monotonic: @escaping @Sendable () -> MonotonicInstant) {
    self.wall = wall
    self.monotonic = monotonic
  }
}

/// For whoever waits for another process and cannot be told.
package enum Pause {
  /// The thread does nothing for that long at most.
  package static func wait(_ duration: Duration) {
    let (seconds, attoseconds) = duration.components
    var time = timespec(tv_sec: Int(seconds), tv_nsec: Int(attoseconds / 1_000_000_000))
    // A signal that interrupts it makes it shorter, and no more.
    nanosleep(&time, nil)
  }
}

/// These clocks exist on every Linux that hamud runs on, so the call cannot fail.
func system_clock_gettime(_ clock: clockid_t) -> timespec {
  var time = timespec()
  _ = clock_gettime(clock, &time)
  return time
}

extension timespec {
  init(_ moment: Timestamp) {
    self.init(tv_sec: Int(moment.secondsSinceEpoch), tv_nsec: Int(moment.nanosecondsInSecond))
  }
}
