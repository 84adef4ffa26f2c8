import Glibc
import Platform
import Synchronization
import Testing

@Suite struct DropFileTests {
  private func refusal(_ folder: Folder, _ name: FileName, limit: Int = 100) -> DropRefusal? {
    do {
      _ = try DropFile.read(directory: folder.path, name: name, limit: limit)
      return nil
    } catch {
      return error
    }
  }

  @Test func read_givesBytesAndWhoDroppedThem() throws {
    let folder = Folder()
    folder.put("a.yaml", "hamud: 1\n")
    let dropped = try DropFile.read(directory: folder.path, name: "a.yaml", limit: 100)
    #expect(dropped.bytes == Array("hamud: 1\n".utf8))
    #expect(dropped.owner == Accounts.effectiveUser && dropped.size == 9)
    #expect(dropped.identity.file == (try DataFile.identity(of: folder.file("a.yaml"))))
    #expect(dropped.modified <= WallClock.now)
  }

  @Test func read_atTheLimit_andOnePastIt() {
    let folder = Folder()
    folder.put("a", [UInt8](repeating: 1, count: 100))
    #expect(refusal(folder, "a") == nil)
    folder.put("a", [UInt8](repeating: 1, count: 101))
    #expect(refusal(folder, "a")?.reason == .tooLarge(size: 101))
    #expect(refusal(folder, "a")?.status?.owner == Accounts.effectiveUser)
  }

  @Test func read_ofAnEmptyFile_isWhole() throws {
    let folder = Folder()
    folder.put("a", [UInt8]())
    #expect(try DropFile.read(directory: folder.path, name: "a", limit: 0).bytes.isEmpty)
  }

  @Test func symbolicLink_isNotFollowed() {
    let folder = Folder()
    folder.put("secret", "s")
    symlink("secret", folder.file("a"))
    symlink("nowhere", folder.file("b"))
    #expect(refusal(folder, "a")?.reason == .notAFile)
    #expect(refusal(folder, "a")?.status?.kind == .symbolicLink)
    #expect(refusal(folder, "b")?.reason == .notAFile)
  }

  @Test func hardLink_isRefused() {
    let folder = Folder()
    folder.put("a", "x")
    link(folder.file("a"), folder.file("b"))
    #expect(refusal(folder, "b")?.reason == .linked)
  }

  @Test func fifoSocketDirectoryAndDevice_areRefusedWithoutWaiting() {
    let folder = Folder()
    mkfifo(folder.file("fifo"), 0o644)
    mkdir(folder.file("directory"), 0o755)
    mknod(folder.file("device"), S_IFCHR | 0o666, dev_t(1 << 8 | 3))
    #expect(refusal(folder, "fifo")?.reason == .notAFile)
    #expect(refusal(folder, "directory")?.reason == .notAFile)
    if (try? FileStatus.of(folder.file("device"))) != nil {
      #expect(refusal(folder, "device")?.reason == .notAFile)
    }
    let socket = try? ControlSocket(path: folder.file("socket"))
    #expect(refusal(folder, "socket")?.reason == .notAFile)
    socket?.close()
  }

  @Test func unreadableFile_isLeftWithItsReason() async {
    let folder = Folder()
    folder.put("a", "x")
    mkdir(folder.file("d"), 0o700)
    chmod(folder.file("a"), 0o600)
    let reasons = await asUser(64_001) { [refusal(folder, "a")?.reason, refusal(folder, "d")?.reason] }
    guard let reasons else { return }
    #expect(reasons == [.unreadable(.accessDenied), .notAFile])
  }

  @Test func vanishedFile_isSaidToBe() {
    #expect(refusal(Folder(), "a")?.reason == .vanished)
  }

  @Test(arguments: ["", ".", "..", "../a", "a/b", "a\0b"])
  func name_thatIsNotOne_neverReachesTheKernel(name: String) {
    let folder = Folder()
    guard case .trouble(let error) = refusal(folder, FileName(name))?.reason else {
      Issue.record("read \(name)")
      return
    }
    #expect(error.code == .invalidArgument)
  }

  @Test func name_thatIsNoText_isReadAllTheSame() throws {
    let folder = Folder()
    let path: [CChar] = folder.path.utf8CString.dropLast() + [47, -1, 0]
    close(open(path, O_CREAT | O_WRONLY, 0o644))
    let name = FileName(bytes: [0xff])
    #expect(try DropFile.read(directory: folder.path, name: name, limit: 10).bytes.isEmpty)
    #expect(try DropFile.look(directory: folder.path, name: name)?.size == 0)
  }

  @Test func fileThatGrowsWhileItIsRead_isNeverTakenHalf() async throws {
    let folder = Folder()
    let path = folder.put("a", [UInt8](repeating: 1, count: 200_000))
    let isDone = Atomic(false)
    async let writer: Void = try ComputeThread.run(name: "writer") {
      let descriptor = open(path, O_WRONLY | O_APPEND)
      while !isDone.load(ordering: .relaxed) { _ = write(descriptor, "y", 1) }
      close(descriptor)
    }
    for _ in 0..<50 {
      do {
        let dropped = try DropFile.read(directory: folder.path, name: "a", limit: 10 << 20)
        #expect(dropped.bytes.count == dropped.size)
      } catch {
        #expect(error.reason == .changing)
      }
    }
    isDone.store(true, ordering: .relaxed)
    try await writer
  }

  @Test func messages_carryNoName() {
    let folder = Folder()
    guard case .trouble(let error) = refusal(folder, "jane/doe.yaml")?.reason else {
      Issue.record("no trouble")
      return
    }
    #expect(!error.description.contains("jane"))
  }

  @Test func look_describesWithoutOpening() throws {
    let folder = Folder()
    mkfifo(folder.file("fifo"), 0o644)
    #expect(try DropFile.look(directory: folder.path, name: "fifo")?.kind == .fifo)
    #expect(try DropFile.look(directory: folder.path, name: "none") == nil)
    let error = failure { () throws(PlatformError) in
      _ = try DropFile.look(directory: folder.file("no"), name: "jane.yaml")
    }
    #expect(error == nil || error?.description.contains("jane") == false)
  }
}
