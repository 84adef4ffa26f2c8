import Ledger
import Platform
import Requests
import Testing

/// What is kept of a batch for a later look without its rows.
@Suite struct ImprintTests {
  private let bench: Bench

  init() throws { bench = try Bench() }

  /// A batch of its own, published with this imprint.
  @discardableResult
  private func publish(_ id: String, _ wish: Bench.Wish, _ imprint: [UInt8]) throws -> Int {
    let plan = try bench.run(id, wish)
    var publication = bench.publication(plan)
    publication.imprint = imprint
    _ = try bench.ledger.publish(publication, at: bench.now)
    return plan.batch
  }

  /// Where everything is when these rows are gone from the data.
  private func relocation(without gone: Set<Int>) throws -> Relocation {
    let found = try bench.ledger.markedTombstones(of: "m").compactMap { stone -> (Int64, Int)? in
      guard let row = stone.row, !gone.contains(row) else { return nil }
      return (stone.key, row)
    }
    return Relocation(
      model: "m", fingerprint: "{}", tombstones: Dictionary(uniqueKeysWithValues: found))
  }

  private func kept() throws -> [[UInt8]] { try bench.ledger.imprintsOfGoneRows(of: "m").map(\.bytes) }

  @Test func imprint_isAskedFor_onceARowIsGone() throws {
    let first = try publish("a", Bench.Wish(1...5), [1])
    try publish("b", Bench.Wish(6...9), [2])
    #expect(try kept().isEmpty)
    try bench.ledger.rematch(try relocation(without: [3]), at: bench.now)
    let found = try bench.ledger.imprintsOfGoneRows(of: "m")
    #expect(found.map(\.batch) == [first] && found.map(\.version) == [2] && found.map(\.bytes) == [[1]])
    #expect(try bench.ledger.verifyAudit().isWhole)
  }

  @Test func incomingModel_isAskedAboutRowsThatItsDataLack() throws {
    try publish("a", Bench.Wish(1...5), [1])
    let second = try publish("b", Bench.Wish(6...9), [2])
    let training = try relocation(without: [6, 7, 8, 9])
    #expect(try bench.ledger.imprints(goneFrom: training).map(\.batch) == [second])
    _ = try bench.ledger.importVersion(
      ImportedVersion(version: Bench.version(4, parent: 3), trainingData: training), at: bench.now)
    // All is settled, or waits to be forgotten again.
    #expect(try bench.ledger.imprints(goneFrom: try relocation(without: Set(0...9))).isEmpty)
    #expect(try kept().isEmpty)
  }

  @Test func rollback_takesBackWhatWasKept() throws {
    try publish("a", Bench.Wish(1...5), [1])
    _ = try bench.ledger.rollBack("m", to: 1, servesNow: true, by: nil, at: bench.now)
    let plan = try bench.run("b", Bench.Wish(6...9))
    var publication = Publication(
      batch: plan.batch, generation: plan.generation, version: Bench.version(3, parent: 1),
      endings: plan.requests.map { bench.ending($0) })
    publication.imprint = [2]
    _ = try bench.ledger.publish(publication, at: bench.now)
    try bench.ledger.rematch(try relocation(without: Set(1...9)), at: bench.now)
    #expect(try kept() == [[2]])
  }

  @Test func imprint_endsWithTheLastReceiptOfItsBatch() throws {
    for id in ["a", "b"] { try bench.accept(id, id == "a" ? Bench.Wish(1...5) : Bench.Wish(6...9)) }
    let plan = try bench.start(try bench.schedule("a", "b"))
    var publication = bench.publication(plan)
    publication.imprint = Array("PLANTEDIMPRINT".utf8)
    _ = try bench.ledger.publish(publication, at: bench.now)
    try bench.ledger.rematch(try relocation(without: Set(1...9)), at: bench.now)
    try bench.ledger.expireReceipts([try Bench.id("a")], at: bench.now)
    #expect(try kept().count == 1)
    try bench.ledger.expireReceipts([try Bench.id("b")], at: bench.now)
    #expect(try kept().isEmpty)
    try bench.ledger.close()
    // Overwritten, not only out of sight.
    let text = String(decoding: try DataFile.read(bench.path, limit: 1 << 24), as: UTF8.self)
    #expect(!text.contains("PLANTEDIMPRINT"))
  }

  @Test func ledgerOfTheSecondFormat_isBroughtUp() throws {
    let folder = try Folder()
    let path = folder.file("ledger.sqlite")
    let second = LedgerSchema(format: 2, migrations: LedgerSchema.current.migrations.filter { $0.key < 2 })
    let older = try Ledger(path: path, schema: second)
    _ = try older.ensureModel("m", at: WallClock.now)
    try older.close()
    let ledger = try Ledger(path: path)
    #expect(ledger.migratedFrom == 2)
    #expect(try ledger.imprintsOfGoneRows(of: "m").isEmpty)
    #expect(try ledger.verifyAudit().isWhole)
    try ledger.close()
  }
}
