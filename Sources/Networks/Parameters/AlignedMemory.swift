import Glibc

/// Memory aligned to a cache line: a vector load that straddles lines costs twice, and two workers that write
/// neighbouring buffers must not fight for one line.
enum AlignedMemory {
  static let alignment = 64

  /// Uninitialised memory for `count` elements of a trivial type, to be given back with `free`. Running out of memory
  /// here ends the process: every buffer is allocated when an engine starts, and no caller could go on without it.
  static func allocate<T>(_ type: T.Type, count: Int) -> UnsafeMutablePointer<T> {
    var memory: UnsafeMutableRawPointer?
    let bytes = max(count, 1) * MemoryLayout<T>.stride
    let status = posix_memalign(&memory, alignment, bytes)
    guard status == 0, let memory else {
      preconditionFailure("out of memory: \(bytes) bytes for a network's buffers")
    }
    return memory.bindMemory(to: type, capacity: max(count, 1))
  }
}
