import Glibc
import Platform
import Testing

@Suite struct DurableDirectoryTests {
  @Test func make_givesExactlyTheMode_whateverTheUmask() throws {
    let folder = Folder()
    #expect(try DurableDirectory.make(folder.file("a"), mode: 0o1777))
    #expect(try FileStatus.of(folder.file("a")).mode == 0o1777)
    #expect(try !DurableDirectory.make(folder.file("a"), mode: 0o700))
    #expect(try FileStatus.of(folder.file("a")).mode == 0o1777, "one that exists is left as it is")
  }

  @Test func make_whereACrashLeftOneHalfMade_finishesIt() throws {
    let folder = Folder()
    #expect(mkdir(folder.file("a"), 0o700) == 0)
    #expect(chmod(folder.file("a"), 0o1700) == 0)
    #expect(try DurableDirectory.make(folder.file("a"), mode: 0o751))
    #expect(try FileStatus.of(folder.file("a")).mode == 0o751)
    #expect(try !DurableDirectory.make(folder.file("a"), mode: 0o751))
  }

  @Test func make_withParents_makesThemAll() throws {
    let folder = Folder()
    #expect(
      failure { () throws(PlatformError) in try DurableDirectory.make(folder.file("x/y/z")) }?.code == .noSuchFile)
    #expect(try DurableDirectory.make(folder.file("x/y/z"), mode: 0o750, parents: true))
    #expect(try FileStatus.of(folder.file("x/y")).mode == 0o755)
    #expect(try FileStatus.of(folder.file("x/y/z")).mode == 0o750)
  }

  @Test func make_whereAFileIs_saysSo() {
    let folder = Folder()
    folder.put("a", "file")
    let error = failure { () throws(PlatformError) in try DurableDirectory.make(folder.file("a")) }
    #expect(error?.cause == .unsuitable("something else has that name"))
  }

  @Test func rename_ofADirectory_doesNotReplace() throws {
    let folder = Folder()
    try DurableDirectory.make(folder.file("candidate"))
    try DurableDirectory.make(folder.file("versions/000001"), parents: true)
    let taken = failure { () throws(PlatformError) in
      try DurableDirectory.rename(folder.file("candidate"), to: folder.file("versions/000001"))
    }
    #expect(taken?.code == .exists)
    try DurableDirectory.rename(folder.file("candidate"), to: folder.file("versions/000002"))
    #expect(try DurableDirectory.list(folder.file("versions")) == ["000001", "000002"])
  }

  @Test func rename_whenReplacing_takesTheName() throws {
    let folder = Folder()
    folder.put("a", "new")
    folder.put("b", "old")
    try DurableDirectory.rename(folder.file("a"), to: folder.file("b"), replacing: true)
    #expect(folder.names == ["b"] && folder.text("b") == "new")
  }

  @Test func swapSymlink_isNeverMissing_andLeavesNothing() throws {
    let folder = Folder()
    let link = folder.file("current")
    #expect(try DurableDirectory.target(ofLink: link) == nil)
    for version in ["versions/000001", "versions/000002"] {
      try DurableDirectory.swapSymlink(at: link, to: version)
      #expect(try DurableDirectory.target(ofLink: link) == version)
    }
    #expect(folder.names == ["current"])
  }

  @Test func swapSymlink_overADirectory_failsAndLeavesNothing() throws {
    let folder = Folder()
    try DurableDirectory.make(folder.file("current"))
    let error = failure { () throws(PlatformError) in
      try DurableDirectory.swapSymlink(at: folder.file("current"), to: "x")
    }
    #expect(error?.code == .isADirectory && folder.names == ["current"])
    let notALink = failure { () throws(PlatformError) in _ = try DurableDirectory.target(ofLink: folder.file("current"))
    }
    #expect(notALink?.code == .invalidArgument)
  }

  @Test func removeFile_saysWhetherThereWasOne() throws {
    let folder = Folder()
    folder.put("a", "x")
    #expect(try DurableDirectory.removeFile(folder.file("a")))
    #expect(try !DurableDirectory.removeFile(folder.file("a")))
  }

  @Test func removeTree_doesNotFollowLinks() throws {
    let (folder, other) = (Folder(), Folder())
    other.put("precious", "kept")
    try DurableDirectory.make(folder.file("t/deep/er"), parents: true)
    folder.put("t/deep/file", "x")
    symlink(other.path, folder.file("t/deep/link"))
    symlink(other.path, folder.file("link"))
    #expect(try DurableDirectory.removeTree(folder.file("t")))
    #expect(try DurableDirectory.removeTree(folder.file("link")))
    #expect(try !DurableDirectory.removeTree(folder.file("t")))
    #expect(folder.names.isEmpty && other.text("precious") == "kept")
  }

  @Test func removeTree_ofADeeperTreeThanAllowed_isRefused() throws {
    let folder = Folder()
    let deep = (0..<66).map { _ in "d" }.joined(separator: "/")
    try DurableDirectory.make(folder.file(deep), parents: true)
    let error = failure { () throws(PlatformError) in try DurableDirectory.removeTree(folder.path) }
    #expect(error?.code == .tooManyLinks)
    // From below, both parts are within the limit.
    try DurableDirectory.removeTree(folder.file((0..<10).map { _ in "d" }.joined(separator: "/")))
  }

  @Test func names_areSortedByBytes_alsoThoseThatAreNoText() throws {
    let folder = Folder()
    for name in ["b", "B", "é", "a"] { folder.put(name, "x") }
    let strange: [CChar] = folder.path.utf8CString.dropLast() + [47, -1, 0]
    close(open(strange, O_CREAT | O_WRONLY, 0o644))
    #expect(folder.names == ["B", "a", "b", "é"])
    #expect(try DurableDirectory.fileNames(folder.path).last == FileName(bytes: [0xff]))
    #expect(try DurableDirectory.removeTree(folder.path))
  }

  @Test func sweep_removesOnlyTemporaries() throws {
    let folder = Folder()
    folder.put("a", "x")
    folder.put(".hidden", "x")
    folder.put(".hamud-tmp-0123", "left by a crash")
    #expect(try DurableDirectory.sweep(folder.path) == 1)
    #expect(folder.names == [".hidden", "a"])
  }

  @Test func path_withAZeroInside_isRefused() {
    let error = failure { () throws(PlatformError) in try DurableDirectory.sync("/tmp\0/x") }
    #expect(error?.code == .invalidArgument)
  }

  @Test func freeSpace_isAShareOfTheWhole() async throws {
    let space = try FreeSpace.at("/tmp")
    #expect(space.totalBytes > 0 && (0...1).contains(space.share))
    let folder = Folder()
    let place = folder.path
    let small = await withMount("tmpfs", at: place, options: "size=1m") { try? FreeSpace.at(place) }
    if let small { #expect(small?.totalBytes == 1 << 20 && small?.share == 1) }
  }
}
