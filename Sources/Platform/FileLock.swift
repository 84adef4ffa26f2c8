import CSystemd
import Glibc

/// An exclusive lock that lives as long as this object (and, at the latest, this process). The file stays when the lock
/// goes: removing it would let two processes lock two files of the same name.
package final class FileLock: Sendable {
  package let path: String
  private let file: Descriptor

  /// Never waits. When another process holds the lock the error says which (`Cause.locked`), as that process wrote it
  /// into the file.
  package init(path: String, mode: UInt32 = 0o644) throws(PlatformError) {
    self.path = path
    file = try FileLock.lockedFile(path, mode)
    let number = file.number
    try attempt("lock", path) { () throws(Errno) in
      try system_fchmod(number, mode)
      try system_ftruncate(number, 0)
      try writeWhole(number, "\(ProcessControl.identifier)\n")
    }
  }

  private static func lockedFile(_ path: String, _ mode: UInt32) throws(PlatformError) -> Descriptor {
    while true {
      let file = try attempt("open the lock", path) { () throws(Errno) in
        try Descriptor(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK, mode: mode)
      }
      do throws(Errno) {
        try system_flock(file.number, LOCK_EX | LOCK_NB)
      } catch {
        guard error == .wouldBlock else { throw PlatformError(operation: "lock", path: path, code: error) }
        throw PlatformError(
          operation: "lock", path: path, cause: .locked(holder: holder(file)),
          hint: "only one daemon may run on these directories")
      }
      // Someone may have removed the file between the open and the lock; then the lock guards nothing.
      let mine = try attempt("lock", path) { () throws(Errno) in try system_fstat(file.number) }
      if try FileStatus.ifPresent(path)?.identity.isSameFile(as: mine.identity) == true { return file }
    }
  }

  /// Absent for the moment in which the holder has not written it yet.
  private static func holder(_ file: borrowing Descriptor) -> Int32? {
    guard let bytes = try? readWhole(file.number, limit: 32) else { return nil }
    return Int32(String(decoding: bytes, as: UTF8.self).prefix { $0.isNumber })
  }
}
