import Glibc
import Platform
import Testing

@Suite struct DropRemovalTests {
  private func identity(_ folder: Folder, _ name: String) throws -> FileIdentity {
    try FileStatus.of(folder.file(name), followingLinks: false).identity
  }

  @Test func remove_whenItIsTheSame_leavesNothing() throws {
    let folder = Folder()
    folder.put("a.yaml", "x")
    let read = try identity(folder, "a.yaml")
    #expect(try DropFile.remove(directory: folder.path, name: "a.yaml", identity: read) == .removed)
    #expect(folder.names.isEmpty)
  }

  @Test func remove_whenTheContentIsAnotherByNow_leavesIt() throws {
    let folder = Folder()
    folder.put("a.yaml", "x")
    let read = try DropFile.read(directory: folder.path, name: "a.yaml", limit: 100)
    folder.put("a.yaml", "written over in place, and not read yet")
    #expect(try DropFile.remove(directory: folder.path, name: "a.yaml", identity: read.identity) == .replaced)
    #expect(folder.names == ["a.yaml"])
  }

  @Test func identity_keepsItsInodeFromBeingGivenAway() throws {
    let folder = Folder()
    folder.put("a.yaml", "1")
    let read = try DropFile.read(directory: folder.path, name: "a.yaml", limit: 100)
    for round in 0..<100 {
      unlink(folder.file("a.yaml"))
      folder.put("a.yaml", "\(round % 10)")
      #expect(try !identity(folder, "a.yaml").isSameFile(as: read.identity.file))
    }
  }

  @Test func remove_whenAnotherFileHasTheName_leavesIt() throws {
    let folder = Folder()
    folder.put("a.yaml", "old")
    let read = try identity(folder, "a.yaml")
    folder.put("new", "new")
    rename(folder.file("new"), folder.file("a.yaml"))
    #expect(try DropFile.remove(directory: folder.path, name: "a.yaml", identity: read) == .replaced)
    #expect(folder.text("a.yaml") == "new" && folder.names == ["a.yaml"])
  }

  @Test func remove_whenTheNameIsGone_saysSo() throws {
    let folder = Folder()
    folder.put("a", "x")
    let read = try identity(folder, "a")
    unlink(folder.file("a"))
    #expect(try DropFile.remove(directory: folder.path, name: "a", identity: read) == .vanished)
  }

  @Test func remove_ofWhatIsNoFile_removesTheThingItself() throws {
    let folder = Folder()
    folder.put("target", "kept")
    symlink("target", folder.file("link"))
    mkfifo(folder.file("fifo"), 0o644)
    mkdir(folder.file("empty"), 0o755)
    for name in ["link", "fifo", "empty"] {
      let seen = try identity(folder, name)
      #expect(try DropFile.remove(directory: folder.path, name: FileName(name), identity: seen) == .removed)
    }
    #expect(folder.names == ["target"] && folder.text("target") == "kept")
  }

  @Test func remove_ofADirectoryWithContent_isNotPossible() throws {
    let folder = Folder()
    try DurableDirectory.make(folder.file("d.yaml/inner"), parents: true)
    let seen = try identity(folder, "d.yaml")
    let removal = try DropFile.remove(directory: folder.path, name: "d.yaml", identity: seen)
    #expect(removal == .notPossible(.directoryNotEmpty))
  }

  @Test func remove_ofALongName_leavesRoomForIt() throws {
    let folder = Folder()
    let name = String(repeating: "n", count: 250) + ".yaml"
    folder.put(name, "x")
    let read = try identity(folder, name)
    #expect(try DropFile.remove(directory: folder.path, name: FileName(name), identity: read) == .removed)
  }

  @Test func remove_againstASubmitterWhoKeepsReplacing_losesNothingUnread() async throws {
    let (folder, aside) = (Folder(), Folder())
    let rounds = 2000
    async let submitter: Void = try ComputeThread.run(name: "submitter") {
      for round in 0..<rounds {
        aside.put("next", "\(round)")
        rename(aside.file("next"), folder.file("a.yaml"))
      }
    }
    var last = ""
    while last != "\(rounds - 1)" {
      // The submitter needs a thread to begin with.
      await Task.yield()
      guard let dropped = try? DropFile.read(directory: folder.path, name: "a.yaml", limit: 100) else { continue }
      last = String(decoding: dropped.bytes, as: UTF8.self)
      _ = try DropFile.remove(directory: folder.path, name: "a.yaml", identity: dropped.identity)
    }
    try await submitter
    // The last one dropped was seen: no removal took a file that had not been read.
    #expect(folder.names.isEmpty)
  }

  @Test func recover_afterACrash_finishesOrPutsBack() throws {
    let folder = Folder()
    folder.put("done", "was read")
    folder.put("other", "was not read")
    let read = try identity(folder, "done")
    let place = ".hamud-take-\(read.inode).\(read.mtimeNanoseconds).\(read.size)-00ff"
    mkdir(folder.file(place), 0o700)
    rename(folder.file("done"), folder.file(place + "/done"))
    rename(folder.file("other"), folder.file(place + "/other"))
    #expect(try DropFile.recover(directory: folder.path) == 1)
    #expect(folder.names == ["other"] && folder.text("other") == "was not read")
  }

  @Test func recover_leavesWhatASubmitterMade() throws {
    let folder = Folder()
    mkdir(folder.file(".hamud-take-notanumber"), 0o700)
    mkdir(folder.file(".hamud-take-1-x"), 0o700)
    chown(folder.file(".hamud-take-1-x"), 64_001, 64_001)
    guard try FileStatus.of(folder.file(".hamud-take-1-x")).owner == 64_001 else { return }
    #expect(try DropFile.recover(directory: folder.path) == 0)
    #expect(folder.names.count == 2)
  }

  @Test func recover_besideASubmitterWhoMakesAndRemovesSuchNames_neverFails() async throws {
    let folder = Folder()
    async let submitter: Void = try ComputeThread.run(name: "submitter") {
      let names = (0..<40).map { ".hamud-take-1.2.\($0)-ff" }
      for _ in 0..<300 {
        for name in names { folder.put(name, "x") }
        for name in names { unlink(folder.file(name)) }
      }
      folder.put("over", "")
    }
    while folder.text("over") == nil {
      #expect(try DropFile.recover(directory: folder.path) == 0)
      // The submitter needs a thread to begin with.
      await Task.yield()
    }
    try await submitter
  }

  @Test func recover_leavesWhatIsMounted_whoeverItSaysItBelongsTo() async {
    let folder = Folder()
    let place = folder.file(".hamud-take-1.2.3-ff")
    mkdir(place, 0o700)
    chown(place, 64_001, 64_001)
    let outcome = await withMount("tmpfs", at: place, options: "size=64k") { () -> [String]? in
      folder.put(".hamud-take-1.2.3-ff/theirs", "x")
      guard (try? DropFile.recover(directory: folder.path)) == 0 else { return nil }
      return folder.names
    }
    guard let outcome else { return }
    #expect(outcome == [".hamud-take-1.2.3-ff"])
  }
}
