import CSystemd
import Glibc

/// What became of the wish that one user may read a file.
package enum AccessGrant: Hashable, Sendable {
  /// Nobody was named, or the file is that user's own.
  case notAsked
  case granted
  /// The file system has no ACLs, or this process may not set one; the file is as its mode says.
  case notPossible(Errno)
}

/// How a new file should be; what is absent stays as the kernel makes it.
package struct FileAttributes: Hashable, Sendable {
  package var mode: UInt32
  package var owner: UInt32?
  package var group: UInt32?
  /// This user may read the file, through an ACL, besides those whom the mode allows.
  package var readableBy: UInt32?
  /// The time of last change that the file should carry.
  package var modified: Timestamp?

  package init(
    mode: UInt32 = 0o640, owner: UInt32? = nil, group: UInt32? = nil, readableBy: UInt32? = nil,
    modified: Timestamp? = nil
  ) {
    self.mode = mode
    self.owner = owner
    self.group = group
    self.readableBy = readableBy
    self.modified = modified
  }
}

/// Rights of what exists already. Published files get theirs before they appear (`DurableFile`).
package enum Permissions {
  package static func setMode(_ mode: UInt32, of path: String) throws(PlatformError) {
    try attempt("set the mode of", path) { () throws(Errno) in try system_fchmodat(currentDirectory, path, mode) }
  }

  /// Only what differs is changed, so that a process without the right to change owners can ask for what already is.
  package static func setOwner(_ owner: UInt32?, group: UInt32?, of path: String) throws(PlatformError) {
    try attempt("set the owner of", path) { () throws(Errno) in
      let file = try Descriptor(path, O_RDONLY | O_NONBLOCK)
      try changeOwner(file.number, owner, group)
    }
  }

  package static func grantRead(of path: String, to user: UInt32) throws(PlatformError) -> AccessGrant {
    try attempt("let a user read", path) { () throws(Errno) in
      let file = try Descriptor(path, O_RDONLY | O_NONBLOCK)
      return try grantReading(file.number, to: user)
    }
  }

  /// Whether this process (with its effective user) may do it; nothing is opened.
  package static func mayRead(_ path: String) -> Bool { (try? system_faccessat(path, R_OK)) != nil }
  package static func mayWrite(_ path: String) -> Bool { (try? system_faccessat(path, W_OK)) != nil }
  package static func maySearch(_ path: String) -> Bool { (try? system_faccessat(path, X_OK)) != nil }
}

func changeOwner(_ file: CInt, _ owner: UInt32?, _ group: UInt32?) throws(Errno) {
  let now = try system_fstat(file)
  let newOwner = owner ?? now.owner
  let newGroup = group ?? now.group
  if newOwner != now.owner || newGroup != now.group { try system_fchown(file, newOwner, newGroup) }
}

/// Adds `user:UID:r--` to what the mode says. Without ACLs the wish is not fatal: the receipt is then readable as its
/// mode says and the submitter asks hamuctl. A full disk or a broken one stays an error.
func grantReading(_ file: CInt, to user: UInt32) throws(Errno) -> AccessGrant {
  let status = try system_fstat(file)
  if status.owner == user { return .notAsked }
  do {
    try system_fsetxattr(file, "system.posix_acl_access", AccessControlList.reading(user, mode: status.mode))
    return .granted
  } catch {
    if error.isOutOfSpace || error == .inputOutput || error == .readOnlyFileSystem { throw error }
    return .notPossible(error)
  }
}

/// The kernel's form of an access ACL (include/uapi/linux/posix_acl_xattr.h): a version and entries of
/// {tag, permissions, id}, little-endian, in the order of tags.
enum AccessControlList {
  private static let version: UInt32 = 2
  private static let nobody = UInt32.max
  private static let userObject: UInt16 = 0x01
  private static let user: UInt16 = 0x02
  private static let groupObject: UInt16 = 0x04
  private static let mask: UInt16 = 0x10
  private static let other: UInt16 = 0x20
  private static let read: UInt16 = 4

  static func reading(_ id: UInt32, mode: UInt32) -> [UInt8] {
    let group = UInt16(mode >> 3 & 7)
    let entries: [(UInt16, UInt16, UInt32)] = [
      (userObject, UInt16(mode >> 6 & 7), nobody),
      (user, read, id),
      (groupObject, group, nobody),
      // The mask bounds the named user and the group together; it shows as the group's bits of the mode.
      (mask, group | read, nobody),
      (other, UInt16(mode & 7), nobody),
    ]
    var bytes = littleEndian(version)
    for (tag, permissions, id) in entries {
      bytes += littleEndian(tag) + littleEndian(permissions) + littleEndian(id)
    }
    return bytes
  }

  private static func littleEndian<Value: FixedWidthInteger>(_ value: Value) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian) { Array($0) }
  }
}
