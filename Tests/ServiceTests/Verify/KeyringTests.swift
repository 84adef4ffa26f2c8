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

  private func open(_ environment: [String: String] = [:]) throws -> Keyring {
    try Keyring.open(road.places, ledger, environment: { environment[$0] }, at: WallClock.now)
  }

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
