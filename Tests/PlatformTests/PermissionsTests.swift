import Glibc
import Platform
import Testing

@Suite struct PermissionsTests {
  private static let (alice, bob): (UInt32, UInt32) = (64_001, 64_002)

  @Test func publish_readableByOne_letsExactlyThatUserRead() async throws {
    let folder = Folder()
    let path = folder.file("receipt")
    let grant = try DurableFile.publish(
      "answer", to: path, attributes: FileAttributes(mode: 0o640, readableBy: PermissionsTests.alice))
    if case .notPossible(let code) = grant {
      print("SKIPPED: access lists (\(code))")
      return
    }
    #expect(grant == .granted)
    #expect(try FileStatus.of(path).mode == 0o640)
    let read: @Sendable () -> String? = { try? String(decoding: DataFile.read(path, limit: 99), as: UTF8.self) }
    guard let hers = await asUser(PermissionsTests.alice, read) else { return }
    #expect(hers == "answer")
    #expect(await asUser(PermissionsTests.bob, read) == .some(nil))
    // Reading is all that was granted.
    let writes: @Sendable () -> Bool = { Glibc.open(path, O_WRONLY) >= 0 }
    #expect(await asUser(PermissionsTests.alice, writes) == false)
  }

  @Test func publish_readableByItsOwner_needsNoList() throws {
    let folder = Folder()
    let grant = try DurableFile.publish(
      "x", to: folder.file("a"), attributes: FileAttributes(readableBy: Accounts.effectiveUser))
    #expect(grant == .notAsked)
  }

  @Test func grant_whereTheFileSystemHasNoLists_isReportedAndNotFatal() async throws {
    let folder = Folder()
    let place = folder.path
    // ramfs keeps no extended attributes.
    let outcome = await withMount("ramfs", at: place, options: "") { () -> (AccessGrant?, Bool) in
      let grant = try? DurableFile.publish(
        "x", to: Paths.join(place, "a"), attributes: FileAttributes(readableBy: PermissionsTests.alice))
      return (grant, (try? FileStatus.of(Paths.join(place, "a"))) != nil)
    }
    guard let outcome else { return }
    #expect(outcome.0 == .notPossible(.notSupported) && outcome.1)
  }

  @Test func grant_onAFileThatExists_addsToItsMode() async throws {
    let folder = Folder()
    let path = folder.put("a", "text")
    try Permissions.setMode(0o600, of: path)
    guard try Permissions.grantRead(of: path, to: PermissionsTests.bob) == .granted else { return }
    // The mask shows as the group's bits.
    #expect(try FileStatus.of(path).mode == 0o640)
    let bobs = await asUser(PermissionsTests.bob) { Permissions.mayRead(path) }
    if let bobs { #expect(bobs) }
  }

  @Test func owner_thatIsAlreadyRight_needsNoPrivilege() async throws {
    let folder = Folder()
    let path = folder.put("a", "text")
    let mine = try FileStatus.of(path)
    try Permissions.setOwner(mine.owner, group: mine.group, of: path)
    // Another user owns this one, may not give it away, and need not.
    chown(path, PermissionsTests.alice, PermissionsTests.alice)
    let refusal = await asUser(PermissionsTests.alice) { () -> [Errno?] in
      let same = failure { () throws(PlatformError) in
        try Permissions.setOwner(PermissionsTests.alice, group: PermissionsTests.alice, of: path)
      }
      let other = failure { () throws(PlatformError) in
        try Permissions.setOwner(PermissionsTests.bob, group: nil, of: path)
      }
      return [same?.code, other?.code]
    }
    if let refusal { #expect(refusal == [nil, .notPermitted]) }
  }

  @Test func rights_areThoseOfTheEffectiveUser() async {
    let folder = Folder()
    let path = folder.put("a", "text")
    chmod(path, 0o600)
    #expect(Permissions.mayRead(path) && Permissions.mayWrite(path) && Permissions.maySearch(folder.path))
    let others = await asUser(PermissionsTests.alice) { [Permissions.mayRead(path), Permissions.mayWrite(path)] }
    if let others { #expect(others == [false, false]) }
    #expect(!Permissions.mayRead(folder.file("none")))
  }
}
