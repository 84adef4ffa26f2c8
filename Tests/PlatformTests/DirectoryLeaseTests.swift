import Glibc
import Platform
import Testing

@Suite struct DirectoryLeaseTests {
  @Test func leases_areSharedByReaders_andHeldAloneByWhoRemoves() throws {
    let folder = Folder()
    let path = folder.file("version")
    try DurableDirectory.make(path)
    do {
      let one = try #require(try DirectoryLease.shared(path))
      let other = try #require(try DirectoryLease.shared(path))
      #expect(try DirectoryLease.alone(path) == nil)
      withExtendedLifetime((one, other)) {}
    }
    let alone = try #require(try DirectoryLease.alone(path))
    #expect(try DirectoryLease.shared(path) == nil && DirectoryLease.alone(path) == nil)
    withExtendedLifetime(alone) {}
  }

  @Test func lease_onWhatIsNoDirectory_isRefused() throws {
    let folder = Folder()
    symlink(folder.path, folder.file("link"))
    #expect(throws: PlatformError.self) { try DirectoryLease.shared(folder.file("link")) }
    #expect(throws: PlatformError.self) { try DirectoryLease.alone(folder.file("nothing")) }
  }

  @Test func holders_areNamed() throws {
    let folder = Folder()
    let path = folder.file("version")
    try DurableDirectory.make(path)
    #expect(LockHolder.of(path) == [])
    let lease = try #require(try DirectoryLease.shared(path))
    let holders = LockHolder.of(path)
    // Some file systems have another device in /proc/locks than in stat.
    if holders.isEmpty {
      print("SKIPPED: nobody who holds a lock can be seen on this file system")
    } else {
      #expect(holders.map(\.process) == [Int(getpid())])
      #expect(holders.first?.name?.isEmpty == false)
    }
    withExtendedLifetime(lease) {}
  }

  @Test func emptyFiles_emptiesFilesAlone_underEveryName() throws {
    let folder = Folder()
    let path = folder.file("version")
    try DurableDirectory.make(path)
    _ = folder.put("precious", "x")
    _ = folder.put("version/a", "secret")
    link(folder.file("version/a"), folder.file("elsewhere"))
    symlink(folder.file("precious"), folder.file("version/link"))
    try DurableDirectory.emptyFiles(of: path)
    #expect(folder.text("version/a") == "" && folder.text("elsewhere") == "" && folder.text("precious") == "x")
  }
}
