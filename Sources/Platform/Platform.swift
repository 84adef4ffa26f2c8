// Platform: the one door to Linux.
//
// Owns every line that calls Glibc or libsystemd, or that mentions `errno` or a descriptor: durable files and
// directories, mapped files, other people's data, what is dropped into the spool, clocks, digests, randomness, the
// journal, readiness, the directory watch, the lock, the control socket, accounts and rights, threads, free space.
// It knows nothing of requests, models or the ledger, and imports no other room.
//
// Refuses: to write a file in place (a durable file appears whole, by rename, or not at all); to map what belongs to
// others; to read a dropped thing that is not a plain file with one link and within its limit; to take a socket away
// from a daemon that answers on it.
//
// Fails with `PlatformError` (what was tried, on which path, why, and how to mend it), and nothing else; a dropped
// file has its own closed set of reasons (`DropRefusal`), because they are answers to people, not failures. A call
// that was interrupted by a signal is repeated inside. After a failed fsync the temporary is thrown away: the kernel
// has dropped the dirty pages and the next fsync of the same file would wrongly succeed.
//
// Every system call on files, sockets and waiting is one `system_*` function in `Internals/Syscalls*.swift` (`.ci/door` looks
// for others), and there is one place where -1 turns into an error. Each that changes a disk is a counted point at which debug
// builds and the tests' can make it fail, or the process end (`Faults`). Calls that can block for long run on threads of their own
// (`ComputeThread`) or wait in `Readiness`; nothing here blocks Swift's cooperative pool for longer than a disk takes.
//
// Known weaknesses: a directory's durability is the file system's promise (fsync of the directory is all one can ask);
// ACLs need a file system that has them (said in `AccessGrant`, never fatal); names that are not UTF-8 exist only as
// `FileName`, paths are Swift strings; the name service may be slow where it asks another daemon; a submitter who goes on
// writing through a descriptor that was open before the manifest was read and removed writes into nothing.
