import CSystemd
import Glibc

// The system calls on sockets, watches and waiting; the rules are those of `Syscalls.swift`.

func system_socket(_ type: __socket_type) throws(Errno) -> CInt {
  try valueOrErrno { socket(AF_UNIX, CInt(type.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0) }
}

func system_bind(_ socket: CInt, _ address: UnixAddress) throws(Errno) {
  _ = try valueOrErrno { address.withPointer { bind(socket, $0, $1) } }
}

func system_connect(_ socket: CInt, _ address: UnixAddress) throws(Errno) {
  _ = try valueOrErrno { address.withPointer { connect(socket, $0, $1) } }
}

func system_listen(_ socket: CInt, _ backlog: CInt) throws(Errno) {
  _ = try valueOrErrno { listen(socket, backlog) }
}

/// Without waiting, and the connection is non-blocking too.
func system_accept(_ socket: CInt) throws(Errno) -> CInt {
  try valueOrErrno { hamud_accept(socket) }
}

/// - Returns: how many bytes were sent.
func system_send(_ socket: CInt, _ bytes: ArraySlice<UInt8>) throws(Errno) -> Int {
  try valueOrErrno { bytes.withUnsafeBytes { send(socket, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL)) } }
}

func system_recv(_ socket: CInt, _ buffer: UnsafeMutableRawBufferPointer) throws(Errno) -> Int {
  try valueOrErrno { recv(socket, buffer.baseAddress, buffer.count, 0) }
}

func system_shutdown(_ socket: CInt, _ how: CInt) throws(Errno) {
  _ = try valueOrErrno { shutdown(socket, how) }
}

func system_setNonBlocking(_ descriptor: CInt) throws(Errno) {
  let flags = try valueOrErrno { fcntl(descriptor, F_GETFL) }
  _ = try valueOrErrno { fcntl(descriptor, F_SETFL, flags | O_NONBLOCK) }
}

/// How long a send or a connect may wait.
func system_setSendTimeout(_ socket: CInt, _ seconds: Int) throws(Errno) {
  var time = timeval(tv_sec: seconds, tv_usec: 0)
  _ = try valueOrErrno {
    setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &time, socklen_t(MemoryLayout<timeval>.size))
  }
}

func system_peerCredentials(_ socket: CInt) throws(Errno) -> hamud_credentials {
  var credentials = hamud_credentials()
  var size = socklen_t(MemoryLayout<hamud_credentials>.size)
  _ = try valueOrErrno { getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &credentials, &size) }
  return credentials
}

func system_peerGroups(_ socket: CInt) throws(Errno) -> [UInt32] {
  var groups = [gid_t](repeating: 0, count: 64)
  while true {
    var size = socklen_t(groups.count * MemoryLayout<gid_t>.size)
    do {
      _ = try valueOrErrno { getsockopt(socket, SOL_SOCKET, SO_PEERGROUPS, &groups, &size) }
      return Array(groups.prefix(Int(size) / MemoryLayout<gid_t>.size))
    } catch {
      // The size that is needed was written where the size that was offered had been.
      let needed = Int(size) / MemoryLayout<gid_t>.size
      guard error == .outOfRange, needed > groups.count else { throw error }
      groups = [gid_t](repeating: 0, count: needed)
    }
  }
}

func system_inotify_init() throws(Errno) -> CInt {
  try valueOrErrno { inotify_init1(CInt(IN_CLOEXEC) | CInt(IN_NONBLOCK)) }
}

func system_inotify_add_watch(_ watch: CInt, _ path: String, _ events: UInt32) throws(Errno) {
  _ = try valueOrErrno { inotify_add_watch(watch, path, events) }
}

func system_eventfd() throws(Errno) -> CInt {
  try valueOrErrno { eventfd(0, CInt(EFD_CLOEXEC) | CInt(EFD_NONBLOCK)) }
}

/// - Parameter milliseconds: -1 waits for ever. Ends early, with nothing ready, when a signal came: the caller looks at its
///   clock again.
func system_poll(_ entries: inout [pollfd], _ milliseconds: CInt) throws(Errno) {
  if poll(&entries, nfds_t(entries.count), milliseconds) == -1, Errno.current != .interrupted { throw .current }
}

/// Where a Unix socket is.
struct UnixAddress: Sendable {
  /// What fits into an address, without the zero that ends it.
  static let pathLimit = MemoryLayout.size(ofValue: sockaddr_un().sun_path) - 1

  private let bytes: [UInt8]

  /// A path in the file system.
  init(path: String) throws(Errno) {
    guard !path.isEmpty, !path.utf8.contains(0) else { throw .invalidArgument }
    guard path.utf8.count <= UnixAddress.pathLimit else { throw .nameTooLong }
    self.init(bytes: Array(path.utf8) + [0])
  }

  private init(bytes: [UInt8]) { self.bytes = bytes }

  /// As systemd writes it: a path, or `@` and a name that is not in the file system.
  init(notation: String) throws(Errno) {
    guard notation.hasPrefix("@") else {
      try self.init(path: notation)
      return
    }
    guard notation.utf8.count <= UnixAddress.pathLimit else { throw .nameTooLong }
    self.init(bytes: [0] + Array(notation.utf8.dropFirst()))
  }

  func withPointer<R>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> R) -> R {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
    let size = (MemoryLayout<sockaddr_un>.offset(of: \.sun_path) ?? 0) + bytes.count
    return withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(size)) }
    }
  }
}
