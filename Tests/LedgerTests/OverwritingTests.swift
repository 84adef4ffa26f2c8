import GRDB
import Ledger
import Platform
import Testing

/// What is deleted is gone from every file of the ledger: at once, or as soon as nobody reads an older state any more.
@Suite struct OverwritingTests {
  private static let word = Array("PLANTEDNAME".utf8)

  private let bench: Bench

  init() throws {
    bench = try Bench()
    var wish = Bench.Wish(1)
    wish.more = "reason: PLANTEDNAME\n"
    try bench.accept("a", wish)
    try bench.ledger.cancel(try Bench.id("a"), by: nil, at: bench.now)
  }

  /// Its manifest ends while somebody reads what was committed before; returns whether the word was in a file then.
  private func expireBesideAReader() throws -> Bool {
    var configuration = Configuration()
    configuration.readonly = true
    let reader = try DatabaseQueue(path: bench.path, configuration: configuration)
    let seen = try reader.read { session in
      _ = try Int.fetchOne(session, sql: "SELECT count(*) FROM manifests")
      try bench.ledger.expireManifests([try Bench.id("a")], at: bench.now)
      return try isThere()
    }
    try reader.close()
    return seen
  }

  private func isThere() throws -> Bool {
    try ["ledger.sqlite", "ledger.sqlite-wal"].contains { name in
      let bytes = try DataFile.read(bench.folder.file(name), limit: 1 << 24)
      return bytes.indices.contains { bytes[$0] == Self.word[0] && bytes[$0...].starts(with: Self.word) }
    }
  }

  @Test func whatAReaderStillNeeds_goesWithTheNextCall() throws {
    #expect(try expireBesideAReader())
    #expect(try isThere())
    try bench.ledger.overwriteDropped()
    #expect(try !isThere())
  }

  @Test func whatACrashLeft_goesAfterTheStart() throws {
    #expect(try expireBesideAReader())
    try bench.crash()
    #expect(try isThere())
    try bench.ledger.overwriteDropped()
    #expect(try !isThere())
  }
}
