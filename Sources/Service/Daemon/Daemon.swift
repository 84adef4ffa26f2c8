import Checkpoints
import Ledger
import Logging
import Networks
import Platform
import Requests
import ServiceLifecycle
import UnixSignals

/// The process: what must hold before anything is taken up, in order; then the services, until a signal.
package struct Daemon: Sendable {
  package let places: Places
  private let sink: any EventSink
  private let notifier = ServiceNotifier()

  package init(root: String?) {
    places = Places(root: root)
    sink = EventSinks.usual()
  }

  /// Runs until it is told to stop.
  /// - Returns: the process's exit code. 78 (configuration) and 70 (BLAS) do not go away by starting again.
  package func run() async -> Int32 {
    ProcessControl.ignoreBrokenPipes()
    let narrator = Narrator(sink)
    do {
      try refuseUnfinishedBackup()
      try await serve(narrator)
      return ExitCode.success.rawValue
    } catch {
      narrator.post(error.event)
      // Ignored: the exit code says it too.
      try? notifier.failed(error.code.rawValue, status: error.message)
      return error.code.rawValue
    }
  }

  private func serve(_ narrator: Narrator) async throws(StartFailure) {
    let configuration = try readConfiguration()
    let blas = BLASCheck.run()
    narrator.post(
      .started(
        release: Release.version, root: places.root, threads: configuration.settings.workers,
        blas: "\(blas.library), kernels \(blas.core)" + Kernels.advice))
    guard blas.ok else { throw StartFailure(blas) }
    let lock = try step(.inputOutput) { () throws(PlatformError) in try prepare() }
    let ledger = try step(.inputOutput) { () throws(LedgerError) in try Ledger(path: places.ledger) }
    tellMigration(narrator, ledger)
    let keyring = try openKeyring(narrator, ledger)
    let mark = try step(.inputOutput) { () throws(PlatformError) in try RunningMark(places) }
    if mark.wasLeft { try step(.inputOutput) { () throws(LedgerError) in try tellRecovery(narrator, ledger) } }
    let socket = try step(.inputOutput) { () throws(PlatformError) in try ControlSocket(path: places.control) }
    let live = LiveRun()
    let bell = Doorbell()
    let pipeline = Pipeline(
      places: places, ledger: ledger, configuration: configuration, narrator: narrator, live: live, bell: bell,
      blas: blas, key: keyring.key)
    // Stopped in the reverse order, each before the next one is told: the run is saved first, and calls that wait for a
    // request are let go by that, before the control server has to end with them.
    let services: [any ServiceLifecycle.Service] = [
      Watchdog(pipeline: pipeline, live: live, notifier: notifier, narrator: narrator, places: places),
      Reloader(pipeline: pipeline, notifier: notifier),
      SpoolWatcher(watch: watch(narrator), pipeline: pipeline),
      ControlServer(socket: socket, handler: pipeline, narrator: narrator),
      Looker(pipeline: pipeline, bell: bell, notifier: notifier, narrator: narrator, configuration: configuration),
    ]
    do {
      try await Self.group(of: services).run()
      narrator.post(await pipeline.stoppedEvent())
      try ledger.close()
      try mark.remove()
    } catch {
      throw StartFailure(ending: error)
    }
    withExtendedLifetime(lock) {}
  }

  /// A file that could not be read this once is no wrong configuration: starting again may help.
  private func readConfiguration() throws(StartFailure) -> Configuration {
    do {
      return try ConfigurationLoader.load(places)
    } catch {
      throw StartFailure(error.isTransient ? .inputOutput : .configuration, "\(error)")
    }
  }

  /// Nil where the kernel gives none (there is a limit for each user): the regular scan finds what is dropped, only later.
  private func watch(_ narrator: Narrator) -> DirectoryWatch? {
    do {
      return try DirectoryWatch(path: places.incoming)
    } catch {
      narrator.trouble(error)
      return nil
    }
  }

  /// Says nothing of its own: what happens to the services is told by them.
  private static func group(of services: [any ServiceLifecycle.Service]) -> ServiceGroup {
    var configuration = ServiceGroupConfiguration(
      services: services, logger: Logger(label: "hamud") { _ in SwiftLogNoOpLogHandler() })
    configuration.gracefulShutdownSignals = [.sigterm, .sigint]
    return ServiceGroup(configuration: configuration)
  }

  private func step<Value, E: Error>(
    _ code: ExitCode, _ body: () throws(E) -> Value
  ) throws(StartFailure) -> Value {
    do {
      return try body()
    } catch {
      throw StartFailure(code, "\(error)")
    }
  }

  /// A key that cannot be used is not replaced by another on the sly: the start is refused, and a person decides.
  private func openKeyring(_ narrator: Narrator, _ ledger: Ledger) throws(StartFailure) -> Keyring {
    do {
      let keyring = try Keyring.open(places, ledger, at: WallClock.now)
      if !keyring.isAsBefore { narrator.post(.signingKey(keyring.key.verifying.id, after: keyring.before)) }
      return keyring
    } catch let error as PlatformError {
      if case .unsuitable = error.cause { throw StartFailure(.configuration, "\(error)") }
      throw StartFailure(.inputOutput, "\(error)")
    } catch {
      throw StartFailure(.inputOutput, "\(error)")
    }
  }

  private func tellMigration(_ narrator: Narrator, _ ledger: Ledger) {
    guard let old = ledger.migratedFrom else { return }
    let now = LedgerSchema.current.format
    narrator.post(.ledgerMigrated(from: old, to: now, copy: "\(places.ledger).before-\(now)"))
  }

  /// What the last process left when it did not end in order; what it had stopped in order is no recovery.
  private func tellRecovery(_ narrator: Narrator, _ ledger: Ledger) throws(LedgerError) {
    let (runs, receipts) = (try ledger.interruptedRuns().count, try ledger.dueReceipts().count)
    if runs + receipts > 0 { narrator.post(.recovered(runs: runs, receipts: receipts)) }
  }

  private func refuseUnfinishedBackup() throws(StartFailure) {
    let path = places.unfinishedBackup
    let mark = try step(.inputOutput) { () throws(PlatformError) in try FileStatus.ifPresent(path) }
    if mark != nil { throw StartFailure(unfinishedBackup: path) }
  }

  /// Directories, the lock, and what crashed writers left.
  private func prepare() throws(PlatformError) -> FileLock {
    try DurableDirectory.make(places.runtime, mode: 0o755, parents: places.isPrivate)
    let lock = try FileLock(path: places.lock)
    let directories: [(String, UInt32)] = [
      (places.configuration, 0o755), (places.modelSettings, 0o755), (places.spool, 0o755), (places.incoming, 0o1730),
      (places.accepted, 0o751), (places.rejected, 0o751), (places.receipts, 0o751), (places.state, 0o750),
      (places.models, 0o750),
    ]
    for (path, mode) in directories where places.isPrivate || path.hasPrefix(places.state) {
      try DurableDirectory.make(path, mode: mode, parents: true)
    }
    for path in [places.runtime, places.spool, places.accepted, places.rejected, places.receipts, places.state] {
      try DurableDirectory.sweep(path)
    }
    try DropFile.recover(directory: places.incoming)
    return lock
  }
}

/// Why the daemon does not start, with the exit code that tells systemd whether starting again could help.
struct StartFailure: Error {
  let code: ExitCode
  let message: String
  let event: Event

  init(_ code: ExitCode, _ message: String) {
    self.code = code
    self.message = message
    event =
      code == .configuration
      ? .configurationRejected(message, stillServing: false) : .startRefused(message, exitCode: code.rawValue)
  }

  /// What served has ended, or could not end in order. Starting again may help.
  init(ending error: any Error) {
    code = .inputOutput
    message = "\(error)"
    event = .endedByFault(message, exitCode: code.rawValue)
  }

  /// A file that a backup leaves where it did not end. To start again does not make it whole.
  init(unfinishedBackup path: String) {
    code = .configuration
    message = "\(path) says that this is a backup that did not end; bring back a whole one"
    event = .startRefused(message, exitCode: code.rawValue)
  }

  init(_ blas: BLASReport) {
    code = .software
    message = blas.detail
    event = .blasCheckFailed(library: blas.library, core: blas.core, detail: blas.detail)
  }
}
