import Ledger
import Networks
import Platform
import Requests
import Service

/// A daemon in this process: the same parts as the real one, without systemd, signals and the watcher of the spool.
final class Household: Sendable {
  let road: Road
  let witness: Witness
  let ledger: Ledger
  let pipeline: Pipeline
  private let tasks: [Task<Void, Never>]
  private let bell: Doorbell

  /// - Parameters:
  ///   - looks: false for a daemon that answers already, and has not looked at anything yet.
  ///   - isPrivate: false for one whose submitters are let read their receipts, as the installed service's are.
  ///   - subordinates: by default there are none, whatever this machine's file says.
  init(
    _ road: Road, witness: Witness = Witness(), clocks: Clocks = .system, looks: Bool = true, isPrivate: Bool = true,
    subordinates: SubordinateUsers = SubordinateUsers(path: "/dev/null")
  ) async throws {
    self.road = road
    self.witness = witness
    ledger = try Ledger(path: road.places.ledger)
    let bell = Doorbell()
    let narrator = Narrator(witness)
    let pipeline = Pipeline(
      places: Places(root: road.root, isPrivate: isPrivate), ledger: ledger,
      configuration: try ConfigurationLoader.load(road.places), narrator: narrator, live: LiveRun(), bell: bell,
      blas: BLASCheck.run(),
      key: try Keyring.open(road.places, ledger, environment: { _ in nil }, at: WallClock.now).key, clocks: clocks,
      subordinates: subordinates)
    let server = ControlServer(
      socket: try ControlSocket(path: road.places.control, subordinates: subordinates), handler: pipeline,
      narrator: narrator, subordinates: subordinates)
    if looks { await pipeline.prepareToOpen() }
    tasks = [
      Task {
        guard looks else { return }
        await pipeline.openModels()
        bell.ring()
        for await _ in bell.rings { await pipeline.look() }
      },
      Task { try? await server.run() },
    ]
    self.bell = bell
    self.pipeline = pipeline
  }

  /// In order: the run in progress is saved.
  func stop() async throws {
    await pipeline.stop()
    bell.close()
    for task in tasks { task.cancel() }
    for task in tasks { await task.value }
    try ledger.close()
  }

  /// As after a kill: nothing is saved, told or closed any more. A run must stand still at a gate by then.
  func vanish() async {
    bell.close()
    for task in tasks { task.cancel() }
    for task in tasks { await task.value }
  }

  /// Lets the run that stands at a gate end, after everything was looked at: the thread is still this process's.
  func bury() async throws {
    let stopping = Task { await pipeline.stop() }
    while !(await pipeline.isStopping) { await Task.yield() }
    witness.open()
    await stopping.value
    try ledger.close()
  }

  /// Nothing that was asked for before is still being looked at.
  func quiet() async {
    for _ in 0..<3 {
      await pipeline.look()
      await Task.yield()
    }
  }

  // MARK: Asking

  @discardableResult
  func call(_ command: ControlCommand) async throws -> JSONValue {
    try await ControlClient(places: road.places).call(command)
  }

  /// The error that the call ends with.
  func refusal(_ command: ControlCommand) async -> ControlError? {
    do {
      _ = try await call(command)
      return nil
    } catch {
      return error as? ControlError
    }
  }

  @discardableResult
  func submit(_ text: String, as name: String = "request.yaml") async throws -> Receipt {
    try receipt(try await call(.submit(name: name, text: text)))
  }

  /// Returns when it has ended or is held.
  @discardableResult
  func settled(_ id: String) async throws -> Receipt { try receipt(try await call(.wait(id: id))) }

  func show(_ id: String) async throws -> Receipt { try receipt(try await call(.show(id: id))) }

  /// Drops a manifest and tells of it, as the watcher would.
  func drop(_ name: String, _ text: String) async throws {
    try road.drop(name, text)
    await pipeline.note(.movedIn(FileName(name)))
  }

  private func receipt(_ json: JSONValue) throws -> Receipt { try Receipt.parse(Array(json.text.utf8)) }
}
