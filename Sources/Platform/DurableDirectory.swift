import Glibc

/// Directories whose changes are durable when the call returns: every change is followed by a sync of the directory that
/// holds the name.
package enum DurableDirectory {
  /// What a crash may leave behind starts with this; the spool takes up nothing that starts with a dot.
  static let temporaryPrefix = ".hamud-tmp-"

  /// Whether a file of that name is one that is being published, or that a crashed writer left.
  package static func isTemporary(_ name: FileName) -> Bool { name.hasPrefix(temporaryPrefix) }

  static func temporaryName() -> FileName { FileName(temporaryPrefix + hexadecimal(randomBytes(8))) }

  /// The mode of a directory that is still being made: nobody gives one the sticky bit that only its owner may enter, so one
  /// that a crash left like this is known for what it is, and finished.
  private static let unfinished: UInt32 = 0o1700

  /// Makes a directory with exactly this mode, whatever the umask. One that exists is left as it is.
  /// - Parameter parents: makes missing parents too, with mode 0755.
  /// - Returns: whether it was made now.
  @discardableResult
  package static func make(
    _ path: String, mode: UInt32 = 0o755, group: UInt32? = nil, parents: Bool = false
  ) throws(PlatformError) -> Bool {
    if let status = try FileStatus.ifPresent(path) {
      if status.kind == .directory {
        return status.mode == unfinished && mode != unfinished ? try finish(path, mode, group) : false
      }
      throw PlatformError(
        operation: "make the directory", path: path, cause: .unsuitable("something else has that name"),
        hint: "move it away")
    }
    let parent = Paths.parent(of: path)
    if parents, parent != path { try make(parent, parents: true) }
    let name = FileName(Paths.lastComponent(of: path))
    let isMine = try attempt("make the directory", path) { () throws(Errno) in
      let above = try folder(parent)
      do throws(Errno) {
        try system_mkdirat(above.number, name, unfinished)
        return true
      } catch .exists {
        // Another process was faster; what it made is then looked at by the next call.
        return false
      }
    }
    return isMine ? try finish(path, mode, group) : false
  }

  private static func finish(_ path: String, _ mode: UInt32, _ group: UInt32?) throws(PlatformError) -> Bool {
    try attempt("make the directory", path) { () throws(Errno) in
      let above = try folder(Paths.parent(of: path))
      let made = try Descriptor(Paths.lastComponent(of: path), in: above.number, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
      try changeOwner(made.number, nil, group)
      // The name first: with its final mode the directory counts as made, so by then it must be there for good.
      try system_fsync(above.number)
      try system_fchmod(made.number, mode)
      try system_fsync(made.number)
      return true
    }
  }

  /// Moves a file or directory within one file system.
  /// - Parameter replacing: when false, whatever has the new name stays and the error is `EEXIST`.
  package static func rename(_ old: String, to new: String, replacing: Bool = false) throws(PlatformError) {
    let (from, to) = (FileName(Paths.lastComponent(of: old)), FileName(Paths.lastComponent(of: new)))
    try attempt("rename to \(new) what was", old) { () throws(Errno) in
      let source = try folder(Paths.parent(of: old))
      let target = try folder(Paths.parent(of: new))
      if replacing {
        try system_renameat(source.number, from, target.number, to)
      } else {
        try system_renameatWithoutReplacing(source.number, from, target.number, to)
      }
      // The target first: for a moment there may be two names after a crash, never none.
      try system_fsync(target.number)
      try system_fsync(source.number)
    }
  }

  /// Lets the link at `path` point to `target`, in one step: a reader sees the old target or the new one.
  package static func swapSymlink(at path: String, to target: String) throws(PlatformError) {
    let (name, temporary) = (FileName(Paths.lastComponent(of: path)), temporaryName())
    try attempt("point to \(target) the link", path) { () throws(Errno) in
      let parent = try folder(Paths.parent(of: path))
      try system_symlinkat(target, parent.number, temporary)
      do throws(Errno) {
        // The link's own inode reaches the disk with the directory that names it.
        try system_renameat(parent.number, temporary, parent.number, name)
      } catch {
        _ = try? system_unlinkat(parent.number, temporary)
        throw error
      }
      try system_fsync(parent.number)
    }
  }

  /// Where a symbolic link points, as it is written there; absent when nothing is at the path.
  package static func target(ofLink path: String) throws(PlatformError) -> String? {
    do throws(Errno) {
      return String(decoding: try system_readlinkat(currentDirectory, path), as: UTF8.self)
    } catch {
      if error == .noSuchFile { return nil }
      throw PlatformError(operation: "read the link", path: path, code: error)
    }
  }

  /// Removes one name, which is not a directory's.
  /// - Returns: whether there was anything.
  @discardableResult
  package static func removeFile(_ path: String) throws(PlatformError) -> Bool {
    let name = FileName(Paths.lastComponent(of: path))
    return try attempt("remove", path) { () throws(Errno) in
      let parent = try folder(Paths.parent(of: path))
      do throws(Errno) {
        try system_unlinkat(parent.number, name)
      } catch .noSuchFile {
        return false
      }
      try system_fsync(parent.number)
      return true
    }
  }

  /// Makes the names in a directory durable.
  package static func sync(_ path: String) throws(PlatformError) {
    try attempt("sync the directory", path) { () throws(Errno) in
      let directory = try folder(path)
      try system_fsync(directory.number)
    }
  }

  /// Every name in byte order, without `.` and `..`.
  package static func fileNames(_ path: String) throws(PlatformError) -> [FileName] {
    try attempt("list", path) { () throws(Errno) in
      let directory = try folder(path)
      return try names(in: directory.number).sorted()
    }
  }

  /// The names that are text (UTF-8), in byte order, without `.` and `..`.
  package static func list(_ path: String) throws(PlatformError) -> [String] {
    try fileNames(path).compactMap(\.text)
  }

  /// Removes what crashed writers left in a directory. Only for whoever holds the daemon's lock: a living writer's
  /// temporary looks the same.
  /// - Returns: how many.
  @discardableResult
  package static func sweep(_ path: String) throws(PlatformError) -> Int {
    var removed = 0
    for name in try fileNames(path) where name.hasPrefix(temporaryPrefix) {
      try removeTree(Paths.join(path, name.readable))
      removed += 1
    }
    return removed
  }

  static func folder(_ path: String) throws(Errno) -> Descriptor { try Descriptor(path, O_RDONLY | O_DIRECTORY) }
}
