import CSystemd
import Glibc

// One function per system call on files, each with its C name, and one place where -1 becomes an error and an
// interrupted call is repeated (`valueOrErrno`). Whoever wants to see what the daemon does to a disk, or to make one of
// these calls fail in a test, has exactly this file to look at: what changes a disk goes through `durably`.

/// Repeats an interrupted call; any other failure is thrown as its number.
func valueOrErrno<Value: FixedWidthInteger & SignedInteger>(_ call: () -> Value) throws(Errno) -> Value {
  while true {
    let value = call()
    if value != -1 { return value }
    let code = Errno.current
    if code != .interrupted { throw code }
  }
}

/// The same for a call that opens a file or changes what is on a disk. In builds with faults, and where the environment plans some,
/// each such call is a counted point at which the process can be made to fail or to end; in released builds the act is never made.
func durably<Value: FixedWidthInteger & SignedInteger & Sendable>(
  _ act: @autoclosure () -> DurableAct, _ call: () -> Value
) throws(Errno) -> Value {
  #if HAMUD_FAULTS
    if Faults.arePlanned { return try Faults.shared.around(act(), call) }
  #endif
  return try valueOrErrno(call)
}

let currentDirectory = AT_FDCWD

func system_openat(_ directory: CInt, _ path: String, _ flags: CInt, mode: mode_t = 0) throws(Errno) -> CInt {
  try checkPath(path)
  return try durably(.open(directory, FileName(path), flags)) {
    path.withCString { openat(directory, $0, flags | O_CLOEXEC, mode) }
  }
}

func system_openat(_ directory: CInt, _ name: FileName, _ flags: CInt) throws(Errno) -> CInt {
  try checkName(name)
  return try durably(.open(directory, name, flags)) { name.withCString { openat(directory, $0, flags | O_CLOEXEC) } }
}

/// Never repeated: on Linux the descriptor is gone even when close was interrupted, and its number may be another's by now.
func system_close(_ descriptor: CInt) throws(Errno) {
  if close(descriptor) == -1, Errno.current != .interrupted { throw .current }
}

func system_fstat(_ descriptor: CInt) throws(Errno) -> FileStatus {
  var status = stat()
  _ = try valueOrErrno { fstat(descriptor, &status) }
  return FileStatus(status)
}

func system_fstatat(_ directory: CInt, _ path: String, _ flags: CInt) throws(Errno) -> FileStatus {
  var status = stat()
  _ = try valueOrErrnoAtPath(path) { fstatat(directory, $0, &status, flags) }
  return FileStatus(status)
}

func system_fstatat(_ directory: CInt, _ name: FileName, _ flags: CInt) throws(Errno) -> FileStatus {
  var status = stat()
  _ = try valueOrErrnoAtName(name) { fstatat(directory, $0, &status, flags) }
  return FileStatus(status)
}

func system_read(_ descriptor: CInt, _ buffer: UnsafeMutableRawBufferPointer) throws(Errno) -> Int {
  try valueOrErrno { read(descriptor, buffer.baseAddress, buffer.count) }
}

func system_pread(_ descriptor: CInt, _ buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(Errno) -> Int {
  try valueOrErrno { pread(descriptor, buffer.baseAddress, buffer.count, offset) }
}

func system_write(_ descriptor: CInt, _ buffer: UnsafeRawBufferPointer) throws(Errno) -> Int {
  try durably(.write(descriptor, buffer)) { write(descriptor, buffer.baseAddress, buffer.count) }
}

func system_ftruncate(_ descriptor: CInt, _ length: Int) throws(Errno) {
  _ = try durably(.change(descriptor)) { ftruncate(descriptor, length) }
}

func system_fsync(_ descriptor: CInt) throws(Errno) {
  _ = try durably(.sync(descriptor)) { fsync(descriptor) }
}

func system_fchmod(_ descriptor: CInt, _ mode: mode_t) throws(Errno) {
  _ = try durably(.change(descriptor)) { fchmod(descriptor, mode) }
}

func system_fchmodat(_ directory: CInt, _ path: String, _ mode: mode_t) throws(Errno) {
  _ = try valueOrErrnoAtPath(path) { fchmodat(directory, $0, mode, 0) }
}

func system_fchown(_ descriptor: CInt, _ owner: uid_t, _ group: gid_t) throws(Errno) {
  _ = try durably(.change(descriptor)) { fchown(descriptor, owner, group) }
}

func system_fsetxattr(_ descriptor: CInt, _ name: String, _ value: [UInt8]) throws(Errno) {
  try checkPath(name)
  _ = try durably(.change(descriptor)) { name.withCString { fsetxattr(descriptor, $0, value, value.count, 0) } }
}

func system_futimens(_ descriptor: CInt, _ times: [timespec]) throws(Errno) {
  _ = try durably(.change(descriptor)) { futimens(descriptor, times) }
}

func system_renameat(_ from: CInt, _ old: FileName, _ to: CInt, _ new: FileName) throws(Errno) {
  try checkName(old)
  _ = try durably(.rename(from, old, to, new)) {
    old.withCString { old in new.withCString { new in renameat(from, old, to, new) } }
  }
}

/// Fails with `EEXIST` when the new name is taken. Where the file system does not know the flag the name is looked up
/// first, which is enough between processes that hold the daemon's lock.
func system_renameatWithoutReplacing(_ from: CInt, _ old: FileName, _ to: CInt, _ new: FileName) throws(Errno) {
  do {
    try checkName(old)
    _ = try durably(.rename(from, old, to, new)) {
      old.withCString { old in
        new.withCString { new in renameat2(from, old, to, new, UInt32(hamud_rename_noreplace)) }
      }
    }
  } catch .invalidArgument {
    if (try? system_fstatat(to, new, AT_SYMLINK_NOFOLLOW)) != nil { throw .exists }
    try system_renameat(from, old, to, new)
  }
}

func system_unlinkat(_ directory: CInt, _ name: FileName, _ flags: CInt = 0) throws(Errno) {
  try checkName(name)
  _ = try durably(.unlink(directory, name, flags)) { name.withCString { unlinkat(directory, $0, flags) } }
}

func system_mkdirat(_ directory: CInt, _ name: FileName, _ mode: mode_t) throws(Errno) {
  try checkName(name)
  _ = try durably(.makeDirectory(directory, name)) { name.withCString { mkdirat(directory, $0, mode) } }
}

func system_symlinkat(_ target: String, _ directory: CInt, _ name: FileName) throws(Errno) {
  try checkPath(target)
  _ = try durably(.makeLink(directory, name)) {
    target.withCString { target in name.withCString { symlinkat(target, directory, $0) } }
  }
}

func system_readlinkat(_ directory: CInt, _ path: String) throws(Errno) -> [UInt8] {
  try [UInt8](throwingCapacity: Int(PATH_MAX)) { (buffer: UnsafeMutableRawBufferPointer) throws(Errno) -> Int in
    guard let base = buffer.baseAddress?.assumingMemoryBound(to: CChar.self) else { return 0 }
    return try valueOrErrnoAtPath(path) { readlinkat(directory, $0, base, buffer.count) }
  }
}

/// The next name, or nothing at the end; readdir says "end" and "error" with the same null.
func system_readdir(_ stream: OpaquePointer) throws(Errno) -> FileName? {
  errno = 0
  guard let entry = readdir(stream) else {
    if errno == 0 { return nil }
    throw .current
  }
  let bytes = UnsafeRawPointer(entry) + (MemoryLayout<dirent>.offset(of: \.d_name) ?? 0)
  let name = bytes.assumingMemoryBound(to: UInt8.self)
  return FileName(
    bytes: Array(UnsafeBufferPointer(start: name, count: strlen(bytes.assumingMemoryBound(to: CChar.self)))))
}

func system_faccessat(_ path: String, _ mode: CInt) throws(Errno) {
  _ = try valueOrErrnoAtPath(path) { faccessat(AT_FDCWD, $0, mode, AT_EACCESS) }
}

func system_flock(_ descriptor: CInt, _ operation: CInt) throws(Errno) {
  _ = try valueOrErrno { flock(descriptor, operation) }
}

func system_fstatvfs(_ descriptor: CInt) throws(Errno) -> statvfs {
  var status = statvfs()
  _ = try valueOrErrno { fstatvfs(descriptor, &status) }
  return status
}

/// `length` is above zero.
func system_mmap(_ length: Int, _ protection: CInt, _ flags: CInt, _ file: CInt) throws(Errno)
  -> UnsafeMutableRawPointer
{
  guard let base = mmap(nil, length, protection, flags, file, 0), base != MAP_FAILED else { throw .current }
  return base
}

func system_munmap(_ base: UnsafeMutableRawPointer, _ length: Int) throws(Errno) {
  _ = try valueOrErrno { munmap(base, length) }
}

func system_madvise(_ base: UnsafeMutableRawPointer, _ length: Int, _ advice: CInt) throws(Errno) {
  _ = try valueOrErrno { madvise(base, length, advice) }
}

/// A zero byte inside a Swift string would silently cut the path short, so such a path never reaches the kernel.
private func checkPath(_ path: String) throws(Errno) {
  if path.utf8.contains(0) { throw .invalidArgument }
}

private func checkName(_ name: FileName) throws(Errno) {
  guard name.isOneComponent else { throw .invalidArgument }
}

private func valueOrErrnoAtPath<Value: FixedWidthInteger & SignedInteger>(
  _ path: String, _ call: (UnsafePointer<CChar>) -> Value
) throws(Errno) -> Value {
  try checkPath(path)
  return try valueOrErrno { path.withCString(call) }
}

private func valueOrErrnoAtName<Value: FixedWidthInteger & SignedInteger>(
  _ name: FileName, _ call: (UnsafePointer<CChar>) -> Value
) throws(Errno) -> Value {
  try checkName(name)
  return try valueOrErrno { name.withCString(call) }
}

extension Array where Element == UInt8 {
  /// An array that a system call fills: `body` returns how many bytes it wrote. (The standard library's initialiser
  /// does not keep the type of what is thrown.)
  init(throwingCapacity capacity: Int, _ body: (UnsafeMutableRawBufferPointer) throws(Errno) -> Int) throws(Errno) {
    var failure: Errno?
    self.init(unsafeUninitializedCapacity: capacity) { buffer, count in
      do throws(Errno) {
        count = try body(UnsafeMutableRawBufferPointer(buffer))
      } catch {
        failure = error
        count = 0
      }
    }
    if let failure { throw failure }
  }
}
