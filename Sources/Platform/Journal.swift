import CSystemd
import Glibc

/// The system's journal. It is the view of what happened, never the record: journald may drop a burst, and syncs at
/// leisure.
package enum Journal {
  /// syslog(3).
  package enum Priority: Int, Hashable, Sendable, Comparable {
    case emergency = 0, alert, critical, error, warning, notice, info, debug

    /// More important first.
    package static func < (left: Priority, right: Priority) -> Bool { left.rawValue < right.rawValue }
  }

  /// All fields of one entry together, in bytes.
  package static let entryLimit = 48 << 10
  /// journald ignores a field with a longer name.
  package static let fieldNameLimit = 64

  private static let socket = "/run/systemd/journal/socket"

  /// Whether entries reach a journal: standard error is one (the unit's usual case), or its socket is there.
  package static var isConnected: Bool { standardErrorIsJournal || isRunning }

  /// Whether journald listens. `sd_journal_sendv` reports success where it does not, so it has to be asked.
  package static var isRunning: Bool { (try? FileStatus.ifPresent(socket)) != nil }

  /// systemd says in `JOURNAL_STREAM` which stream it connected; a standard error that was redirected since differs.
  package static var standardErrorIsJournal: Bool {
    guard let stream = ProcessControl.environment("JOURNAL_STREAM")?.split(separator: ":"), stream.count == 2,
      let status = try? system_fstat(STDERR_FILENO)
    else { return false }
    return UInt64(stream[0]) == status.identity.device && UInt64(stream[1]) == status.identity.inode
  }

  /// Writes one entry.
  /// - Parameter fields: upper-case names; a name may stand several times. Values may hold line breaks.
  /// - Throws: when there is no journal, when a name is not one, and past `entryLimit` (with both numbers); nothing is
  ///   written then.
  package static func send(
    _ message: String, priority: Priority, fields: [(String, String)] = []
  ) throws(PlatformError) {
    try send(fields: [("MESSAGE", message), ("PRIORITY", String(priority.rawValue))] + fields)
  }

  package static func send(fields: [(String, String)]) throws(PlatformError) {
    for (name, _) in fields where !isFieldName(name) {
      throw failure(.unsuitable("\"\(name)\" is no name of a field"))
    }
    let size = fields.reduce(0) { $0 + $1.0.utf8.count + 1 + $1.1.utf8.count }
    if size > entryLimit { throw failure(.tooLarge(size: size, limit: entryLimit)) }
    guard isRunning else { throw failure(.system(.noSuchFile)) }
    let code = withVectors(fields.map { Array("\($0.0)=\($0.1)".utf8) }) {
      sd_journal_sendv($0.baseAddress, CInt($0.count))
    }
    if code < 0 { throw failure(.system(Errno(rawValue: -code))) }
  }

  /// Upper-case letters, digits and underscores, not beginning with an underscore (those are journald's own) or a digit.
  package static func isFieldName(_ name: String) -> Bool {
    guard let first = name.utf8.first, (65...90).contains(first), name.utf8.count <= fieldNameLimit else {
      return false
    }
    return name.utf8.allSatisfy { (65...90).contains($0) || (48...57).contains($0) || $0 == UInt8(ascii: "_") }
  }

  private static func failure(_ cause: PlatformError.Cause) -> PlatformError {
    PlatformError(operation: "write to", path: "the journal", cause: cause)
  }

  /// All entries in one buffer, so that one pointer keeps all of them alive during the call.
  private static func withVectors(_ entries: [[UInt8]], _ body: (UnsafeBufferPointer<iovec>) -> CInt) -> CInt {
    var joined = Array(entries.joined())
    return joined.withUnsafeMutableBytes { bytes in
      var start = 0
      let vectors = entries.map { entry in
        defer { start += entry.count }
        return iovec(iov_base: bytes.baseAddress.map { $0 + start }, iov_len: entry.count)
      }
      return vectors.withUnsafeBufferPointer(body)
    }
  }
}
