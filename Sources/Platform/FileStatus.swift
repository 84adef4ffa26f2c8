import CSystemd
import Glibc

/// Which file, and which state of it: two equal identities of an existing file mean the same unchanged bytes, as far as
/// a file system can say.
package struct FileIdentity: Hashable, Sendable {
  package let device: UInt64
  package let inode: UInt64
  /// In bytes.
  package let size: Int
  /// Time of the last change of the content, nanoseconds since 1970.
  package let mtimeNanoseconds: Int64

  package init(device: UInt64, inode: UInt64, size: Int, mtimeNanoseconds: Int64) {
    self.device = device
    self.inode = inode
    self.size = size
    self.mtimeNanoseconds = mtimeNanoseconds
  }

  /// The same inode, whatever its content is by now.
  package func isSameFile(as other: FileIdentity) -> Bool { device == other.device && inode == other.inode }
}

/// What `stat` says.
package struct FileStatus: Hashable, Sendable {
  package enum Kind: Hashable, Sendable { case file, directory, symbolicLink, fifo, socket, device, unknown }

  package let identity: FileIdentity
  package let kind: Kind
  /// The permission bits with set-id and sticky, without the kind.
  package let mode: UInt32
  package let owner: UInt32
  package let group: UInt32
  package let links: Int
  /// Blocks that the file takes, in bytes.
  package let allocatedBytes: Int
  /// Time of the last change of anything, which nobody can set: nanoseconds since 1970.
  package let changedNanoseconds: Int64

  package var size: Int { identity.size }
  package var modified: Timestamp { Timestamp(nanosecondsSinceEpoch: identity.mtimeNanoseconds) }

  /// - Parameter followingLinks: when false, a link is described itself.
  package static func of(_ path: String, followingLinks: Bool = true) throws(PlatformError) -> FileStatus {
    try attempt("look at", path) { () throws(Errno) in
      try system_fstatat(currentDirectory, path, followingLinks ? 0 : AT_SYMLINK_NOFOLLOW)
    }
  }

  /// Absent when there is nothing at the path (or no way to it).
  package static func ifPresent(_ path: String, followingLinks: Bool = true) throws(PlatformError) -> FileStatus? {
    do {
      return try of(path, followingLinks: followingLinks)
    } catch {
      if error.code == .noSuchFile || error.code == .notADirectory { return nil }
      throw error
    }
  }

  init(_ status: stat) {
    identity = FileIdentity(
      device: UInt64(status.st_dev), inode: UInt64(status.st_ino), size: Int(status.st_size),
      mtimeNanoseconds: nanoseconds(status.st_mtim))
    kind =
      switch status.st_mode & Glibc.S_IFMT {
      case Glibc.S_IFREG: .file
      case Glibc.S_IFDIR: .directory
      case Glibc.S_IFLNK: .symbolicLink
      case Glibc.S_IFIFO: .fifo
      case Glibc.S_IFSOCK: .socket
      case Glibc.S_IFBLK, Glibc.S_IFCHR: .device
      default: .unknown
      }
    mode = status.st_mode & 0o7777
    owner = status.st_uid
    group = status.st_gid
    links = Int(status.st_nlink)
    allocatedBytes = Int(status.st_blocks) * 512
    changedNanoseconds = nanoseconds(status.st_ctim)
  }
}

/// Saturates for a time that 64 bits of nanoseconds cannot hold: file systems accept any year.
func nanoseconds(_ time: timespec) -> Int64 {
  let (whole, overflow) = Int64(time.tv_sec).multipliedReportingOverflow(by: 1_000_000_000)
  if overflow { return time.tv_sec < 0 ? .min : .max }
  let (sum, carried) = whole.addingReportingOverflow(Int64(time.tv_nsec))
  return carried ? .max : sum
}
