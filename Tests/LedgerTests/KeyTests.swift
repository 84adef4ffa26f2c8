import Ledger
import Platform
import Testing

@Suite struct KeyTests {
  @Test func signingKeys_whenRotated_keepTheOldOnes_theOneInUseFirst() throws {
    let bench = try Bench()
    let (one, other) = (try SigningKey.make().verifying, try SigningKey.make().verifying)
    #expect(try bench.ledger.signingKeys() == [])
    #expect(try bench.ledger.noteSigningKey(one, at: bench.now))
    #expect(try !bench.ledger.noteSigningKey(one, at: bench.now))
    #expect(try bench.ledger.noteSigningKey(other, at: bench.now))
    #expect(try bench.ledger.signingKeys() == [other, one])
    // One that comes back is noted again, and stands once.
    #expect(try bench.ledger.noteSigningKey(one, at: bench.now))
    #expect(try bench.ledger.signingKeys() == [one, other])
    let whole = try bench.ledger.verifyContents()
    #expect(whole.audit.isWhole && whole.problems == [])
  }

  @Test func keysThatALostLedgerLacks_areNotedBeforeTheOneInUse_oldestFirst() throws {
    let bench = try Bench()
    let keys = try (0..<4).map { _ in try SigningKey.make().verifying }
    // The one in use is none of the older ones, whatever lists it.
    #expect(try bench.ledger.noteSigningKey(keys[1], after: [keys[1], keys[0]], at: bench.now))
    #expect(try bench.ledger.signingKeys() == [keys[1], keys[0]])
    #expect(try !bench.ledger.noteSigningKey(keys[1], after: [keys[1], keys[0]], at: bench.now))
    #expect(try bench.ledger.auditEntries().count { $0.kind == "signing_key" } == 2)
    // Those that it knows are not noted again; the one in use is, so that it stays the last.
    #expect(try bench.ledger.noteSigningKey(keys[1], after: [keys[3], keys[1], keys[2], keys[0]], at: bench.now))
    #expect(try bench.ledger.signingKeys() == [keys[1], keys[3], keys[2], keys[0]])
    #expect(try bench.ledger.auditEntries().count { $0.kind == "signing_key" } == 5)
    let whole = try bench.ledger.verifyContents()
    #expect(whole.audit.isWhole && whole.problems == [])
  }

  @Test func changedSinceSigning_areThoseWhoseLastChangeCameAfterTheFirstKey() throws {
    let bench = try Bench()
    try bench.publish(try bench.run("before", Bench.Wish(1)))
    _ = try bench.accept("both", Bench.Wish(2))
    #expect(try bench.ledger.changedSinceSigning() == [])
    try bench.ledger.noteSigningKey(try SigningKey.make().verifying, at: bench.now)
    #expect(try bench.ledger.changedSinceSigning() == [])
    _ = try bench.accept("after", Bench.Wish(3))
    _ = try bench.schedule("both")
    #expect(try bench.ledger.changedSinceSigning() == [try Bench.id("after"), try Bench.id("both")])
  }
}
