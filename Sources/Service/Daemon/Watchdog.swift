import Ledger
import Platform
import Requests
import ServiceLifecycle

/// Feeds systemd's watchdog from the work itself, and keeps the status line and the progress file fresh.
///
/// It is fed while the pipeline answers and, during a run, while micro-batches are being done: a hung step is silent and
/// lets systemd end the process.
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
      var said: String?
      var isSilent = false
      while true {
        try await Task.sleep(for: beat)
        await pipeline.heartbeat()
        let patience = (notifier.watchdogInterval ?? Self.usualPatience) / 2
        let silence = live.silence ?? .zero
        if silence < patience {
          try? notifier.feedWatchdog()
        } else if !isSilent {
          narrator.post(.workSilent(seconds: Int(silence.components.seconds), run: await pipeline.run?.job.told))
        }
        isSilent = silence >= patience
        let line = await pipeline.statusLine()
        if line != said {
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

extension Pipeline {
  /// The line that `systemctl status` shows.
  func statusLine() -> String {
    let counts = (try? ledger.counts()) ?? []
    let waiting = counts.filter { $0.state.isWaiting }.map { "\($0.count) \($0.state.rawValue)" }
    let queue = waiting.isEmpty ? "nothing waits" : waiting.joined(separator: ", ")
    guard let figures = live.figures else {
      return opening.isEmpty ? "idle; \(queue)" : "opening \(opening.sorted().joined(separator: ", ")); \(queue)"
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
