import Ledger
import Platform
import Requests
import Testing

@Suite struct OpeningTests {
  /// This build's format.
  private let now = LedgerSchema.current.format

  @Test func open_whenNothingIsThere_makesALedgerWithItsRights() throws {
    let bench = try Bench()
    try bench.accept("a", Bench.Wish(1))
    for name in ["ledger.sqlite", "ledger.sqlite-wal", "ledger.sqlite-shm"] {
      let status = try #require(try FileStatus.ifPresent(bench.folder.file(name)))
      #expect(status.mode == 0o640, "\(name)")
    }
  }

  @Test func close_always_keepsTheFilesThatReadersNeed() throws {
    let bench = try Bench()
    try bench.accept("a", Bench.Wish(1))
    try bench.ledger.close()
    #expect(try FileStatus.ifPresent(bench.folder.file("ledger.sqlite-wal")) != nil)
    #expect(try FileStatus.ifPresent(bench.folder.file("ledger.sqlite-shm")) != nil)
    let reader = try Ledger(readOnly: bench.path)
    #expect(try reader.request(try Bench.id("a"))?.state == .accepted)
  }

  @Test func reader_whileADaemonWrites_seesWhatWasCommittedLast() throws {
    let bench = try Bench()
    let reader = try Ledger(readOnly: bench.path)
    #expect(try reader.requests(RequestFilter()).isEmpty)
    try bench.accept("a", Bench.Wish(1))
    #expect(try reader.requests(RequestFilter()).map(\.id.text) == ["a"])
    #expect(throws: LedgerError.readOnly) { try reader.cancel(try Bench.id("a"), by: nil, at: bench.now) }
  }

  @Test func reader_whenThereIsNoLedger_saysSo() throws {
    let path = try Folder().file("ledger.sqlite")
    #expect(throws: LedgerError.missing(path: path)) { try Ledger(readOnly: path) }
  }

  /// What a process leaves that ends while it makes the ledger: SQLite's journal of a file that was empty before.
  @Test func open_whenItsMakingWasInterrupted_makesIt() throws {
    let folder = try Folder()
    let path = folder.file("ledger.sqlite")
    try DurableFile.publish([UInt8](repeating: 0, count: 4096), to: path)
    let magic: [UInt8] = [0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7]
    // No records, a nonce, no pages before, sectors of 512 bytes, pages of 4096.
    let numbers: [UInt8] = [0, 0, 0, 0, 1, 2, 3, 4, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 16, 0]
    let header = magic + numbers
    try DurableFile.publish(header + [UInt8](repeating: 0, count: 512 - header.count), to: path + "-journal")
    let ledger = try Ledger(path: path)
    #expect(try ledger.requests(RequestFilter()).isEmpty)
    try ledger.close()
  }

  @Test func open_whenTheFileIsNoDatabase_refusesAndLeavesIt() throws {
    let folder = try Folder()
    let path = folder.file("ledger.sqlite")
    let text = String(repeating: "not a database at all. ", count: 100)
    try DurableFile.publish(text, to: path)
    #expect(throws: LedgerError.notALedger(path: path)) { try Ledger(path: path) }
    #expect(try DataFile(path: path).sha256() == SHA256Digest.of(text))
  }

  @Test func open_whenTheFileIsAnotherDatabase_refusesIt() throws {
    let bench = try Bench()
    try bench.tamper("PRAGMA application_id = 7")
    #expect(throws: LedgerError.notALedger(path: bench.path)) { try Ledger(path: bench.path) }
  }

  @Test func open_whenTheFormatIsNewer_refusesIt() throws {
    let bench = try Bench()
    try bench.tamper("SELECT 1")
    let refusal = LedgerError.newerFormat(path: bench.path, found: now + 1, supported: now)
    #expect(throws: refusal) { try Ledger(path: bench.path) }
    #expect(throws: refusal) { try Ledger(readOnly: bench.path) }
  }

  @Test func open_whenTheFormatIsOlder_copiesThenMigrates() throws {
    let bench = try Bench()
    try bench.accept("a", Bench.Wish(1))
    try bench.ledger.close()
    let newer = LedgerSchema(
      format: now + 2,
      migrations: [now: "CREATE TABLE second (x INTEGER) STRICT", now + 1: "INSERT INTO second VALUES (7)"])
    #expect(throws: LedgerError.olderFormat(path: bench.path, found: now, supported: now + 2)) {
      try Ledger(readOnly: bench.path, schema: newer)
    }
    let migrated = try Ledger(path: bench.path, schema: newer)
    #expect(try migrated.request(try Bench.id("a"))?.state == .accepted)
    // The copy is a ledger of the older format, whole without any other file.
    let copy = bench.folder.file("ledger.sqlite.before-\(now + 2)")
    #expect(try FileStatus.of(copy).mode == 0o640)
    #expect(try Ledger(path: copy).request(try Bench.id("a"))?.state == .accepted)
  }

  @Test func migration_thatFails_leavesTheOlderLedger() throws {
    let bench = try Bench()
    try bench.accept("a", Bench.Wish(1))
    try bench.ledger.close()
    let broken = LedgerSchema(
      format: now + 1, migrations: [now: "DELETE FROM manifests; INSERT INTO nowhere VALUES (1)"])
    #expect(throws: LedgerError.self) { try Ledger(path: bench.path, schema: broken) }
    let ledger = try Ledger(path: bench.path)
    #expect(try ledger.manifest(of: try Bench.id("a")) != nil)
    // Tried again, the copy of the first try is in nobody's way.
    let mended = LedgerSchema(format: now + 1, migrations: [now: "SELECT 1"])
    try ledger.close()
    #expect(try Ledger(path: bench.path, schema: mended).request(try Bench.id("a")) != nil)
  }

  @Test func open_whenNothingLeadsFromTheOlderFormat_saysSo() throws {
    let bench = try Bench()
    try bench.ledger.close()
    let distant = LedgerSchema(format: 9, migrations: [8: "SELECT 1"])
    #expect(throws: LedgerError.tooOld(path: bench.path, found: now, supported: 9)) {
      try Ledger(path: bench.path, schema: distant)
    }
  }

  @Test func open_whenTheProcessDied_findsEveryCommit() throws {
    let bench = try Bench()
    let before = bench.ledger
    try bench.accept("a", Bench.Wish(1))
    // The files as a power cut leaves them: copied while the ledger is open, its log not yet moved.
    for name in ["ledger.sqlite", "ledger.sqlite-wal"] {
      try DurableFile.copy(try DataFile(path: bench.folder.file(name)), to: bench.folder.file("copy-" + name))
    }
    try DurableDirectory.rename(
      bench.folder.file("copy-ledger.sqlite-wal"), to: bench.folder.file("copy-ledger.sqlite-wal-"))
    try DurableDirectory.rename(bench.folder.file("copy-ledger.sqlite"), to: bench.folder.file("copy"))
    try DurableDirectory.rename(bench.folder.file("copy-ledger.sqlite-wal-"), to: bench.folder.file("copy-wal"))
    let copy = try Ledger(path: bench.folder.file("copy"))
    #expect(try copy.request(try Bench.id("a"))?.state == .accepted)
    #expect(try copy.verifyAudit().isWhole)
    withExtendedLifetime(before) {}
  }
}
