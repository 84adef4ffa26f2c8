import Platform
import ServiceLifecycle

/// Opens the models, then answers every ring with a look. When the daemon is to stop, the run in progress saves itself
/// first.
struct Looker: ServiceLifecycle.Service {
  let pipeline: Pipeline
  let bell: Doorbell
  let notifier: ServiceNotifier
  let narrator: Narrator
  let configuration: Configuration

  func run() async throws {
    await withGracefulShutdownHandler {
      await pipeline.prepareToOpen()
      narrator.post(await pipeline.readyEvent())
      // Ignored: without systemd there is nobody to tell, and with it a start that is not announced times out loudly.
      try? notifier.ready(status: "opening \(configuration.models.count) models")
      await pipeline.openModels()
      bell.ring()
      for await _ in bell.rings { await pipeline.look() }
    } onGracefulShutdown: {
      try? notifier.stopping(status: "saving the run in progress")
      narrator.post(.stopping())
      Task {
        await pipeline.stop()
        bell.close()
      }
    }
  }
}

/// Hints of the spool's directory, handed on.
struct SpoolWatcher: ServiceLifecycle.Service {
  let watch: DirectoryWatch?
  let pipeline: Pipeline

  func run() async throws {
    await cancelWhenGracefulShutdown {
      if let watch {
        for await hint in watch.hints { await pipeline.note(hint) }
      }
      // A watch that is gone ends; the regular scan goes on, so the service waits for its end instead of ending the daemon.
      try? await gracefulShutdown()
    }
  }
}
