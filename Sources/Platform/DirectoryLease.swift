import Glibc

/// A lock (flock(2)) on a directory, for as long as this object lives: whoever reads what is in it holds it with others,
/// whoever would remove it has it alone. `flock -s DIRECTORY COMMAND` takes the same from a shell.
package final class DirectoryLease: Sendable {
  package let path: String
  private let directory: Descriptor

  private init(path: String, directory: consuming Descriptor) {
    self.path = path
    self.directory = directory
  }

  /// With others. Never waits.
  /// - Returns: nil where somebody is about to remove the directory, or has.
  package static func shared(_ path: String) throws(PlatformError) -> DirectoryLease? {
    guard let lease = try take(path, LOCK_SH) else { return nil }
    // What was removed between the open and the lock is not what has this name now.
    let mine = try attempt("lock", path) { () throws(Errno) in try system_fstat(lease.directory.number) }
    let now = try FileStatus.ifPresent(path)
    return now?.identity.isSameFile(as: mine.identity) == true ? lease : nil
  }

  /// Alone. Never waits.
  /// - Returns: nil while another holds it.
  package static func alone(_ path: String) throws(PlatformError) -> DirectoryLease? { try take(path, LOCK_EX) }

  private static func take(_ path: String, _ kind: CInt) throws(PlatformError) -> DirectoryLease? {
    let directory = try attempt("lock", path) { () throws(Errno) in
      try Descriptor(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
    }
    do throws(Errno) {
      try system_flock(directory.number, kind | LOCK_NB)
    } catch {
      if error == .wouldBlock { return nil }
      throw PlatformError(operation: "lock", path: path, code: error)
    }
    return DirectoryLease(path: path, directory: directory)
  }
}

/// A process that holds a lock on a file.
package struct LockHolder: Sendable, Equatable {
  package let process: Int
  /// As /proc/PID/comm has it; nil where it may not be seen.
  package let name: String?

  /// `1234 (server)`
  package var text: String { name.map { "\(process) (\($0))" } ?? "\(process)" }

  /// Ascending. None where nobody can be seen: /proc/locks is hidden in a sandbox, and some file systems have another
  /// device there than in `stat`.
  package static func of(_ path: String) -> [LockHolder] {
    guard let identity = (try? FileStatus.of(path))?.identity, let text = read("/proc/locks", limit: 4 << 20) else {
      return []
    }
    let device = identity.device
    let major = (device >> 8) & 0xfff | (device >> 32) & ~0xfff
    let minor = device & 0xff | (device >> 12) & ~0xff
    // "7: FLOCK  ADVISORY  READ  1234 08:01:5678 0 EOF": the device in hexadecimal, the inode in decimal.
    let processes = text.split(separator: "\n").compactMap { line -> Int? in
      let words = line.split(separator: " ")
      guard words.count >= 6, words[1] == "FLOCK", let process = Int(words[4]), process > 0 else { return nil }
      let place = words[5].split(separator: ":")
      guard place.count == 3, UInt64(place[0], radix: 16) == major, UInt64(place[1], radix: 16) == minor,
        UInt64(place[2]) == identity.inode
      else { return nil }
      return process
    }
    return Set(processes).sorted().map { process in
      let name = read("/proc/\(process)/comm", limit: 64).map { String($0.filter { $0 != "\n" }) }
      return LockHolder(process: process, name: name)
    }
  }

  /// Files of /proc have no size.
  private static func read(_ path: String, limit: Int) -> String? {
    // What cannot be read cannot be told; that somebody holds the lock is known all the same.
    guard let file = try? Descriptor(path, O_RDONLY | O_NONBLOCK),
      let bytes = try? readWhole(file.number, limit: limit)
    else { return nil }
    return String(decoding: bytes, as: UTF8.self)
  }
}
