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
  private static let strangersPatience: Duration = .seconds(5)
  /// In bytes.
  private static let strangersLimit = 64 << 10

  let socket: ControlSocket
  let handler: any ControlHandler
  let narrator: Narrator
  let subordinates: SubordinateUsers
  /// Whom it was said of that they asked for what they may not.
  private let refusals = Refusals()

  package init(
    socket: ControlSocket, handler: any ControlHandler, narrator: Narrator, subordinates: SubordinateUsers = .machine
  ) {
    self.socket = socket
    self.handler = handler
    self.narrator = narrator
    self.subordinates = subordinates
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
        guard let call = try await receive(connection, caller) else { return }
        let answer = try await carryOut(call, caller, connection)
        try await ControlChannel.send(answer, to: connection)
      } catch {
        // The peer is gone, silent or talks nonsense: it is told where it can still hear it, and let go.
        try? await ControlChannel.send(error.json, to: connection)
        return
      }
    }
  }

  /// Who may nothing is heard for as long as it takes to tell them so.
  private func receive(_ connection: ControlConnection, _ caller: Caller) async throws(ControlError) -> JSONValue? {
    guard caller.role == .nobody else { return try await ControlChannel.receive(from: connection, timeout: Self.idle) }
    return try await ControlChannel.receive(
      from: connection, limit: Self.strangersLimit, timeout: Self.strangersPatience)
  }

  private func carryOut(
    _ call: JSONValue, _ caller: Caller, _ connection: ControlConnection
  ) async throws(ControlError) -> JSONValue {
    do throws(ControlError) {
      let command = try ControlCommand(json: call)
      try check(command, caller)
      guard case .wait = command else {
        return ["ok": try await handler.answer(command, from: caller, over: connection)]
      }
      return ["ok": try await answerWhileHeard(command, caller, connection)]
    } catch {
      // After a failed import the bytes that still come are no calls.
      if call["do"]?.stringValue == "import" { throw error }
      return error.json
    }
  }

  /// What a call waits for may take days, and whoever made it may be gone long before: then their seat is free.
  private func answerWhileHeard(
    _ command: ControlCommand, _ caller: Caller, _ connection: ControlConnection
  ) async throws(ControlError) -> JSONValue {
    let first = await withTaskGroup(of: Result<JSONValue, ControlError>.self) { group in
      group.addTask {
        do throws(ControlError) {
          return .success(try await handler.answer(command, from: caller, over: connection))
        } catch {
          return .failure(error)
        }
      }
      group.addTask {
        await connection.untilHungUp()
        return .failure(ControlError(.unavailable, "the peer is gone"))
      }
      let first = await group.next()
      group.cancelAll()
      return first
    }
    guard let first else { throw ControlError(.unavailable, "nobody answers") }
    return try first.get()
  }

  private func check(_ command: ControlCommand, _ caller: Caller) throws(ControlError) {
    do throws(ControlError) {
      try caller.check(command)
    } catch {
      if refusals.areNew(of: subordinates.owner(of: caller.uid)) {
        narrator.post(.commandRefused(command.word, uid: caller.uid))
      }
      throw error
    }
  }
}

/// Many connections ask at once.
private final class Refusals: Sendable {
  private let said = Mutex(SaidLately<UInt32>(for: .seconds(60)))

  func areNew(of uid: UInt32) -> Bool { said.withLock { $0.isNew(uid, at: .now) } }
}
