import Glibc
import Platform

/// A directory that goes away with its test; in memory where the machine has such a place, since every commit syncs.
final class Folder: Sendable {
  let path: String

  init() throws {
    let base = Permissions.mayWrite("/dev/shm") ? "/dev/shm" : "/tmp"
    path = Paths.join(base, "hamud-ledger-" + hexadecimal(randomBytes(8)))
    try DurableDirectory.make(path, mode: 0o750)
  }

  deinit { _ = try? DurableDirectory.removeTree(path) }

  func file(_ name: String) -> String { Paths.join(path, name) }
}
