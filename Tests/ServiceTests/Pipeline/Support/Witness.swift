import Dispatch
import Service
import Synchronization

/// Hears everything that a daemon says, lets tests wait for it, and can hold the thread that says something: the one that
/// computes then stands still between two steps.
final class Witness: EventSink {
  private struct Waiter {
    let kind: EventKind
    let count: Int
    let continuation: CheckedContinuation<Void, Never>
  }

  private struct State {
    var events: [Event] = []
    var waiters: [Waiter] = []
    var gate: (kind: EventKind, count: Int)?
  }

  private let state = Mutex(State())
  private let barrier = DispatchSemaphore(value: 0)

  func post(_ event: Event) {
    let (ready, stands) = state.withLock { state in
      state.events.append(event)
      let count = state.events.count { $0.kind == event.kind }
      let ready = state.waiters.filter { $0.kind == event.kind && $0.count <= count }
      state.waiters.removeAll { $0.kind == event.kind && $0.count <= count }
      let stands = state.gate.map { $0.kind == event.kind && $0.count == count } ?? false
      if stands { state.gate = nil }
      return (ready, stands)
    }
    ready.forEach { $0.continuation.resume() }
    if stands { barrier.wait() }
  }

  var events: [Event] { state.withLock { $0.events } }

  func events(_ kind: EventKind) -> [Event] { events.filter { $0.kind == kind } }

  /// Returns when it was said so often; at once when it was already.
  func wait(for kind: EventKind, _ count: Int = 1) async {
    await withCheckedContinuation { continuation in
      let isDone = state.withLock { state in
        guard state.events.count(where: { $0.kind == kind }) < count else { return true }
        state.waiters.append(Waiter(kind: kind, count: count, continuation: continuation))
        return false
      }
      if isDone { continuation.resume() }
    }
  }

  /// Whoever says this for the `count`-th time stands still until `open`. Only for what the computing thread says.
  func close(at kind: EventKind, _ count: Int) { state.withLock { $0.gate = (kind, count) } }

  func open() { barrier.signal() }

  /// Kinds in the order in which they were said.
  var story: [EventKind] { events.map(\.kind) }
}
