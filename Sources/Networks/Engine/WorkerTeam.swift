import Glibc
import Synchronization

/// A fixed set of workers that run one closure together. The calling thread is worker 0; the others are pthreads that
/// live as long as the team.
///
/// Waiting spins for some microseconds before it sleeps: a small network's step has several meetings, and waking a
/// sleeping thread costs more than the work between them.
package final class WorkerTeam: Sendable {
  package let count: Int
  private let state = TeamState()

  /// As many workers as asked for, at least one. Where the system gives no more threads the team is smaller; results
  /// do not depend on it.
  package init(count: Int) {
    var started = 1
    while started < max(1, count), TeamState.startThread(state, worker: started) { started += 1 }
    self.count = started
    state.open(helpers: started - 1)
  }

  deinit {
    state.close()
  }

  /// Runs `body(worker)` for every worker in 0 ..< count and returns when all have ended. Not to be nested, and one
  /// call at a time.
  package func run(_ body: @Sendable (Int) -> Void) {
    guard count > 1 else { return body(0) }
    withoutActuallyEscaping(body) { run(ClosureWork(body: $0)) }
  }

  /// The same without an allocation: a closure has to go to the heap before other threads may have it, while a value
  /// stays where it is until all have ended.
  func run<Work: TeamWork>(_ work: Work) {
    guard count > 1 else { return work.run(0) }
    withUnsafePointer(to: work) { place in
      state.begin(UnsafeRawPointer(place), Work.self)
      work.run(0)
      state.end()
    }
  }

  /// `body` on the calling thread alone where the work is too small to share, on all workers otherwise.
  func run(shared: Bool, _ body: @Sendable (_ worker: Int, _ workers: Int) -> Void) {
    guard shared, count > 1 else { return body(0, 1) }
    let count = count
    run { body($0, count) }
  }
}

/// What the workers of a team do together.
protocol TeamWork: Sendable {
  func run(_ worker: Int)
}

extension TeamWork {
  /// For whoever has only the type and the address.
  fileprivate static func run(at place: UnsafeRawPointer, _ worker: Int) {
    place.assumingMemoryBound(to: Self.self).pointee.run(worker)
  }
}

private struct ClosureWork: TeamWork {
  let body: @Sendable (Int) -> Void

  func run(_ worker: Int) { body(worker) }
}

/// What the threads of a team share. `job` is written by the caller before `generation` is released and read by
/// helpers after they acquired it; the caller does not return before all helpers are done with it.
private final class TeamState: @unchecked Sendable {
  private let generation = Atomic<Int>(0)
  private let running = Atomic<Int>(0)
  private let closed = Atomic<Bool>(false)
  private let monitor = Monitor()
  private var job: (place: UnsafeRawPointer, kind: any TeamWork.Type)?
  private var helpers = 0

  private static let spins = 4000

  static func startThread(_ state: TeamState, worker: Int) -> Bool {
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    defer { pthread_attr_destroy(&attributes) }
    pthread_attr_setstacksize(&attributes, 8 << 20)
    pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
    let seat = Unmanaged.passRetained(Seat(state: state, worker: worker))
    var thread = pthread_t()
    let status = pthread_create(
      &thread, &attributes,
      { argument in
        guard let argument else { return nil }
        let seat = Unmanaged<Seat>.fromOpaque(argument).takeRetainedValue()
        seat.state.serve(worker: seat.worker)
        return nil
      }, seat.toOpaque())
    if status != 0 {
      seat.release()
      return false
    }
    return true
  }

  func open(helpers: Int) { self.helpers = helpers }

  func close() {
    monitor.changed { closed.store(true, ordering: .releasing) }
  }

  func begin(_ place: UnsafeRawPointer, _ kind: any TeamWork.Type) {
    job = (place, kind)
    running.store(helpers, ordering: .relaxed)
    monitor.changed { _ = generation.add(1, ordering: .releasing) }
  }

  func end() {
    if !spin({ running.load(ordering: .acquiring) == 0 }) {
      monitor.wait { running.load(ordering: .acquiring) == 0 }
    }
    job = nil
  }

  private func serve(worker: Int) {
    var seen = 0
    while true {
      let ready = { self.generation.load(ordering: .acquiring) != seen || self.closed.load(ordering: .acquiring) }
      if !spin(ready) { monitor.wait(until: ready) }
      if closed.load(ordering: .acquiring) { return }
      seen += 1
      if let job { job.kind.run(at: job.place, worker) }
      if running.subtract(1, ordering: .acquiringAndReleasing).newValue == 0 { monitor.changed {} }
    }
  }

  @inline(__always)
  private func spin(_ condition: () -> Bool) -> Bool {
    for _ in 0..<Self.spins {
      if condition() { return true }
    }
    return condition()
  }
}

private final class Seat: Sendable {
  let state: TeamState
  let worker: Int

  init(state: TeamState, worker: Int) {
    self.state = state
    self.worker = worker
  }
}
