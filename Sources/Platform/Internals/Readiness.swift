import CSystemd
import Glibc
import Synchronization

/// One thread that waits for descriptors on behalf of tasks, so that a task that waits holds no thread at all. With at
/// most a few hundred waiters `poll` over all of them costs less than the bookkeeping of anything cleverer.
final class Readiness: Sendable {
  /// `hungUp`: the other side is gone, in both directions.
  enum Direction: Sendable { case readable, writable, hungUp }
  enum Outcome: Hashable, Sendable { case ready, timedOut, cancelled }

  private struct Waiter {
    let descriptor: CInt
    let events: Int16
    let deadline: MonotonicInstant?
    let continuation: CheckedContinuation<Outcome, Never>
  }

  private struct State {
    var waiters: [UInt64: Waiter] = [:]
    /// Cancelled before the waiter was registered.
    var cancelled: Set<UInt64> = []
    var next: UInt64 = 0
  }

  private let state = Mutex(State())
  /// Written to whenever the waiters change, so that the thread looks at them anew.
  private let wake: Descriptor

  private static let made = Swift.Result<Readiness, PlatformError> { () throws(PlatformError) in try Readiness() }

  /// The process's one; it lives as long as the process.
  static func shared() throws(PlatformError) -> Readiness { try made.get() }

  private init() throws(PlatformError) {
    wake = try attempt("make", "an event counter") { () throws(Errno) in Descriptor(owning: try system_eventfd()) }
    // It waits and hands over; it never computes.
    try startThread(name: "hamud-wait", stackBytes: 256 << 10) { [self] in run() }
  }

  /// Until the descriptor is ready (or broken, which the next call on it says), the deadline has passed, or the task is
  /// cancelled. The caller keeps the descriptor open meanwhile.
  func wait(_ descriptor: CInt, _ direction: Direction, until deadline: MonotonicInstant?) async -> Outcome {
    let id = state.withLock { state in
      state.next += 1
      return state.next
    }
    let outcome = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let waiter = Waiter(
          descriptor: descriptor, events: direction.events, deadline: deadline,
          continuation: continuation)
        let registered = state.withLock { state in
          if state.cancelled.remove(id) != nil { return false }
          state.waiters[id] = waiter
          return true
        }
        if registered { lookAgain() } else { continuation.resume(returning: .cancelled) }
      }
    } onCancel: {
      let waiter = state.withLock { state in
        let waiter = state.waiters.removeValue(forKey: id)
        if waiter == nil { state.cancelled.insert(id) }
        return waiter
      }
      waiter?.continuation.resume(returning: .cancelled)
      if waiter != nil { lookAgain() }
    }
    // A cancellation that came after the outcome leaves its mark behind.
    _ = state.withLock { $0.cancelled.remove(id) }
    return outcome
  }

  private func lookAgain() {
    var one: UInt64 = 1
    // Ignored: it fails only when the counter is full, and then the thread is awake already.
    _ = withUnsafeBytes(of: &one) { bytes in try? system_write(wake.number, bytes) }
  }

  private func run() {
    while true {
      let waiting = state.withLock { state in state.waiters.map { ($0.key, $0.value.descriptor, $0.value.events) } }
      var entries = [pollfd(fd: wake.number, events: Int16(POLLIN), revents: 0)]
      entries += waiting.map { pollfd(fd: $0.1, events: $0.2, revents: 0) }
      // Ignored: it fails only for want of memory, and then everything is looked at again.
      _ = try? system_poll(&entries, millisecondsToNextDeadline())
      if entries[0].revents != 0 { drain() }
      let ready = zip(waiting, entries.dropFirst()).filter { $0.1.revents != 0 }.map { $0.0.0 }
      finish(ready)
    }
  }

  private func finish(_ ready: [UInt64]) {
    let now = MonotonicInstant.now
    let finished = state.withLock { state in
      var finished = ready.compactMap { id in state.waiters.removeValue(forKey: id).map { ($0, Outcome.ready) } }
      for (id, waiter) in state.waiters {
        guard let deadline = waiter.deadline, deadline <= now else { continue }
        state.waiters[id] = nil
        finished.append((waiter, .timedOut))
      }
      return finished
    }
    for (waiter, outcome) in finished { waiter.continuation.resume(returning: outcome) }
  }

  private func millisecondsToNextDeadline() -> CInt {
    let deadlines = state.withLock { state in state.waiters.values.compactMap(\.deadline) }
    guard let next = deadlines.min() else { return -1 }
    let rest = (next - MonotonicInstant.now).wholeNanoseconds
    // Rounded up: a wait that ends early would spin until the deadline.
    return rest <= 0 ? 0 : CInt(min(rest / 1_000_000 + 1, 3_600_000))
  }

  private func drain() {
    var count: UInt64 = 0
    _ = withUnsafeMutableBytes(of: &count) { bytes in try? system_read(wake.number, bytes) }
  }
}

extension Readiness.Direction {
  /// That the other side hung up is told without asking for it.
  fileprivate var events: Int16 {
    switch self {
    case .readable: Int16(POLLIN)
    case .writable: Int16(POLLOUT)
    case .hungUp: 0
    }
  }
}
