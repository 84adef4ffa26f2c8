import Glibc

/// Stands where systemd or journald would: a datagram socket that keeps what it is sent.
final class DatagramReceiver: Sendable {
  private let descriptor: CInt

  /// Nothing when the name cannot be bound. `@` as first character means the abstract name space.
  init?(_ notation: String) {
    descriptor = socket(AF_UNIX, CInt(SOCK_DGRAM.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    var bytes = Array(notation.utf8)
    if bytes.first == UInt8(ascii: "@") { bytes[0] = 0 } else { bytes.append(0) }
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
    let size = socklen_t(2 + bytes.count)
    let bound = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, size) }
    }
    if bound != 0 { return nil }
  }

  deinit { close(descriptor) }

  /// The next datagram that is already there; nothing otherwise.
  func next() -> [UInt8]? {
    var buffer = [UInt8](repeating: 0, count: 1 << 17)
    let count = recv(descriptor, &buffer, buffer.count, CInt(MSG_DONTWAIT))
    return count < 0 ? nil : Array(buffer.prefix(count))
  }

  func nextText() -> String? { next().map { String(decoding: $0, as: UTF8.self) } }
}
