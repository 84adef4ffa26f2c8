import Glibc
import Platform
import Testing

@Suite struct DurableFileTests {
  @Test func publish_makesExactlyTheFile_whateverTheUmask() throws {
    let folder = Folder()
    try DurableFile.publish("hello", to: folder.file("a"), attributes: FileAttributes(mode: 0o664))
    let status = try FileStatus.of(folder.file("a"))
    #expect(folder.text("a") == "hello" && folder.names == ["a"])
    #expect(status.mode == 0o664 && status.links == 1 && status.kind == .file)
  }

  @Test func publish_overAFile_replacesItWhole() throws {
    let folder = Folder()
    folder.put("a", "the old and longer content")
    let old = try FileStatus.of(folder.file("a")).identity
    let reader = try DataFile(path: folder.file("a"))
    try DurableFile.publish("new", to: folder.file("a"))
    #expect(folder.text("a") == "new")
    #expect(try !FileStatus.of(folder.file("a")).identity.isSameFile(as: old))
    // Who had the old one open still has it whole.
    #expect(try reader.read(at: 0, count: 7) == Array("the old".utf8))
  }

  @Test func publish_whenNotReplacing_leavesWhatIsThere() throws {
    let folder = Folder()
    folder.put("a", "old")
    let error = failure { () throws(PlatformError) in
      try DurableFile.publish("new", to: folder.file("a"), replacing: false)
    }
    #expect(error?.code == .exists)
    #expect(folder.text("a") == "old" && folder.names == ["a"])
    try DurableFile.publish("new", to: folder.file("b"), replacing: false)
    #expect(folder.text("b") == "new")
  }

  @Test func publish_throughALink_replacesTheLinkAndNotItsTarget() throws {
    let folder = Folder()
    folder.put("target", "precious")
    symlink("target", folder.file("link"))
    try DurableFile.publish("new", to: folder.file("link"))
    #expect(folder.text("target") == "precious" && folder.text("link") == "new")
    #expect(try FileStatus.of(folder.file("link"), followingLinks: false).kind == .file)
  }

  @Test func publish_withATime_carriesIt() throws {
    let folder = Folder()
    let moment = try #require(Timestamp(rfc3339: "2001-02-03T04:05:06.789Z"))
    try DurableFile.publish("x", to: folder.file("a"), attributes: FileAttributes(modified: moment))
    #expect(try FileStatus.of(folder.file("a")).modified == moment)
  }

  @Test func publish_whenTheDirectoryIsMissing_saysSo() {
    let folder = Folder()
    let error = failure { () throws(PlatformError) in try DurableFile.publish("x", to: folder.file("no/a")) }
    #expect(error?.code == .noSuchFile && error?.path == folder.file("no"))
  }

  @Test func publish_ontoADirectory_leavesNothingBehind() throws {
    let folder = Folder()
    try DurableDirectory.make(folder.file("d"))
    let error = failure { () throws(PlatformError) in try DurableFile.publish("x", to: folder.file("d")) }
    #expect(error?.code == .isADirectory && error?.operation == "publish")
    #expect(folder.names == ["d"])
  }

  @Test func publish_whenTheWriterThrows_showsNothing() {
    let folder = Folder()
    let error = failure { () throws(PlatformError) in
      try DurableFile.publish(to: folder.file("a")) { (writer) throws(PlatformError) in
        try writer.write([1, 2, 3])
        throw PlatformError(operation: "make", path: "content", cause: .timedOut)
      }
    }
    #expect(error?.operation == "make" && folder.names.isEmpty)
  }

  @Test func writer_showsNothingBeforeCommitAndIsPrivateMeanwhile() throws {
    let folder = Folder()
    let writer = try DurableFileWriter(path: folder.file("a"), attributes: FileAttributes(mode: 0o644))
    try writer.write([1, 2])
    let temporary = try #require(folder.names.first)
    #expect(folder.names.count == 1 && temporary.hasPrefix("."))
    #expect(try FileStatus.of(folder.file(temporary)).mode == 0o600)
    try writer.write([UInt8(3)].span.bytes)
    try writer.commit()
    #expect(folder.names == ["a"] && writer.count == 3)
    writer.discard()
    #expect(folder.names == ["a"])
    let again = failure { () throws(PlatformError) in try writer.write([4]) }
    #expect(again?.cause == .unsuitable("it was already published or given up"))
  }

  @Test func writer_whenForgottenOrDiscarded_leavesNothing() throws {
    let folder = Folder()
    do {
      let forgotten = try DurableFileWriter(path: folder.file("a"))
      try forgotten.write([1])
      let discarded = try DurableFileWriter(path: folder.file("b"))
      discarded.discard()
      #expect(failure { () throws(PlatformError) in try discarded.commit() } != nil)
    }
    #expect(folder.names.isEmpty)
  }

  @Test func writer_whenItsBytesWereCutAway_refusesToPublish() throws {
    let folder = Folder()
    let writer = try DurableFileWriter(path: folder.file("a"))
    try writer.write([1, 2, 3])
    truncate(folder.file(try #require(folder.names.first)), 1)
    let error = failure { () throws(PlatformError) in try writer.commit() }
    #expect(error?.cause == .truncated(offset: 0, expected: 3, found: 1))
    #expect(folder.names.isEmpty)
  }

  @Test func copy_isTheSameBytes() throws {
    let folder = Folder()
    let bytes = (0..<3_000_001).map { UInt8(truncatingIfNeeded: $0 &* 7) }
    folder.put("a", bytes)
    try DurableFile.copy(try DataFile(path: folder.file("a")), to: folder.file("b"))
    #expect(try DataFile(path: folder.file("b")).sha256() == SHA256Digest.of(bytes))
  }

  @Test func publish_whenTheDiskIsFull_keepsTheOldFileAndNothingElse() async {
    let folder = Folder()
    let place = folder.path
    let outcome = await withMount("tmpfs", at: place, options: "size=64k") { () -> (PlatformError?, [String], String) in
      let path = Paths.join(place, "a")
      _ = try? DurableFile.publish("old", to: path)
      let error = failure { () throws(PlatformError) in
        try DurableFile.publish([UInt8](repeating: 7, count: 1 << 20), to: path)
      }
      let left = (try? DurableDirectory.list(place)) ?? []
      let text = (try? DataFile.read(path, limit: 99)).map { String(decoding: $0, as: UTF8.self) }
      // What was discarded is free again.
      _ = try? DurableFile.publish([UInt8](repeating: 7, count: 32 << 10), to: path)
      return (error, left, text ?? "")
    }
    guard let (error, left, text) = outcome else { return }
    #expect(error?.isOutOfSpace == true && error?.operation == "write")
    #expect(error?.hint == "free some space on that file system")
    #expect(left == ["a"] && text == "old")
  }

  @Test func publish_whenTheFileSystemIsReadOnly_saysWhatToDo() async {
    let folder = Folder()
    let place = folder.path
    let outcome = await withMount("tmpfs", at: place, options: "size=64k,ro") {
      failure { () throws(PlatformError) in try DurableFile.publish("x", to: Paths.join(place, "a")) }
    }
    guard let outcome else { return }
    #expect(outcome?.code == .readOnlyFileSystem && outcome?.hint.contains("ReadWritePaths") == true)
  }
}
