import CSystemd
import Glibc

/// The number that a system call left in `errno`; a struct, so that a number nobody named survives.
package struct Errno: Error, RawRepresentable, Hashable, Sendable, CustomStringConvertible {
  package let rawValue: CInt

  package init(rawValue: CInt) { self.rawValue = rawValue }

  /// The thread's `errno`.
  static var current: Errno { Errno(rawValue: errno) }

  package static let notPermitted = Errno(rawValue: EPERM)
  package static let noSuchFile = Errno(rawValue: ENOENT)
  package static let interrupted = Errno(rawValue: EINTR)
  package static let inputOutput = Errno(rawValue: EIO)
  package static let noSuchDevice = Errno(rawValue: ENXIO)
  package static let badDescriptor = Errno(rawValue: EBADF)
  package static let wouldBlock = Errno(rawValue: EAGAIN)
  package static let accessDenied = Errno(rawValue: EACCES)
  package static let exists = Errno(rawValue: EEXIST)
  package static let crossDevice = Errno(rawValue: EXDEV)
  package static let notADirectory = Errno(rawValue: ENOTDIR)
  package static let isADirectory = Errno(rawValue: EISDIR)
  package static let invalidArgument = Errno(rawValue: EINVAL)
  package static let tooManyOpenFiles = Errno(rawValue: EMFILE)
  package static let tooManyOpenFilesInSystem = Errno(rawValue: ENFILE)
  package static let noSpace = Errno(rawValue: ENOSPC)
  package static let readOnlyFileSystem = Errno(rawValue: EROFS)
  package static let brokenPipe = Errno(rawValue: EPIPE)
  package static let outOfRange = Errno(rawValue: ERANGE)
  package static let nameTooLong = Errno(rawValue: ENAMETOOLONG)
  package static let notImplemented = Errno(rawValue: ENOSYS)
  package static let directoryNotEmpty = Errno(rawValue: ENOTEMPTY)
  package static let tooManyLinks = Errno(rawValue: ELOOP)
  package static let notSupported = Errno(rawValue: ENOTSUP)
  package static let addressInUse = Errno(rawValue: EADDRINUSE)
  package static let connectionReset = Errno(rawValue: ECONNRESET)
  package static let connectionRefused = Errno(rawValue: ECONNREFUSED)
  package static let connectionAborted = Errno(rawValue: ECONNABORTED)
  package static let notConnected = Errno(rawValue: ENOTCONN)
  package static let noBufferSpace = Errno(rawValue: ENOBUFS)
  package static let outOfMemory = Errno(rawValue: ENOMEM)
  package static let quotaExceeded = Errno(rawValue: EDQUOT)

  /// The disk, or the caller's share of it, is full.
  package var isOutOfSpace: Bool { self == .noSpace || self == .quotaExceeded }

  /// The system's words and the name that a person can look up: `No space left on device (ENOSPC)`.
  package var description: String {
    guard let name = strerrorname_np(rawValue), let words = strerrordesc_np(rawValue) else {
      return "error \(rawValue)"
    }
    return "\(String(cString: words)) (\(String(cString: name)))"
  }
}
