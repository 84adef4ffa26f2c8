package import Platform
package import Requests
import ServiceLifecycle
import Synchronization

/// Whoever carries calls out.
package protocol ControlHandler: Sendable {
  /// - Parameter connection: for calls that go on after the first line.
  func answer(
    _ command: ControlCommand, from caller: Caller, over connection: ControlConnection
  ) async throws(ControlError) -> JSONValue
}

/// The control socket's accept loop. A connection may make several calls, one after the other; what one peer does wrong
/// or slowly holds up nobody else.
package struct ControlServer: ServiceLifecycle.Service {
  /// How long a connection may be silent between two calls.
  private static let idle: Duration = .seconds(300)

  let socket: ControlSocket
  let handler: any ControlHandler
  let narrator: Narrator
  private let refusals = RefusalLog()

  package init(socket: ControlSocket, handler: any ControlHandler, narrator: Narrator) {
    self.socket = socket
    self.handler = handler
    self.narrator = narrator
  }

  package func run() async throws {
    defer { socket.close() }
    await cancelWhenGracefulShutdown {
      await withDiscardingTaskGroup { group in
        while !Task.isCancelled, let connection = try? await socket.accept() {
          group.addTask { await serve(connection) }
        }
        group.cancelAll()
      }
    }
  }

  private func serve(_ connection: ControlConnection) async {
    defer { connection.close() }
    let caller = Caller(connection.peer)
    while !Task.isCancelled {
      do throws(ControlError) {
        guard let call = try await ControlChannel.receive(from: connection, timeout: Self.idle) else { return }
        let answer = try await carryOut(call, caller, connection)
        try await ControlChannel.send(answer, to: connection)
      } catch {
        // The peer is gone, silent or talks nonsense: it is told where it can still hear it, and let go.
        try? await ControlChannel.send(error.json, to: connection)
        return
      }
    }
  }

  private func carryOut(
    _ call: JSONValue, _ caller: Caller, _ connection: ControlConnection
  ) async throws(ControlError) -> JSONValue {
    do throws(ControlError) {
      let command = try ControlCommand(json: call)
      try check(command, caller)
      return ["ok": try await handler.answer(command, from: caller, over: connection)]
    } catch {
      // After a failed import the bytes that still come are no calls.
      if call["do"]?.stringValue == "import" { throw error }
      return error.json
    }
  }

  private func check(_ command: ControlCommand, _ caller: Caller) throws(ControlError) {
    do throws(ControlError) {
      try caller.check(command)
    } catch {
      if refusals.isNew(caller.uid) { narrator.post(.commandRefused(command.word, uid: caller.uid)) }
      throw error
    }
  }
}

/// Whom it was said of lately that they asked for what they may not: a user who asks again and again must not fill the
/// journal, which drops a service's other entries too when it says too much.
private final class RefusalLog: Sendable {
  private static let quiet: Duration = .seconds(60)
  private let said = Mutex<[UInt32: MonotonicInstant]>([:])

  func isNew(_ uid: UInt32, at now: MonotonicInstant = .now) -> Bool {
    said.withLock { said in
      said = said.filter { now - $0.value < Self.quiet }
      guard said[uid] == nil else { return false }
      said[uid] = now
      return true
    }
  }
}
