import CSystemd
import Glibc

/// That something may have happened in a directory. Only ever a reason to look: hints get lost, come twice, and name
/// what is gone by now.
package enum DirectoryHint: Hashable, Sendable {
  /// A file was closed after writing.
  case closed(FileName)
  /// A file was renamed into the directory.
  case movedIn(FileName)
  /// A name was made: perhaps of something that nobody will ever close (a link, a fifo), perhaps of a file that is still
  /// being written.
  case appeared(FileName)
  /// The kernel dropped hints.
  case overflow
  /// The directory itself was removed or moved: no more hints will come.
  case gone
}

/// Hints of one directory (inotify(7)). Nothing is buffered here: what nobody fetches waits in the kernel's queue, which
/// is bounded and says when it overflowed.
package final class DirectoryWatch: Sendable {
  package let path: String
  private let watch: Descriptor
  private let readiness: Readiness

  package init(path: String) throws(PlatformError) {
    self.path = path
    readiness = try Readiness.shared()
    watch = try attempt("watch", path, hint: "raise fs.inotify.max_user_instances; the directory is still scanned") {
      () throws(Errno) in
      let watch = Descriptor(owning: try system_inotify_init())
      try system_inotify_add_watch(
        watch.number, path,
        UInt32(IN_CREATE | IN_CLOSE_WRITE | IN_MOVED_TO | IN_DELETE_SELF | IN_MOVE_SELF) | UInt32(IN_ONLYDIR))
      return watch
    }
  }

  /// One consumer at a time. Ends after `.gone`, and when the task is cancelled.
  package var hints: AsyncStream<DirectoryHint> {
    let pending = HintQueue()
    return AsyncStream { [self] in
      while true {
        if let hint = pending.next() { return hint }
        if pending.isFinished { return nil }
        guard await readiness.wait(watch.number, .readable, until: nil) == .ready else { return nil }
        pending.add(read())
      }
    }
  }

  /// What the kernel has by now, without waiting.
  private func read() -> [DirectoryHint] {
    do throws(Errno) {
      let bytes = try [UInt8](throwingCapacity: 64 << 10) {
        (buffer: UnsafeMutableRawBufferPointer) throws(Errno) -> Int in try system_read(watch.number, buffer)
      }
      return bytes.withUnsafeBytes(DirectoryWatch.parse)
    } catch {
      // Somebody else read first; anything else means that this watch will never say anything again.
      return error == .wouldBlock ? [] : [.gone]
    }
  }

  /// `struct inotify_event`: watch, mask, cookie, length of the name, and the name padded with zeros.
  package static func parse(_ bytes: UnsafeRawBufferPointer) -> [DirectoryHint] {
    var hints: [DirectoryHint] = []
    var offset = 0
    while offset + 16 <= bytes.count {
      let mask = bytes.loadUnaligned(fromByteOffset: offset + 4, as: UInt32.self)
      let length = Int(bytes.loadUnaligned(fromByteOffset: offset + 12, as: UInt32.self))
      let end = min(offset + 16 + length, bytes.count)
      let name = FileName(bytes: Array(bytes[(offset + 16)..<end].prefix { $0 != 0 }))
      if let hint = hint(mask, name) { hints.append(hint) }
      offset = end
    }
    return hints
  }

  private static func hint(_ mask: UInt32, _ name: FileName) -> DirectoryHint? {
    if mask & UInt32(IN_Q_OVERFLOW) != 0 { return .overflow }
    if mask & UInt32(IN_DELETE_SELF | IN_MOVE_SELF | IN_IGNORED) != 0 { return .gone }
    if mask & UInt32(IN_CLOSE_WRITE) != 0 { return .closed(name) }
    if mask & UInt32(IN_MOVED_TO) != 0 { return .movedIn(name) }
    if mask & UInt32(IN_CREATE) != 0 { return .appeared(name) }
    return nil
  }
}
