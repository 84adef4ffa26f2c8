import Glibc
import Platform
import Testing

@Suite struct FileLockTests {
  @Test func lock_whenHeld_saysByWhom() throws {
    let folder = Folder()
    let lock = try FileLock(path: folder.file("lock"))
    let error = failure { () throws(PlatformError) in _ = try FileLock(path: folder.file("lock")) }
    #expect(error?.cause == .locked(holder: getpid()))
    #expect(try FileStatus.of(lock.path).mode == 0o644)
    withExtendedLifetime(lock) {}
  }

  @Test func lock_whenItsHolderIsGone_isFree_andTheFileStays() throws {
    let folder = Folder()
    do { _ = try FileLock(path: folder.file("lock")) }
    #expect(folder.text("lock") == "\(getpid())\n")
    let again = try FileLock(path: folder.file("lock"))
    withExtendedLifetime(again) {}
  }

  @Test func lock_throughALink_isRefused() {
    let folder = Folder()
    symlink(folder.put("target", "precious"), folder.file("lock"))
    #expect(failure { () throws(PlatformError) in _ = try FileLock(path: folder.file("lock")) }?.code == .tooManyLinks)
    #expect(folder.text("target") == "precious")
  }
}
