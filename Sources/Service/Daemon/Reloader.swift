import Platform
import ServiceLifecycle
import UnixSignals

/// SIGHUP: the same as `hamuctl reload`. Whether it worked is in the journal.
struct Reloader: ServiceLifecycle.Service {
  let pipeline: Pipeline
  let notifier: ServiceNotifier

  func run() async throws {
    await cancelWhenGracefulShutdown {
      for await _ in await UnixSignalsSequence(trapping: .sighup) {
        // Ignored: only a Type=notify-reload service is waited for, and systemd then says that it timed out.
        try? notifier.reloading()
        _ = try? await pipeline.reload()
        try? notifier.ready()
      }
    }
  }
}
