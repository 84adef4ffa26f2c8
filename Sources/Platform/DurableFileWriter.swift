import Glibc

/// A file on its way: write, then `commit`. Whatever else happens to it (an error, `discard`, being forgotten), nothing
/// appears under its path and the temporary goes away; after a crash `DurableDirectory.sweep` removes what was left.
///
/// Not for two threads at once.
package final class DurableFileWriter {
  package let path: String
  /// Bytes written so far.
  package private(set) var count = 0

  private let attributes: FileAttributes
  private let directory: Descriptor
  private let name: FileName
  private let temporary: FileName
  /// Absent once committed, discarded or failed.
  private var file: Descriptor?

  package init(path: String, attributes: FileAttributes = FileAttributes()) throws(PlatformError) {
    self.path = path
    self.attributes = attributes
    name = FileName(Paths.lastComponent(of: path))
    temporary = DurableDirectory.temporaryName()
    let (temporary, parent) = (temporary, Paths.parent(of: path))
    directory = try attempt("open", parent) { () throws(Errno) in
      try Descriptor(parent, O_RDONLY | O_DIRECTORY)
    }
    let below = directory.number
    // 0600 until all is there: whoever may read the file may not read half of it.
    file = try attempt("create", path) { () throws(Errno) in
      try Descriptor(temporary.readable, in: below, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode: 0o600)
    }
  }

  deinit { discard() }

  package func write(_ bytes: UnsafeRawBufferPointer) throws(PlatformError) {
    try step("write") { (file) throws(Errno) in try writeWhole(file, bytes) }
    count += bytes.count
  }

  package func write(_ bytes: RawSpan) throws(PlatformError) {
    try bytes.withUnsafeBytes { (buffer) throws(PlatformError) in try write(buffer) }
  }

  package func write(_ bytes: [UInt8]) throws(PlatformError) {
    try write(bytes.span.bytes)
  }

  /// Makes the file appear, durably.
  ///
  /// Rights and times are set before the sync, so that the one sync covers them too: after the rename nothing about the
  /// file changes any more, and no crash can show the new content with the temporary's rights.
  /// - Parameter replacing: when false, an existing file is left and the error is `EEXIST`.
  /// - Returns: what became of `attributes.readableBy`.
  @discardableResult
  package func commit(replacing: Bool = true) throws(PlatformError) -> AccessGrant {
    try verifyLength()
    try step("set the owner of") { [attributes] (file) throws(Errno) in
      try changeOwner(file, attributes.owner, attributes.group)
    }
    try step("set the mode of") { [attributes] (file) throws(Errno) in try system_fchmod(file, attributes.mode) }
    let grant = try grantAccess()
    if let modified = attributes.modified {
      let times = [timespec(modified), timespec(modified)]
      try step("set the time of") { (file) throws(Errno) in try system_futimens(file, times) }
    }
    try step("sync", hint: "nothing was published; check the disk and try again") { (file) throws(Errno) in
      try system_fsync(file)
    }
    try rename(replacing: replacing)
    try attempt("sync the directory of", path, hint: "the new file is there and may be lost in a power cut") {
      () throws(Errno) in try system_fsync(directory.number)
    }
    return grant
  }

  /// Gives up; harmless after `commit`.
  package func discard() {
    guard file != nil else { return }
    file = nil
    // Ignored: the file is a hidden temporary that the next sweep removes.
    _ = try? system_unlinkat(directory.number, temporary)
  }

  /// A disk that lost bytes without an error (a quota of some network file systems does) is caught here.
  private func verifyLength() throws(PlatformError) {
    var size = 0
    try step("measure") { (file) throws(Errno) in size = try system_fstat(file).size }
    if size != count {
      discard()
      throw PlatformError(
        operation: "publish", path: path, cause: .truncated(offset: 0, expected: count, found: size),
        hint: "check the disk")
    }
  }

  private func grantAccess() throws(PlatformError) -> AccessGrant {
    guard let reader = attributes.readableBy else { return .notAsked }
    var grant = AccessGrant.notAsked
    try step("let a user read") { (file) throws(Errno) in grant = try grantReading(file, to: reader) }
    return grant
  }

  private func rename(replacing: Bool) throws(PlatformError) {
    let (directory, temporary, name) = (directory.number, temporary, name)
    try step("publish") { (_) throws(Errno) in
      if replacing {
        try system_renameat(directory, temporary, directory, name)
      } else {
        try system_renameatWithoutReplacing(directory, temporary, directory, name)
      }
    }
    file = nil
  }

  /// One step on the open temporary. After a failure it is not used again: a page that could not be written is dropped
  /// by the kernel, and a second attempt on the same file would report success without it.
  private func step(
    _ operation: String, hint: String? = nil, _ body: (CInt) throws(Errno) -> Void
  ) throws(PlatformError) {
    guard let number = file?.number else {
      throw PlatformError(operation: operation, path: path, cause: .unsuitable("it was already published or given up"))
    }
    do {
      try body(number)
    } catch {
      discard()
      throw PlatformError(operation: operation, path: path, code: error, hint: hint)
    }
  }
}
