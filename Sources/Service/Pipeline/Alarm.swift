package import Platform
import Synchronization

/// Rings once, at the earliest of the times it was set to: for pauses that end, batches that have waited long enough, and
/// the regular scan.
package final class Alarm: Sendable {
  private struct Setting {
    var time: MonotonicInstant?
    var task: Task<Void, Never>?
  }

  private let bell: Doorbell
  private let setting = Mutex(Setting())

  package init(_ bell: Doorbell) { self.bell = bell }

  /// A time later than the one that is set changes nothing.
  package func set(_ time: MonotonicInstant) {
    setting.withLock { setting in
      if let earlier = setting.time, earlier <= time { return }
      setting.task?.cancel()
      setting.time = time
      setting.task = Task { [self] in
        // Sleeping on the continuous clock, which counts a suspended machine as the instants do.
        guard (try? await Task.sleep(for: max(Duration.zero, time - MonotonicInstant.now), clock: .continuous)) != nil
        else {
          return
        }
        ring(time)
      }
    }
  }

  package func cancel() {
    setting.withLock {
      $0.task?.cancel()
      $0 = Setting()
    }
  }

  private func ring(_ time: MonotonicInstant) {
    setting.withLock { if $0.time == time { $0 = Setting() } }
    bell.ring()
  }
}
