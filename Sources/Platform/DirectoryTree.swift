import Glibc

extension DurableDirectory {
  /// Deeper trees than any that hamud makes are refused, since one descriptor is open for each level.
  static let deepestTree = 64

  /// Removes a file or a directory with all that is in it. Links are removed, never followed; so a link to another place
  /// that someone put there costs nothing but itself.
  /// - Returns: whether there was anything.
  @discardableResult
  package static func removeTree(_ path: String) throws(PlatformError) -> Bool {
    let name = FileName(Paths.lastComponent(of: path))
    return try attempt("remove all of", path) { () throws(Errno) in
      let parent = try folder(Paths.parent(of: path))
      do throws(Errno) {
        try removeEntry(name, in: parent.number, levels: deepestTree)
      } catch .noSuchFile {
        return false
      }
      try system_fsync(parent.number)
      return true
    }
  }

  /// Cuts every file in a directory (not below it) to nothing, whoever has it open. Links and other kinds are left.
  package static func emptyFiles(of path: String) throws(PlatformError) {
    guard try FileStatus.ifPresent(path, followingLinks: false)?.kind == .directory else { return }
    try attempt("empty the files of", path) { () throws(Errno) in
      let directory = try folder(path)
      for name in try names(in: directory.number) {
        guard try system_fstatat(directory.number, name, AT_SYMLINK_NOFOLLOW).kind == .file else { continue }
        let file = Descriptor(owning: try system_openat(directory.number, name, O_WRONLY | O_NOFOLLOW | O_NONBLOCK))
        try system_ftruncate(file.number, 0)
        try system_fsync(file.number)
      }
    }
  }

  private static func removeEntry(_ name: FileName, in directory: CInt, levels: Int) throws(Errno) {
    let status = try system_fstatat(directory, name, AT_SYMLINK_NOFOLLOW)
    guard status.kind == .directory else { return try system_unlinkat(directory, name) }
    if levels == 0 { throw .tooManyLinks }
    let inner = Descriptor(owning: try system_openat(directory, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW))
    for entry in try names(in: inner.number) {
      do throws(Errno) {
        try removeEntry(entry, in: inner.number, levels: levels - 1)
      } catch .noSuchFile {
        // Someone else removed it first, which is as good.
      }
    }
    try system_unlinkat(directory, name, AT_REMOVEDIR)
  }

  /// In the directory's own order. Reads through a descriptor of its own, so that the caller's keeps its position.
  static func names(in directory: CInt) throws(Errno) -> [FileName] {
    let own = try system_openat(directory, ".", O_RDONLY | O_DIRECTORY)
    guard let stream = fdopendir(own) else {
      let code = Errno.current
      _ = try? system_close(own)
      throw code
    }
    defer { closedir(stream) }
    var names: [FileName] = []
    while let name = try system_readdir(stream) {
      if name != "." && name != ".." { names.append(name) }
    }
    return names
  }
}

/// How much room a file system has, as `df` counts it: what only root may use does not count.
package struct FreeSpace: Hashable, Sendable {
  package let availableBytes: Int
  package let totalBytes: Int

  /// 0...1
  package var share: Double { totalBytes == 0 ? 0 : Double(availableBytes) / Double(totalBytes) }

  package init(availableBytes: Int, totalBytes: Int) {
    self.availableBytes = availableBytes
    self.totalBytes = totalBytes
  }

  package static func at(_ path: String) throws(PlatformError) -> FreeSpace {
    try attempt("measure the free space of", path) { () throws(Errno) in
      let directory = try Descriptor(path, O_RDONLY | O_NONBLOCK)
      let status = try system_fstatvfs(directory.number)
      let block = Int(status.f_frsize)
      let used = Int(status.f_blocks) - Int(status.f_bfree)
      let available = Int(status.f_bavail)
      return FreeSpace(availableBytes: available * block, totalBytes: (used + available) * block)
    }
  }
}
