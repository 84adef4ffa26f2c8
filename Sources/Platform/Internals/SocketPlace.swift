import CSystemd
import Glibc

/// Where a socket's name is, in a form that fits into an address. A path that is too long (private roots are) is reached
/// through the open directory: `/proc/self/fd/N/NAME`. Keep it until the call on the address has returned.
struct SocketPlace: ~Copyable {
  let directory: Descriptor
  let name: String
  let address: UnixAddress

  init(_ path: String) throws(Errno) {
    // Only a place to stand on: the right to search the directory is enough.
    let directory = try Descriptor(Paths.parent(of: path), CInt(hamud_o_path) | O_DIRECTORY)
    let name = Paths.lastComponent(of: path)
    let isShort = path.utf8.count <= UnixAddress.pathLimit
    address = try UnixAddress(path: isShort ? path : "/proc/self/fd/\(directory.number)/\(name)")
    self.name = name
    self.directory = directory
  }
}
