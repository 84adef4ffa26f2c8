import CSystemd
import Glibc
import Synchronization

/// One local connection that carries lines, and raw bytes between them where both sides agreed on how many. One task
/// reads and one writes at a time; the waiting holds no thread.
package final class ControlConnection: Sendable {
  private static let chunk = 64 << 10

  /// The daemon, seen from a client; the client, seen from the daemon.
  package let peer: Peer

  private let path: String
  private let socket: Descriptor
  private let readiness: Readiness
  /// Given back when the connection goes; absent on the client's side.
  private let seat: ConnectionSeats.Seat?

  fileprivate struct Input {
    var bytes: [UInt8] = []
    /// Bytes before this hold no line break.
    var searched = 0
    var isAtEnd = false
  }

  private let input = Mutex(Input())

  init(
    socket: consuming Descriptor, peer: Peer, path: String, readiness: Readiness, seat: ConnectionSeats.Seat? = nil
  ) {
    self.socket = socket
    self.peer = peer
    self.path = path
    self.readiness = readiness
    self.seat = seat
  }

  /// Connects to a daemon's socket, also where its path is longer than a socket's address may be.
  /// - Parameter timeout: how long a busy daemon's queue may stay full, in whole seconds, at least one.
  package static func connect(_ path: String, timeout: Duration = .seconds(5)) async throws(PlatformError)
    -> ControlConnection
  {
    let readiness = try Readiness.shared()
    // The kernel offers nothing to wait on for a full queue, so the call waits on a thread of its own.
    let outcome = try await ComputeThread.run(name: "hamud-connect", stackBytes: 256 << 10) {
      Swift.Result { () throws(PlatformError) in try connectNow(path, timeout, readiness) }
    }
    return try outcome.get()
  }

  private static func connectNow(
    _ path: String, _ timeout: Duration, _ readiness: Readiness
  ) throws(PlatformError) -> ControlConnection {
    do throws(Errno) {
      let place = try SocketPlace(path)
      let socket = Descriptor(owning: try system_socket(SOCK_STREAM))
      try system_setSendTimeout(socket.number, max(1, Int(timeout.components.seconds)))
      try system_connect(socket.number, place.address)
      try system_setNonBlocking(socket.number)
      let peer = try Peer.of(socket.number)
      return ControlConnection(socket: socket, peer: peer, path: path, readiness: readiness)
    } catch {
      let isAbsent = error == .noSuchFile || error == .connectionRefused
      let hint = isAbsent ? "no daemon runs there: systemctl start hamud" : nil
      throw PlatformError(operation: "connect to", path: path, code: error, hint: hint)
    }
  }

  /// The next line without its line break; absent when the other side has finished.
  /// - Parameter limit: in bytes; a longer line is an error (`tooLarge`), after which nothing more can be read.
  /// - Parameter timeout: for the whole line; absent: for ever.
  package func readLine(limit: Int, timeout: Duration? = nil) async throws(PlatformError) -> [UInt8]? {
    let deadline = timeout.map { MonotonicInstant.now + $0 }
    while true {
      switch nextLine(limit) {
      case .line(let line): return line
      case .none: return nil
      case .tooLong(let size): throw failure("read from", .tooLarge(size: size, limit: limit))
      case .cutOff: throw failure("read from", .closed)
      case .more: try await fill(deadline)
      }
    }
  }

  /// Some bytes, at most `limit`; none when the other side has finished.
  package func read(upTo limit: Int, timeout: Duration? = nil) async throws(PlatformError) -> [UInt8] {
    let deadline = timeout.map { MonotonicInstant.now + $0 }
    while true {
      let taken = input.withLock { (input) -> [UInt8]? in
        if input.bytes.isEmpty { return input.isAtEnd ? [] : nil }
        return input.take(min(limit, input.bytes.count))
      }
      if let taken { return taken }
      try await fill(deadline)
    }
  }

  /// Exactly so many bytes; fewer before the other side finished are an error (`truncated`).
  package func readExactly(_ count: Int, timeout: Duration? = nil) async throws(PlatformError) -> [UInt8] {
    var bytes: [UInt8] = []
    while bytes.count < count {
      let more = try await read(upTo: count - bytes.count, timeout: timeout)
      if more.isEmpty {
        throw failure("read from", .truncated(offset: 0, expected: count, found: bytes.count))
      }
      bytes += more
    }
    return bytes
  }

  /// All of it, or an error; then the other side has a part, and the connection is of no more use.
  package func write(_ bytes: [UInt8], timeout: Duration? = nil) async throws(PlatformError) {
    let deadline = timeout.map { MonotonicInstant.now + $0 }
    var sent = 0
    while sent < bytes.count {
      do throws(Errno) {
        sent += try system_send(socket.number, bytes[sent...])
      } catch {
        switch error {
        case .wouldBlock: try await wait(.writable, deadline, "write to")
        case .brokenPipe, .connectionReset: throw failure("write to", .closed)
        default: throw failure("write to", .system(error))
        }
      }
    }
  }

  /// The text must not hold a line break.
  package func writeLine(_ text: String, timeout: Duration? = nil) async throws(PlatformError) {
    try await write(Array(text.utf8) + [newline], timeout: timeout)
  }

  /// Says that nothing more will be written; the other side's answers can still be read.
  package func finishWriting() {
    // Ignored: the other side may be gone already.
    _ = try? system_shutdown(socket.number, CInt(SHUT_WR))
  }

  /// Returns when the other side is gone for good, or the task is cancelled. One that only writes no more still listens.
  package func untilHungUp() async {
    _ = await readiness.wait(socket.number, .hungUp, until: nil)
  }

  /// Ends both directions; whoever waits on this connection returns. The descriptor goes with the object.
  package func close() {
    _ = try? system_shutdown(socket.number, CInt(SHUT_RDWR))
  }

  private enum NextLine { case line([UInt8]), more, none, cutOff, tooLong(Int) }

  private func nextLine(_ limit: Int) -> NextLine {
    input.withLock { input in
      if let end = input.bytes[input.searched...].firstIndex(of: newline) {
        if end > limit { return .tooLong(end) }
        let line = input.take(end)
        _ = input.take(1)
        return .line(line)
      }
      input.searched = input.bytes.count
      if input.bytes.count > limit { return .tooLong(input.bytes.count) }
      if !input.isAtEnd { return .more }
      return input.bytes.isEmpty ? .none : .cutOff
    }
  }

  /// Waits for bytes and takes what there is.
  private func fill(_ deadline: MonotonicInstant?) async throws(PlatformError) {
    while true {
      do throws(Errno) {
        let got = try [UInt8](throwingCapacity: ControlConnection.chunk) {
          (buffer: UnsafeMutableRawBufferPointer) throws(Errno) -> Int in try system_recv(socket.number, buffer)
        }
        input.withLock { input in
          input.bytes += got
          input.isAtEnd = got.isEmpty
        }
        return
      } catch {
        switch error {
        case .wouldBlock: try await wait(.readable, deadline, "read from")
        case .connectionReset: throw failure("read from", .closed)
        default: throw failure("read from", .system(error))
        }
      }
    }
  }

  private func wait(
    _ direction: Readiness.Direction, _ deadline: MonotonicInstant?, _ operation: String
  ) async throws(PlatformError) {
    switch await readiness.wait(socket.number, direction, until: deadline) {
    case .ready: return
    case .timedOut: throw failure(operation, .timedOut)
    case .cancelled: throw failure(operation, .closed)
    }
  }

  private func failure(_ operation: String, _ cause: PlatformError.Cause) -> PlatformError {
    PlatformError(operation: operation, path: path, cause: cause)
  }
}

extension ControlConnection.Input {
  fileprivate mutating func take(_ count: Int) -> [UInt8] {
    let taken = Array(bytes.prefix(count))
    bytes.removeFirst(count)
    searched = max(0, searched - count)
    return taken
  }
}

private let newline = UInt8(ascii: "\n")
