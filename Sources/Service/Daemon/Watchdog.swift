import Ledger
import Platform
import Requests
import ServiceLifecycle
import Synchronization

/// Feeds systemd's watchdog from the work itself, and keeps the status line and the progress file fresh.
///
/// It is fed while the pipeline answers and, during a run, while micro-batches are being done: a hung step or a hung loop is
/// silent and lets systemd end the process.
struct Watchdog: ServiceLifecycle.Service {
  private static let beat: Duration = .seconds(1)
  /// Longest time that work may be silent where nobody set a watchdog: it is then only said.
  private static let usualPatience: Duration = .seconds(60)

  let pipeline: Pipeline
  let live: LiveRun
  let notifier: ServiceNotifier
  let narrator: Narrator
  let places: Places

  func run() async throws {
    try? await cancelWhenGracefulShutdown {
      let pulse = Pulse()
      var said: String?
      var wasSilent = false
      while true {
        pulse.ask { await pipeline.statusLine() }
        try await Task.sleep(for: beat)
        let patience = (notifier.watchdogInterval ?? Self.usualPatience) / 2
        let silence = Silence(loop: pulse.silence, work: live.silence, patience: patience)
        if silence == nil { try? notifier.feedWatchdog() }
        if let silence, !wasSilent {
          // Of a loop that does not answer nobody can ask what runs.
          let run = silence.isOfTheWork ? await pipeline.run?.job.told : nil
          narrator.post(.workSilent(seconds: Int(silence.duration.components.seconds), run: run))
        }
        wasSilent = silence != nil
        if let line = pulse.line, line != said {
          try? notifier.status(line)
          said = line
          keepProgress()
        }
      }
    }
  }

  private var beat: Duration { min(Self.beat, (notifier.watchdogInterval ?? .seconds(60)) / 4) }

  /// What `running` of `status --json` says, in a file for whoever has no socket. Ignored when it cannot be written: it
  /// is a convenience, and the next beat tries again.
  private func keepProgress() {
    let json: JSONValue = ["running": live.figures?.json ?? .null, "at": JSONValue(WallClock.now.rfc3339())]
    _ = try? DurableFile.publish(
      json.text + "\n", to: Paths.join(places.runtime, "progress.json"), attributes: FileAttributes(mode: 0o644))
  }
}

/// Who has been silent for too long, if anybody.
package struct Silence: Equatable {
  package let duration: Duration
  /// The run, or else the daemon's own loop.
  package let isOfTheWork: Bool

  /// Nil while both give signs of life, or nothing runs.
  package init?(loop: Duration, work: Duration?, patience: Duration) {
    if loop >= patience {
      (duration, isOfTheWork) = (loop, false)
    } else if let work, work >= patience {
      (duration, isOfTheWork) = (work, true)
    } else {
      return nil
    }
  }
}

/// Asks the pipeline for its status line, never twice at once, and knows since when it has not answered.
private final class Pulse: Sendable {
  private struct State {
    var isAsking = false
    var answered = AwakeInstant.now
    var line: String?
  }

  private let state = Mutex(State())

  var line: String? { state.withLock { $0.line } }
  var silence: Duration { state.withLock { AwakeInstant.now - $0.answered } }

  func ask(_ question: @escaping @Sendable () async -> String) {
    let isFree = state.withLock { state in
      defer { state.isAsking = true }
      return !state.isAsking
    }
    guard isFree else { return }
    Task {
      let line = await question()
      state.withLock {
        $0.line = line
        $0.answered = .now
        $0.isAsking = false
      }
    }
  }
}

extension Pipeline {
  /// The line that `systemctl status` shows.
  func statusLine() -> String {
    let counts = (try? ledger.counts()) ?? []
    let waiting = counts.filter { $0.state.isWaiting }.map { "\($0.count) \($0.state.rawValue)" }
    let queue = waiting.isEmpty ? "nothing waits" : waiting.joined(separator: ", ")
    guard let figures = live.figures else {
      // Ignored: a ledger that cannot be read is said at every look.
      let paused = configuration.modelNames.filter { (try? ledger.model($0)?.isPaused) == true }
      let rest = paused.isEmpty ? queue : "\(queue); paused: \(paused.joined(separator: ", "))"
      return opening.isEmpty ? "idle; \(rest)" : "opening \(opening.sorted().joined(separator: ", ")); \(rest)"
    }
    var text = "\(figures.model): batch \(figures.batch), step \(figures.step) of at most \(figures.stepsAtMost)"
    for (word, value) in [
      ("forget loss", figures.forgetLoss), ("retain loss", figures.retainLoss), ("kappa", figures.kappa),
      ("least cost", figures.leastCost), ("retain cost", figures.retainCost),
    ] {
      if let value { text += ", \(word) \(NumberText.figure(value, digits: 3))" }
    }
    return text + "; " + queue
  }
}
