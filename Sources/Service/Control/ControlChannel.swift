package import Platform
package import Requests

/// Calls and answers over one connection, a JSON object a line.
package enum ControlChannel {
  /// The longest line: a manifest of the largest size, of which every byte needs six in JSON.
  package static let lineLimit = Limits.jsonBytes
  /// How long a peer may take over one line once it has begun to talk, and over taking its answer.
  package static let patience: Duration = .seconds(30)

  package static func receive(
    from connection: ControlConnection, limit: Int = lineLimit, timeout: Duration? = patience
  ) async throws(ControlError) -> JSONValue? {
    let line: [UInt8]?
    do {
      line = try await connection.readLine(limit: limit, timeout: timeout)
    } catch {
      throw ControlError(.unavailable, "\(error)")
    }
    guard let line else { return nil }
    do throws(Refusal) {
      return try JSONValue.parse(line, limit: limit)
    } catch {
      throw ControlError(.usage, "that is no JSON: \(error.redacted)")
    }
  }

  package static func send(_ value: JSONValue, to connection: ControlConnection) async throws(ControlError) {
    do {
      try await connection.writeLine(value.text, timeout: patience)
    } catch {
      throw ControlError(.unavailable, "\(error)")
    }
  }
}
