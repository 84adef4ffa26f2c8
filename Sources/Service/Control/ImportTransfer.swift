package import Checkpoints
package import Platform
package import Requests

/// Hands a retrained model over the control socket: hamuctl reads the directory (the daemon sees neither /home nor
/// /tmp), the daemon writes a candidate.
///
///     client  {"hamud": 1, "do": "import", "model": NAME}
///     daemon  {"ok": {"send": true}}
///     client  {"file": NAME, "size": BYTES}      then exactly so many raw bytes; for every file
///     client  {"end": true}
///     daemon  {"ok": {...}} | {"error": {...}}
package enum ImportTransfer {
  /// Files of one model; a real one has a handful and perhaps hundreds of shards.
  package static let filesAtMost = 10_000
  private static let chunk = 1 << 20

  /// - Parameter progress: bytes sent so far and all bytes.
  package static func send(
    directory: String, model: String, dryRun: Bool, through client: ControlClient,
    progress: (Int, Int) -> Void = { _, _ in }
  ) async throws(ControlError) -> JSONValue {
    let files = try open(directory)
    let total = files.reduce(0) { $0 + $1.file.size }
    let connection = try await client.connect()
    defer { connection.close() }
    try await ControlChannel.send(ControlCommand.importModel(model: model, dryRun: dryRun).json, to: connection)
    _ = try await ControlClient.answer(from: connection)
    var sent = 0
    for (name, file) in files {
      try await ControlChannel.send(["file": JSONValue(name), "size": JSONValue(file.size)], to: connection)
      var offset = 0
      while offset < file.size {
        let count = min(chunk, file.size - offset)
        do {
          try await connection.write(try file.read(at: offset, count: count))
        } catch {
          // The daemon refuses in the middle when something is wrong with what came so far; its reason is the better one.
          _ = try await ControlClient.answer(from: connection)
          throw ControlError(.inputOutput, "\(error)")
        }
        offset += count
        sent += count
        progress(sent, total)
      }
    }
    try await ControlChannel.send(["end": true], to: connection)
    return try await ControlClient.answer(from: connection)
  }

  private static func open(_ directory: String) throws(ControlError) -> [(name: String, file: DataFile)] {
    do throws(CheckpointError) {
      let plan = try ImportPlan(of: directory)
      return try plan.files.map { (name) throws(CheckpointError) in
        do throws(PlatformError) {
          return (name, try DataFile(path: Paths.join(directory, name)))
        } catch {
          throw CheckpointError.system(error)
        }
      }
    } catch {
      let isThere = (try? FileStatus.ifPresent(directory)) != .some(nil)
      throw ControlError(isThere ? .inputOutput : .unknownRequest, "\(error)")
    }
  }

  /// The daemon's side, after it said that it is ready: fills a candidate. Throws when the peer stops halfway; the
  /// candidate is then thrown away by the caller.
  package static func receive(
    from connection: ControlConnection, into receiver: CandidateReceiver
  ) async throws(ControlError) {
    for _ in 0..<filesAtMost {
      guard let header = try await ControlChannel.receive(from: connection) else {
        throw ControlError(.inputOutput, "the transfer ended early; nothing was imported")
      }
      if header["end"]?.boolValue == true { return }
      guard let name = header["file"]?.stringValue, let size = header["size"]?.integerValue, size >= 0 else {
        throw ControlError(.usage, "a transfer names each file and its size")
      }
      do {
        try await receive(size, from: connection, into: try receiver.file(name))
      } catch let error as ControlError {
        throw error
      } catch {
        throw ControlError(.inputOutput, "\(error)")
      }
    }
    throw ControlError(.usage, "more than \(filesAtMost) files; a model directory has fewer")
  }

  private static func receive(
    _ size: Int, from connection: ControlConnection, into writer: DurableFileWriter
  ) async throws {
    var left = size
    while left > 0 {
      let bytes = try await connection.read(upTo: min(left, chunk), timeout: ControlChannel.patience)
      guard !bytes.isEmpty else {
        throw ControlError(.inputOutput, "the transfer ended in the middle of a file; nothing was imported")
      }
      try writer.write(bytes)
      left -= bytes.count
    }
    try writer.commit()
  }
}
