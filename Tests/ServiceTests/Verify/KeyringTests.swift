import Ledger
import Platform
import Service
import Testing

@Suite struct KeyringTests {
  private let road: Road
  private let ledger: Ledger

  init() throws {
    road = try Road()
    ledger = try Ledger(path: road.places.ledger)
  }

  private func open(_ environment: [String: String] = [:], _ other: Ledger? = nil) throws -> Keyring {
    try Keyring.open(road.places, other ?? ledger, environment: { environment[$0] }, at: WallClock.now)
  }

  /// The key is moved away, and the next start makes another.
  private func rotated() throws -> VerifyingKey {
    try DurableDirectory.removeFile(road.places.signingKey)
    return try open().key.verifying
  }

  /// What stands in the place of a ledger that was lost.
  private func emptyLedger(_ name: String = "anew.sqlite") throws -> Ledger {
    try Ledger(path: Paths.join(road.root, name))
  }

  private func notes(_ ledger: Ledger) throws -> Int { try ledger.auditEntries().count { $0.kind == "signing_key" } }

  private var published: [VerifyingKey] {
    get throws {
      let bytes = try DataFile.read(road.places.publicKeys, limit: 10_000)
      return VerifyingKey.list(pem: String(decoding: bytes, as: UTF8.self)) ?? []
    }
  }

  @Test func firstStart_makesAKeyThatOnlyItsUserReads_andItsPublicHalfForEverybody() throws {
    let first = try open()
    #expect(first.before == nil && !first.isAsBefore)
    #expect(try FileStatus.of(road.places.signingKey).mode == 0o600)
    #expect(try FileStatus.of(road.places.publicKeys).mode == 0o644)
    #expect(try published == [first.key.verifying])
    let again = try open()
    #expect(again.isAsBefore && again.key.verifying == first.key.verifying)
  }

  @Test func credential_comesFirst_andTheOldKeyStaysKnown() throws {
    let old = try open().key.verifying
    let directory = Paths.join(road.root, "credentials")
    try DurableDirectory.make(directory)
    // systemd hands a credential over with rights of its own, through ACLs.
    let given = try SigningKey.make()
    try DurableFile.publish(
      given.pem, to: Paths.join(directory, Keyring.credential), attributes: FileAttributes(mode: 0o440))
    let rotated = try open(["CREDENTIALS_DIRECTORY": directory])
    #expect(rotated.before == old.id && rotated.key.verifying == given.verifying)
    #expect(try published == [given.verifying, old])
    // Without one of that name in it, the file below the state directory is the key.
    #expect(try open(["CREDENTIALS_DIRECTORY": road.root]).key.verifying == old)
    #expect(try published == [old, given.verifying])
  }

  @Test func publicKeys_whenTheFileIsGoneOrDamaged_areWrittenAnew() throws {
    let old = try open().key.verifying
    try DurableDirectory.removeFile(road.places.signingKey)
    let new = try open().key.verifying
    #expect(try published == [new, old])
    try DurableDirectory.removeFile(road.places.publicKeys)
    _ = try open()
    #expect(try published == [new, old])
    try DurableFile.publish("nonsense", to: road.places.publicKeys)
    _ = try open()
    #expect(try published == [new, old])
  }

  @Test func lostLedger_losesNoPublicKey() throws {
    let (first, second, third) = (try open().key.verifying, try rotated(), try rotated())
    let anew = try emptyLedger()
    let opened = try open([:], anew)
    #expect(opened.key.verifying == third && opened.before == nil && !opened.isAsBefore)
    #expect(try published == [third, second, first] && anew.signingKeys() == [third, second, first])
    #expect(try open([:], anew).isAsBefore)
    #expect(try notes(anew) == 3 && published == [third, second, first])
    // Also where the key went with it: what it signed stays valid.
    try DurableDirectory.removeFile(road.places.signingKey)
    let again = try emptyLedger("again.sqlite")
    let fourth = try open([:], again).key.verifying
    #expect(try published == [fourth, third, second, first] && again.signingKeys() == published)
    let whole = try again.verifyContents()
    #expect(whole.audit.isWhole && whole.problems == [])
  }

  @Test func olderLedger_losesNoPublicKey() throws {
    let (first, second, third) = (try open().key.verifying, try rotated(), try rotated())
    let older = try emptyLedger()
    try older.noteSigningKey(first, at: WallClock.now)
    #expect(try open([:], older).before == first.id)
    #expect(try published == [third, second, first] && older.signingKeys() == published)
    // One that knows the key in use, and not those before it: it is the same key as before.
    let other = try emptyLedger("other.sqlite")
    try other.noteSigningKey(third, at: WallClock.now)
    #expect(try open([:], other).isAsBefore)
    #expect(try published == [third, second, first] && other.signingKeys() == published)
    #expect(try open([:], other).isAsBefore && notes(other) == 4)
  }

  @Test func firstStart_whenEndedBeforeTheLedgerNamesTheKey_notesItOnce() throws {
    let key = try open().key.verifying
    let anew = try emptyLedger()
    let opened = try open([:], anew)
    #expect(opened.before == nil && opened.key.verifying == key)
    #expect(try published == [key] && anew.signingKeys() == [key] && notes(anew) == 1)
  }

  @Test func publicKeys_thatCannotBeRead_areNotOverwritten_whereTheLedgerNamesNone() throws {
    let key = try open().key.verifying
    let large = String(repeating: "#", count: 1 << 20) + "\n" + key.pem
    try DurableFile.publish(large, to: road.places.publicKeys)
    let anew = try emptyLedger()
    let error = #expect(throws: PlatformError.self) { try open([:], anew) }
    #expect(error?.description.contains("move it away") == true)
    #expect(try FileStatus.of(road.places.publicKeys).size == large.utf8.count && anew.signingKeys() == [])
    // Where the ledger names them it is only a copy.
    _ = try open()
    #expect(try published == [key])
    try DurableDirectory.removeFile(road.places.publicKeys)
    try DurableDirectory.make(road.places.publicKeys)
    #expect(throws: PlatformError.self) { try open([:], anew) }
    try DurableDirectory.removeTree(road.places.publicKeys)
    #expect(try open([:], anew).key.verifying == key)
  }

  @Test func aKeyThatCannotBeUsed_isNotReplaced() throws {
    _ = try open()
    try Permissions.setMode(0o644, of: road.places.signingKey)
    #expect(throws: PlatformError.self) { try open() }
    try Permissions.setMode(0o600, of: road.places.signingKey)
    try DurableFile.publish("no key", to: road.places.signingKey, attributes: FileAttributes(mode: 0o600))
    #expect(throws: PlatformError.self) { try open() }
    #expect(try ledger.signingKeys().count == 1)
  }
}
