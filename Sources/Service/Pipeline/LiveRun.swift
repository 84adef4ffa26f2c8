import Platform
import Synchronization

/// The run in progress as an onlooker sees it: `systemctl status`, `hamuctl status`, and the watchdog.
///
/// The compute thread writes, others read; nobody waits for anybody for longer than the copy of a few numbers takes.
package final class LiveRun: Sendable {
  package struct Figures: Sendable, Equatable {
    package var model: String
    package var batch: Int
    package var step = 0
    package var stepsAtMost: Int
    package var forgetLoss: Double?
    package var retainLoss: Double?
    package var kappa: Double?
    package var quota: Double?
    package var leastCost: Double?
    package var retainCost: Double?

    package init(model: String, batch: Int, stepsAtMost: Int) {
      self.model = model
      self.batch = batch
      self.stepsAtMost = stepsAtMost
    }
  }

  private struct State {
    var figures: Figures?
    var lastSign = AwakeInstant.now
  }

  private let state = Mutex(State())

  package init() {}

  /// Nil while nothing runs.
  package var figures: Figures? { state.withLock { $0.figures } }

  package func begin(_ figures: Figures) {
    state.withLock {
      $0.figures = figures
      $0.lastSign = .now
    }
  }

  package func update(_ change: (inout Figures) -> Void) {
    state.withLock {
      if var figures = $0.figures {
        change(&figures)
        $0.figures = figures
      }
      $0.lastSign = .now
    }
  }

  package func end() { state.withLock { $0.figures = nil } }

  /// Called after every micro-batch.
  package func signOfLife() { state.withLock { $0.lastSign = .now } }

  /// Said before a stage that reads or writes whole files and cannot show signs of life meanwhile: for so long it is not
  /// taken for hung.
  package func expectSilence(for duration: Duration) { state.withLock { $0.lastSign = .now + duration } }

  /// How long the running work has shown no sign of life, below zero while that is expected; nil while nothing runs.
  package var silence: Duration? {
    state.withLock { $0.figures == nil ? nil : AwakeInstant.now - $0.lastSign }
  }
}
