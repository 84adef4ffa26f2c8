import Glibc
import Platform
import Testing

@Suite struct DataFileTests {
  @Test func read_givesExactlyWhatWasAsked() throws {
    let folder = Folder()
    let file = try DataFile(path: folder.put("a", [0, 1, 2, 3, 4, 5]))
    #expect(file.size == 6)
    #expect(try file.read(at: 2, count: 3) == [2, 3, 4])
    #expect(try file.read(at: 6, count: 0) == [])
  }

  @Test func read_pastTheEnd_saysWhereAndHowMuch() throws {
    let folder = Folder()
    let file = try DataFile(path: folder.put("a", [0, 1, 2, 3]))
    let error = failure { () throws(PlatformError) in _ = try file.read(at: 2, count: 5) }
    #expect(error?.cause == .truncated(offset: 2, expected: 5, found: 2))
  }

  @Test func read_afterTheOwnerTruncatedIt_isAnErrorAndNotAnEnd() throws {
    let folder = Folder()
    let file = try DataFile(path: folder.put("a", [UInt8](repeating: 1, count: 100_000)))
    truncate(folder.file("a"), 10)
    let error = failure { () throws(PlatformError) in _ = try file.read(at: 50_000, count: 100) }
    #expect(error?.cause == .truncated(offset: 50_000, expected: 100, found: 0))
    #expect(failure { () throws(PlatformError) in _ = try file.sha256() } != nil)
    #expect(try file.currentIdentity() != file.identity)
    #expect(try file.currentIdentity().isSameFile(as: file.identity))
  }

  @Test func read_fromManyThreads_isSafe() async throws {
    let folder = Folder()
    let bytes = (0..<1_000_000).map { UInt8(truncatingIfNeeded: $0) }
    let file = try DataFile(path: folder.put("a", bytes))
    await withTaskGroup(of: Bool.self) { group in
      for start in stride(from: 0, to: 999_000, by: 37_000) {
        group.addTask { (try? file.read(at: start, count: 1000)) == Array(bytes[start..<(start + 1000)]) }
      }
      for await isRight in group { #expect(isRight) }
    }
  }

  @Test func sha256_streams() throws {
    let folder = Folder()
    let bytes = (0..<2_500_000).map { UInt8(truncatingIfNeeded: $0 &* 13) }
    #expect(try DataFile(path: folder.put("a", bytes)).sha256() == SHA256Digest.of(bytes))
    #expect(try DataFile(path: folder.put("b", [UInt8]())).sha256() == SHA256Digest.of(""))
  }

  @Test func wholeRead_atTheLimit_andOnePastIt() throws {
    let folder = Folder()
    folder.put("a", [UInt8](repeating: 1, count: 100))
    #expect(try DataFile.read(folder.file("a"), limit: 100).count == 100)
    let error = failure { () throws(PlatformError) in _ = try DataFile.read(folder.file("a"), limit: 99) }
    #expect(error?.cause == .tooLarge(size: 100, limit: 99))
  }

  @Test func wholeRead_ofAFileWithoutASize_reachesItsEnd() throws {
    #expect(try !DataFile.read("/proc/self/status", limit: 1 << 16).isEmpty)
    let error = failure { () throws(PlatformError) in _ = try DataFile.read("/proc/self/status", limit: 10) }
    #expect(error?.cause == .tooLarge(size: 11, limit: 10))
  }

  @Test func readIfFit_tellsAFileThatIsNotThere_fromOneThatCannotBeReadNow() throws {
    let folder = Folder()
    #expect(try DataFile.readIfFit(folder.put("a", "one"), limit: 3) == Array("one".utf8))
    #expect(try DataFile.readIfFit(folder.file("none"), limit: 3) == nil)
    #expect(try DataFile.readIfFit(folder.put("b", "longer"), limit: 3) == nil)
    #expect(try DataFile.readIfFit(folder.path, limit: 3) == nil)
    // The kernel answers with EIO for memory that is not there.
    let error = failure { () throws(PlatformError) in _ = try DataFile.readIfFit("/proc/self/mem", limit: 3) }
    #expect(error?.code == .inputOutput)
  }

  @Test func readIfFit_tellsAFileThatIsNotThere_fromOneThatMayNotBeRead() async throws {
    let folder = Folder()
    folder.put("a", "one")
    try Permissions.setMode(0o600, of: folder.file("a"))
    let codes = await asUser(64_001) {
      ["a", "none"].map { name in
        failure { () throws(PlatformError) in _ = try DataFile.readIfFit(folder.file(name), limit: 3) }?.code
      }
    }
    guard let codes else { return }
    #expect(codes == [.accessDenied, nil])
  }

  @Test func fifoInTheDatasPlace_doesNotStopTheReader() {
    let folder = Folder()
    mkfifo(folder.file("a"), 0o644)
    let error = failure { () throws(PlatformError) in _ = try DataFile(path: folder.file("a")) }
    #expect(error?.cause == .unsuitable("it is not a regular file"))
  }

  @Test func identity_changesWithTheContent() throws {
    let folder = Folder()
    let path = folder.put("a", "one")
    let before = try DataFile.identity(of: path)
    #expect(try DataFile.identity(of: path) == before)
    folder.put("a", "other")
    #expect(try DataFile.identity(of: path) != before)
    #expect(try FileStatus.ifPresent(folder.file("none")) == nil)
    #expect(try FileStatus.ifPresent(path + "/below") == nil)
  }
}
