import CSystemd
import Glibc

extension DropFile {
  package enum Removal: Hashable, Sendable {
    case removed
    /// The name was gone already.
    case vanished
    /// Another file has the name by now, or the same one has other content; it is untouched and waits to be read.
    case replaced
    /// A directory that is not empty, or one that this process may not remove; it stays.
    case notPossible(Errno)
  }

  private static let takingPrefix = ".hamud-take-"

  /// Removes the name if it still stands for the file that was read, with the content that was read.
  package static func remove(
    directory: String, name: FileName, identity: DropIdentity
  ) throws(PlatformError) -> Removal {
    // Held open until the name is gone: until then no other file can look like it.
    try withExtendedLifetime(identity) { () throws(PlatformError) in
      try remove(directory: directory, name: name, identity: identity.file)
    }
  }

  /// The same for what was refused and so is not open: told apart by inode, size and time alone.
  ///
  /// Linux cannot remove a name on the condition that it means a certain file, and between a look and the removal a
  /// submitter may put a newer manifest there, which would be lost unread. So the name is first moved into a directory
  /// that only this process may enter, looked at there, and removed or put back. A crash in between leaves that
  /// directory, which names the inode and its time: `recover` finishes.
  package static func remove(
    directory: String, name: FileName, identity: FileIdentity
  ) throws(PlatformError) -> Removal {
    do throws(Errno) {
      let folder = try DurableDirectory.folder(directory)
      let seen = try system_fstatat(folder.number, name, AT_SYMLINK_NOFOLLOW)
      guard seen.identity == identity else { return .replaced }
      if seen.kind == .directory {
        // Only an empty one can be removed, so nothing can be lost by a race; and another's cannot be moved.
        try system_unlinkat(folder.number, name, AT_REMOVEDIR)
      } else if try takeAndRemove(name, identity, in: folder.number) == .replaced {
        return .replaced
      }
      try system_fsync(folder.number)
      return .removed
    } catch {
      switch error {
      case .noSuchFile: return .vanished
      case .directoryNotEmpty, .accessDenied, .notPermitted: return .notPossible(error)
      default: throw PlatformError(operation: "remove", path: "a file in \(directory)", code: error)
      }
    }
  }

  /// Finishes removals that a crash or a failure interrupted. Under the daemon's lock, while it removes nothing else.
  /// - Returns: how many there were.
  @discardableResult
  package static func recover(directory: String) throws(PlatformError) -> Int {
    var found = 0
    try attempt("clean", directory) { () throws(Errno) in
      let folder = try DurableDirectory.folder(directory)
      let device = try system_fstat(folder.number).identity.device
      for name in try DurableDirectory.names(in: folder.number) where name.hasPrefix(takingPrefix) {
        // Submitters may make such names too, take them away again, and mount what nobody else may look at: none of that may
        // keep a daemon from starting. Only ours is ours, and ours is on this file system.
        guard let status = try? system_fstatat(folder.number, name, AT_SYMLINK_NOFOLLOW), status.kind == .directory,
          status.owner == Accounts.effectiveUser, status.identity.device == device, let key = key(of: name)
        else { continue }
        let taking = Descriptor(owning: try system_openat(folder.number, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW))
        for entry in try DurableDirectory.names(in: taking.number) {
          _ = try settle(entry, key, in: taking.number, from: folder.number)
        }
        try system_unlinkat(folder.number, name, AT_REMOVEDIR)
        found += 1
      }
      if found > 0 { try system_fsync(folder.number) }
    }
    return found
  }

  private static func takeAndRemove(
    _ name: FileName, _ identity: FileIdentity, in folder: CInt
  ) throws(Errno) -> Removal {
    let key = key(identity)
    let place = FileName("\(takingPrefix)\(key)-\(hexadecimal(randomBytes(8)))")
    try system_mkdirat(folder, place, 0o700)
    let removal: Removal
    do throws(Errno) {
      let taking = Descriptor(owning: try system_openat(folder, place, O_RDONLY | O_DIRECTORY | O_NOFOLLOW))
      try system_renameat(folder, name, taking.number, name)
      removal = try settle(name, key, in: taking.number, from: folder)
    } catch {
      // Ignored: the first error is the one to tell, and whatever stays behind is found by `recover`.
      _ = try? system_unlinkat(folder, place, AT_REMOVEDIR)
      throw error
    }
    try system_unlinkat(folder, place, AT_REMOVEDIR)
    return removal
  }

  private static func settle(
    _ name: FileName, _ expected: String, in taking: CInt, from folder: CInt
  ) throws(Errno) -> Removal {
    if key(try system_fstatat(taking, name, AT_SYMLINK_NOFOLLOW).identity) == expected {
      try system_unlinkat(taking, name)
      return .removed
    }
    do throws(Errno) {
      try system_renameatWithoutReplacing(taking, name, folder, name)
    } catch {
      guard error == .exists else { throw error }
      // A third file has the name by now: it replaced the second, as it would have without us.
      try system_unlinkat(taking, name)
    }
    return .replaced
  }

  private static func key(_ identity: FileIdentity) -> String {
    "\(identity.inode).\(UInt64(bitPattern: identity.mtimeNanoseconds)).\(identity.size)"
  }

  private static func key(of name: FileName) -> String? {
    let parts = name.text?.dropFirst(takingPrefix.count).split(separator: "-") ?? []
    return parts.count == 2 ? String(parts[0]) : nil
  }
}
