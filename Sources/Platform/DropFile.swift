import CSystemd
import Glibc

/// Which file was read: the inode with its size and time, kept open. A file system gives the number of a removed inode to
/// the next new file at once, so the numbers alone do not tell a successor from the file that was read; while this object
/// lives, its number is nobody else's.
package final class DropIdentity: Sendable {
  package let file: FileIdentity
  private let hold: Descriptor

  init(_ file: FileIdentity, holding hold: consuming Descriptor) {
    self.file = file
    self.hold = hold
  }
}

/// What was read of a dropped file, all from one open descriptor, which stays open as long as this value (so keep few).
package struct DroppedFile: Sendable {
  package let bytes: [UInt8]
  /// Owner, size and time as the descriptor said them before the read and after it.
  package let status: FileStatus
  package let identity: DropIdentity

  /// Who dropped it: the owner's uid.
  package var owner: UInt32 { status.owner }
  package var modified: Timestamp { status.modified }
  package var size: Int { status.size }
}

/// Why a name in the spool was not read.
package struct DropRefusal: Error, Hashable, Sendable {
  package enum Reason: Hashable, Sendable {
    /// A directory, a symbolic link, a fifo, a socket, a device.
    case notAFile
    /// A second name for the same file: whoever owns it need not be who dropped it.
    case linked
    case tooLarge(size: Int)
    /// The daemon's user may not read it.
    case unreadable(Errno)
    case vanished
    /// It changed while it was read; the next look finds it whole.
    case changing
    /// The system failed, not the submitter (out of descriptors, a broken disk): try again later.
    case trouble(PlatformError)
  }

  package let reason: Reason
  /// What was seen under the name, so that a refused thing can be removed; absent where nothing was.
  package let status: FileStatus?

  package init(_ reason: Reason, _ status: FileStatus? = nil) {
    self.reason = reason
    self.status = status
  }
}

/// Reading what others drop into a directory where they may rename, replace and link as they like.
///
/// A name is opened once, without following a link and without waiting (a fifo would), and all checks are made on the
/// open descriptor: whatever happens to the name meanwhile, the bytes, the owner and the checks belong to one file.
/// No error and no message of this type carries a dropped file's name.
package enum DropFile {
  /// - Parameter limit: in bytes.
  package static func read(directory: String, name: FileName, limit: Int) throws(DropRefusal) -> DroppedFile {
    let folder = try openFolder(directory)
    let file = try open(name, in: folder)
    let before = try status(of: file, directory)
    switch before.kind {
    case .file: break
    default: throw DropRefusal(.notAFile, before)
    }
    try check(before, limit)
    let bytes: [UInt8]?
    do throws(Errno) {
      bytes = try readWhole(file.number, limit: limit, expected: before.size)
    } catch {
      throw DropRefusal(.trouble(trouble(directory, error)), before)
    }
    let after = try status(of: file, directory)
    guard let bytes else { throw DropRefusal(.tooLarge(size: max(after.size, limit + 1)), after) }
    if after.links == 0 { throw DropRefusal(.vanished, after) }
    // The time of the last change of anything is part of the comparison: nobody can set that back.
    guard after == before, bytes.count == before.size else { throw DropRefusal(.changing, after) }
    return DroppedFile(bytes: bytes, status: after, identity: DropIdentity(after.identity, holding: file))
  }

  /// What is there, without opening it; absent when nothing is. For telling whether a file still grows.
  package static func look(directory: String, name: FileName) throws(PlatformError) -> FileStatus? {
    do throws(Errno) {
      let folder = try DurableDirectory.folder(directory)
      return try system_fstatat(folder.number, name, AT_SYMLINK_NOFOLLOW)
    } catch {
      if error == .noSuchFile { return nil }
      throw trouble(directory, error)
    }
  }

  private static func check(_ status: FileStatus, _ limit: Int) throws(DropRefusal) {
    if status.links == 0 { throw DropRefusal(.vanished, status) }
    if status.links > 1 { throw DropRefusal(.linked, status) }
    if status.size > limit { throw DropRefusal(.tooLarge(size: status.size), status) }
  }

  private static func openFolder(_ directory: String) throws(DropRefusal) -> Descriptor {
    do throws(Errno) {
      return try DurableDirectory.folder(directory)
    } catch {
      throw DropRefusal(.trouble(PlatformError(operation: "open", path: directory, code: error)))
    }
  }

  private static func open(_ name: FileName, in folder: borrowing Descriptor) throws(DropRefusal) -> Descriptor {
    do throws(Errno) {
      return Descriptor(
        owning: try system_openat(folder.number, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY))
    } catch {
      let seen = try? system_fstatat(folder.number, name, AT_SYMLINK_NOFOLLOW)
      throw DropRefusal(reason(error, seen), seen)
    }
  }

  private static func reason(_ code: Errno, _ seen: FileStatus?) -> DropRefusal.Reason {
    switch code {
    case .noSuchFile: return .vanished
    case .tooManyLinks, .noSuchDevice, .isADirectory: return .notAFile
    case .accessDenied, .notPermitted:
      // A directory or a device that may not be read is still no manifest.
      return seen.map { $0.kind == .file } ?? true ? .unreadable(code) : .notAFile
    // A lease that its owner holds on the file is broken by the attempt; the next one succeeds.
    case .wouldBlock: return .changing
    default: return .trouble(trouble("the spool", code))
    }
  }

  private static func status(of file: borrowing Descriptor, _ directory: String) throws(DropRefusal) -> FileStatus {
    do throws(Errno) {
      return try system_fstat(file.number)
    } catch {
      throw DropRefusal(.trouble(trouble(directory, error)))
    }
  }

  static func trouble(_ directory: String, _ code: Errno) -> PlatformError {
    PlatformError(operation: "read", path: "a file in \(directory)", code: code)
  }
}
