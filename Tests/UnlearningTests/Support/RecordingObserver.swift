import Synchronization
import Unlearning

/// Remembers what a run told, and stops it when asked to.
final class RecordingObserver: RunObserver {
  private struct State {
    var events: [RunEvent] = []
    var saves: [SavedRun] = []
    var signs = 0
    var stops = false
    /// Questions until it is to stop; nil: never.
    var questions: Int?
    var asked = 0
  }

  private let state = Mutex(State())
  private let prints: Bool

  init(prints: Bool = false, stopAfterQuestions questions: Int? = nil) {
    self.prints = prints
    state.withLock { $0.questions = questions }
  }

  var events: [RunEvent] { state.withLock { $0.events } }
  var saves: [SavedRun] { state.withLock { $0.saves } }
  var signs: Int { state.withLock { $0.signs } }

  /// How often it was asked whether to stop.
  var questions: Int { state.withLock { $0.asked } }

  func stop() { state.withLock { $0.stops = true } }

  var shouldStop: Bool {
    state.withLock { state in
      state.asked += 1
      if let left = state.questions {
        state.questions = left - 1
        if left <= 0 { state.stops = true }
      }
      return state.stops
    }
  }

  func signOfLife() { state.withLock { $0.signs += 1 } }

  func note(_ event: RunEvent) {
    state.withLock { $0.events.append(event) }
    if prints { print(event) }
  }

  func save(_ saved: SavedRun) { state.withLock { $0.saves.append(saved) } }
}

extension RecordingObserver {
  /// Steps of which no later pair of the same phase told the cost: before a new phase, before a way back, and the last.
  var stepsWithoutNext: [Int] {
    var found: [Int] = []
    var last = 0
    for event in events {
      switch event {
      case .stepped(let step): last = step.step
      case .phaseBegan, .overshot, .notFinite, .setAside: found.append(last)
      case .steered(let decision) where decision.causes.contains(.undone): found.append(last)
      default: break
      }
    }
    return Set(found + [last]).subtracting([0]).sorted()
  }
}
