import Glibc
import Platform

// Two calls act on one thread alone, so that a test can be another user, or have mounts of its own, without anything
// else in the process noticing. Swift's Glibc module does not show them.

/// Runs `body` on a thread whose file accesses are `user`'s; nothing where the process may not become another user.
func asUser<R: Sendable>(_ user: UInt32, _ body: @escaping @Sendable () -> R) async -> R? {
  let outcome = try? await ComputeThread.run(name: "other-user") { () -> R? in
    guard geteuid() == 0, let setgroup = call("setfsgid"), let setuser = call("setfsuid") else { return nil }
    _ = (setgroup(CInt(bitPattern: user)), setuser(CInt(bitPattern: user)))
    // Given back at once: a thread that this one makes would be born as the other user.
    defer { _ = (setuser(0), setgroup(0)) }
    return body()
  }
  if let outcome { return outcome }
  print("SKIPPED: acting as another user (not root)")
  return nil
}

/// Runs `body` on a thread with mounts of its own, on which a file system of `options` is mounted at `place`; nothing where
/// the process may not mount.
func withMount<R: Sendable>(
  _ type: String, at place: String, options: String, _ body: @escaping @Sendable () -> R
) async -> R? {
  let outcome = try? await ComputeThread.run(name: "own-mounts") { () -> R? in
    let newMounts: CInt = 0x0002_0000
    let before = open("/proc/thread-self/ns/mnt", O_RDONLY)
    guard let unshare = call("unshare"), unshare(newMounts) == 0 else { return nil }
    // Gone back at once: a thread that this one makes would be born among these mounts.
    defer {
      _ = call2("setns")?(before, newMounts)
      close(before)
    }
    guard mount("none", "/", nil, UInt(MS_REC | MS_PRIVATE), nil) == 0 else { return nil }
    guard mount("none", place, type, 0, options) == 0 else { return nil }
    return body()
  }
  if let outcome { return outcome }
  print("SKIPPED: a mount of a thread's own (not root, or not allowed here)")
  return nil
}

private func call(_ name: String) -> (@convention(c) (CInt) -> CInt)? {
  dlsym(nil, name).map { unsafeBitCast($0, to: (@convention(c) (CInt) -> CInt).self) }
}

private func call2(_ name: String) -> (@convention(c) (CInt, CInt) -> CInt)? {
  dlsym(nil, name).map { unsafeBitCast($0, to: (@convention(c) (CInt, CInt) -> CInt).self) }
}
