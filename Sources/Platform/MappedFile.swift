import Glibc

/// A whole file in the address space.
///
/// Only for files that hamud owns: one that another process truncates would kill the reader with SIGBUS. Others' data
/// is read with `DataFile`.
package final class MappedFile: Sendable {
  package enum Access: Hashable, Sendable {
    /// Shared, read-only.
    case shared
    /// Writes stay in this process; the file never changes. Pages are copied when first written.
    case privateCopyOnWrite
  }

  package enum Advice: Hashable, Sendable { case normal, sequential, random, willNeed }

  package let path: String
  package let access: Access
  /// In bytes.
  package let count: Int
  /// Absent for an empty file. Never changes; unmapped in `deinit`, and every pointer is handed out only within a call
  /// on the living object. Who writes through `withUnsafeMutableBytes` keeps other threads away from those bytes.
  private nonisolated(unsafe) let base: UnsafeMutableRawPointer?

  package init(path: String, access: Access) throws(PlatformError) {
    self.path = path
    self.access = access
    let file = try attempt("open", path) { () throws(Errno) in try Descriptor(path, O_RDONLY | O_NONBLOCK) }
    let status = try attempt("look at", path) { () throws(Errno) in try system_fstat(file.number) }
    guard status.kind == .file else {
      throw PlatformError(operation: "map", path: path, cause: .unsuitable("it is not a regular file"))
    }
    let size = status.size
    count = size
    let number = file.number
    base =
      size == 0
      ? nil
      : try attempt("map", path) { () throws(Errno) in
        switch access {
        case .shared: try system_mmap(size, PROT_READ, MAP_SHARED, number)
        case .privateCopyOnWrite: try system_mmap(size, PROT_READ | PROT_WRITE, MAP_PRIVATE, number)
        }
      }
  }

  deinit {
    // Ignored: it fails only for arguments that never came from mmap.
    if let base { _ = try? system_munmap(base, count) }
  }

  /// The bytes, for the time of the call.
  package func withBytes<R, Failure: Error>(_ body: (RawSpan) throws(Failure) -> R) throws(Failure) -> R {
    try body(UnsafeRawBufferPointer(start: base, count: count).bytes)
  }

  package func withUnsafeBytes<R, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> R
  ) throws(Failure) -> R {
    try body(UnsafeRawBufferPointer(start: base, count: count))
  }

  /// Only a private map may be written; that another is asked for is a mistake in the program.
  package func withUnsafeMutableBytes<R, Failure: Error>(
    _ body: (UnsafeMutableRawBufferPointer) throws(Failure) -> R
  ) throws(Failure) -> R {
    precondition(access == .privateCopyOnWrite, "a shared map is read-only")
    return try body(UnsafeMutableRawBufferPointer(start: base, count: count))
  }

  /// How the bytes will be read. Only a hint: a kernel that refuses it reads as well, slower.
  package func advise(_ advice: Advice) {
    guard let base else { return }
    let number =
      switch advice {
      case .normal: MADV_NORMAL
      case .sequential: MADV_SEQUENTIAL
      case .random: MADV_RANDOM
      case .willNeed: MADV_WILLNEED
      }
    _ = try? system_madvise(base, count, number)
  }
}
