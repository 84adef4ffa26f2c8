/// Why something that was asked of the system did not happen, in words for a person.
package struct PlatformError: Error, Hashable, Sendable, CustomStringConvertible {
  package enum Cause: Hashable, Sendable {
    /// A system call failed.
    case system(Errno)
    /// The file ended before the bytes that were asked for: `found` bytes were there at `offset`, `expected` were asked.
    case truncated(offset: Int, expected: Int, found: Int)
    /// What was found is larger than may be read. `size` is what is known of it (at least `limit + 1`).
    case tooLarge(size: Int, limit: Int)
    /// Another process holds the lock; its number where it is known.
    case locked(holder: Int32?)
    /// Nothing came, or nothing could be sent, in time.
    case timedOut
    /// The other side closed the connection, or it was closed here.
    case closed
    /// What was found is not what the name promises: the sentence says what it is.
    case unsuitable(String)
  }

  /// What was tried, as it follows "cannot": `publish`, `read`, `listen on`.
  package let operation: String
  /// On what.
  package let path: String
  package let cause: Cause
  /// How to mend it; empty where nobody can know.
  package let hint: String

  package init(operation: String, path: String, cause: Cause, hint: String = "") {
    self.operation = operation
    self.path = path
    self.cause = cause
    self.hint = hint
  }

  package init(operation: String, path: String, code: Errno, hint: String? = nil) {
    self.init(operation: operation, path: path, cause: .system(code), hint: hint ?? PlatformError.usualHint(code))
  }

  /// The system's error number; absent where no system call failed.
  ///
  /// Not inlined: Swift 6.3.1's optimiser crashes (CopyPropagation) on this switch inside a typed `catch`.
  @inline(never)
  package var code: Errno? {
    guard case .system(let code) = cause else { return nil }
    return code
  }

  /// A full disk or quota: worth waiting for, and worth refusing new work.
  package var isOutOfSpace: Bool { code?.isOutOfSpace ?? false }

  /// A device or a limit failed, not what was asked: the same may work the next time.
  package var isTransient: Bool {
    switch code {
    case .inputOutput, .tooManyOpenFiles, .tooManyOpenFilesInSystem, .outOfMemory, .noBufferSpace: true
    default: isOutOfSpace
    }
  }

  /// A right is missing: what was asked for may be there.
  package var isDenied: Bool { code == .accessDenied || code == .notPermitted }

  /// The same without the last component of the path: for the journal, which never names a dropped file.
  package func namingOnlyTheDirectory() -> PlatformError {
    PlatformError(operation: operation, path: "a file in \(Paths.parent(of: path))", cause: cause, hint: hint)
  }

  package var description: String {
    let head = "cannot \(operation) \(path): \(reason)"
    return hint.isEmpty ? head : "\(head); \(hint)"
  }

  /// The cause alone, without operation, path and hint.
  package var reason: String {
    switch cause {
    case .system(let code): code.description
    case .truncated(let offset, let expected, let found):
      "expected \(expected) bytes at offset \(offset) and found \(found)"
    case .tooLarge(let size, let limit): "it has \(size) bytes and at most \(limit) are read"
    case .locked(let holder?): "process \(holder) holds it"
    case .locked(nil): "another process holds it"
    case .timedOut: "no answer in time"
    case .closed: "the connection is closed"
    case .unsuitable(let sentence): sentence
    }
  }

  private static func usualHint(_ code: Errno) -> String {
    switch code {
    case .noSpace, .quotaExceeded: "free some space on that file system"
    case .accessDenied, .notPermitted: "give this process's user the right to it"
    case .readOnlyFileSystem: "let the service write there (ReadWritePaths= in the unit)"
    case .noSuchFile: "check the path"
    case .tooManyOpenFiles, .tooManyOpenFilesInSystem: "raise the limit of open files (LimitNOFILE= in the unit)"
    case .inputOutput: "check the disk"
    default: ""
    }
  }
}
