import Synchronization

/// Hints that were read together and are handed out one by one.
final class HintQueue: Sendable {
  private struct State {
    var hints: [DirectoryHint] = []
    var position = 0
    var isFinished = false
  }

  private let state = Mutex(State())

  /// After `.gone` was handed out.
  var isFinished: Bool { state.withLock { $0.isFinished } }

  func next() -> DirectoryHint? {
    state.withLock { state in
      guard !state.isFinished, state.position < state.hints.count else { return nil }
      defer { state.position += 1 }
      state.isFinished = state.hints[state.position] == .gone
      return state.hints[state.position]
    }
  }

  func add(_ hints: [DirectoryHint]) {
    state.withLock { state in
      state.hints = Array(state.hints[state.position...]) + hints
      state.position = 0
    }
  }
}
