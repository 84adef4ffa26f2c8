import Platform
import Testing

@Suite struct MappedFileTests {
  @Test func shared_showsTheBytes() throws {
    let folder = Folder()
    let map = try MappedFile(path: folder.put("a", [1, 2, 3]), access: .shared)
    #expect(map.count == 3)
    map.advise(.sequential)
    #expect(map.withUnsafeBytes { Array($0) } == [1, 2, 3])
    #expect(map.withBytes { $0.byteCount } == 3)
  }

  @Test func copyOnWrite_keepsWritesToItself() throws {
    let folder = Folder()
    let path = folder.put("a", [UInt8](repeating: 7, count: 10_000))
    let (mine, other) = (
      try MappedFile(path: path, access: .privateCopyOnWrite), try MappedFile(path: path, access: .shared)
    )
    mine.withUnsafeMutableBytes { $0[5000] = 1 }
    #expect(mine.withUnsafeBytes { $0[5000] } == 1)
    #expect(other.withUnsafeBytes { $0[5000] } == 7)
    #expect(try DataFile.read(path, limit: 10_000)[5000] == 7)
  }

  @Test func map_outlivesThePublishOfASuccessor() throws {
    let folder = Folder()
    let map = try MappedFile(path: folder.put("a", [1, 2, 3]), access: .shared)
    try DurableFile.publish([9], to: folder.file("a"))
    #expect(map.withUnsafeBytes { Array($0) } == [1, 2, 3])
  }

  @Test func emptyFile_isAnEmptyMap() throws {
    let folder = Folder()
    let map = try MappedFile(path: folder.put("a", [UInt8]()), access: .privateCopyOnWrite)
    map.advise(.willNeed)
    #expect(map.count == 0 && map.withUnsafeMutableBytes { $0.count } == 0)
  }

  @Test func whatIsNoFile_isRefused() {
    let folder = Folder()
    let directory = failure { () throws(PlatformError) in _ = try MappedFile(path: folder.path, access: .shared) }
    #expect(directory?.cause == .unsuitable("it is not a regular file"))
    let missing = failure { () throws(PlatformError) in _ = try MappedFile(path: folder.file("no"), access: .shared) }
    #expect(missing?.code == .noSuchFile)
  }
}
