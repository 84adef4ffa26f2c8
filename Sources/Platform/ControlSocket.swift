import CSystemd
import Glibc
import Synchronization

/// The daemon's ear: a listening Unix socket that every local user may connect to. Who may do what is decided from the
/// peer's credentials, not from the socket's mode.
package final class ControlSocket: Sendable {
  /// So that a user who opens connections and says nothing cannot take them from the others.
  package static let connectionsPerUser = 16
  package static let connectionsAtMost = 128

  package let path: String
  private let socket: Descriptor
  private let identity: FileIdentity
  private let readiness: Readiness
  /// A socket that was shut down looks to `accept` like one on which nobody calls, and to `poll` like a ready one.
  private let isClosed = Atomic(false)
  private let seats = ConnectionSeats(perUser: connectionsPerUser, atMost: connectionsAtMost)
  private let subordinates: SubordinateUsers

  /// Binds and listens. A directory that is missing is made with mode 0755; a socket that a dead daemon left is removed, one
  /// on which somebody answers is not, and neither is anything that is no socket.
  /// - Parameter subordinates: whose connections count together.
  package init(path: String, mode: UInt32 = 0o666, subordinates: SubordinateUsers = .machine) throws(PlatformError) {
    self.path = path
    self.subordinates = subordinates
    readiness = try Readiness.shared()
    try DurableDirectory.make(Paths.parent(of: path), mode: 0o755)
    try ControlSocket.removeStale(path)
    let socket = try attempt("listen on", path) { () throws(Errno) in
      let place = try SocketPlace(path)
      let socket = Descriptor(owning: try system_socket(SOCK_STREAM))
      try system_bind(socket.number, place.address)
      // The umask decided the mode; until now it could only be stricter than this.
      try system_fchmodat(place.directory.number, place.name, mode)
      try system_listen(socket.number, CInt(ControlSocket.connectionsAtMost))
      try system_setNonBlocking(socket.number)
      return socket
    }
    self.socket = socket
    identity = try FileStatus.of(path, followingLinks: false).identity
  }

  deinit { close() }

  /// The next connection; absent when the task was cancelled or the socket closed. Connections past the limits are
  /// closed at once, unheard. (The superuser is always let in, so that an operator can look.)
  package func accept() async throws(PlatformError) -> ControlConnection? {
    while true {
      do throws(Errno) {
        let accepted = Descriptor(owning: try system_accept(socket.number))
        let peer = try Peer.of(accepted.number)
        guard let seat = seats.take(peer.uid, of: subordinates.owner(of: peer.uid)) else { continue }
        return ControlConnection(socket: accepted, peer: peer, path: path, readiness: readiness, seat: seat)
      } catch {
        switch error {
        case .invalidArgument:
          return nil
        case .wouldBlock:
          if isClosed.load(ordering: .acquiring) { return nil }
          guard await readiness.wait(socket.number, .readable, until: nil) == .ready else { return nil }
        case .tooManyOpenFiles, .tooManyOpenFilesInSystem, .noBufferSpace, .outOfMemory:
          // The caller waits in the queue; asking again at once would only burn a core until a descriptor is free.
          guard (try? await Task.sleep(for: .milliseconds(100))) != nil else { return nil }
        case .connectionAborted, .notConnected:
          continue
        default:
          throw PlatformError(operation: "accept a connection on", path: path, code: error)
        }
      }
    }
  }

  /// Stops listening and removes the name, if it still is this socket's. `accept` then returns nothing.
  package func close() {
    isClosed.store(true, ordering: .releasing)
    _ = try? system_shutdown(socket.number, CInt(SHUT_RDWR))
    let now = try? FileStatus.of(path, followingLinks: false).identity
    // Ignored: a name that stays is stale, and the next daemon removes it.
    if now?.isSameFile(as: identity) == true { _ = try? DurableDirectory.removeFile(path) }
  }

  private static func removeStale(_ path: String) throws(PlatformError) {
    guard let status = try FileStatus.ifPresent(path, followingLinks: false) else { return }
    guard status.kind == .socket else {
      throw PlatformError(
        operation: "listen on", path: path, cause: .unsuitable("something that is no socket has that name"),
        hint: "move it away")
    }
    if try isAnswered(path) {
      throw PlatformError(
        operation: "listen on", path: path, code: .addressInUse, hint: "another daemon answers there; stop it first")
    }
    try DurableDirectory.removeFile(path)
  }

  /// Only a refusal says that nobody listens; a full queue or a missing right says that somebody does.
  private static func isAnswered(_ path: String) throws(PlatformError) -> Bool {
    do throws(Errno) {
      let place = try SocketPlace(path)
      let probe = Descriptor(owning: try system_socket(SOCK_STREAM))
      try system_setNonBlocking(probe.number)
      try system_connect(probe.number, place.address)
      return true
    } catch {
      switch error {
      case .connectionRefused, .noSuchFile: return false
      case .wouldBlock, .accessDenied: return true
      default: throw PlatformError(operation: "listen on", path: path, code: error)
      }
    }
  }
}
