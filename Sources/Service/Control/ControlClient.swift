import Platform
package import Requests

/// The daemon, as hamuctl sees it.
package struct ControlClient: Sendable {
  package let places: Places

  package init(places: Places) { self.places = places }

  /// One call and its answer. Waits for ever: a `wait` takes as long as the run does.
  ///
  /// - Throws: `.unavailable` when no daemon answers, and whatever the daemon answered with.
  package func call(_ command: ControlCommand) async throws(ControlError) -> JSONValue {
    let connection = try await connect()
    defer { connection.close() }
    try await ControlChannel.send(command.json, to: connection)
    return try await Self.answer(from: connection)
  }

  func connect() async throws(ControlError) -> ControlConnection {
    do {
      return try await ControlConnection.connect(places.control)
    } catch {
      throw ControlError(
        .unavailable,
        "no daemon answers at \(places.control) (\(error.reason)); start it: systemctl start hamud, or hamud --root DIR"
      )
    }
  }

  static func answer(from connection: ControlConnection) async throws(ControlError) -> JSONValue {
    guard let answer = try await ControlChannel.receive(from: connection, timeout: nil) else {
      throw ControlError(
        .unavailable, "the daemon closed the connection before it answered; it may be stopping: try again")
    }
    if let error = ControlError(answer: answer) { throw error }
    guard let value = answer["ok"] else {
      throw ControlError(.software, "the daemon's answer makes no sense; are hamuctl and hamud of one release?")
    }
    return value
  }
}
