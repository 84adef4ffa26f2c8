import CSystemd
import Glibc

/// Where a socket's name is, in a form that fits into an address. A path that is too long (private roots are) is reached
/// through the open directory: `/proc/self/fd/N/NAME`. Keep it until the call on the address has returned.
struct SocketPlace: ~Copyable {
  let directory: Descriptor
  let name: String
  let address: UnixAddress

  init(_ path: String) throws(Errno) {
    let directory = try Descriptor(Paths.parent(of: path), O_RDONLY | O_DIRECTORY)
    let name = Paths.lastComponent(of: path)
    let isShort = path.utf8.count <= UnixAddress.pathLimit
    address = try UnixAddress(path: isShort ? path : "/proc/self/fd/\(directory.number)/\(name)")
    self.name = name
    self.directory = directory
  }
}
