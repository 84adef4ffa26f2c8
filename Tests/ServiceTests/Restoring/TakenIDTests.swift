import Ledger
import Platform
import Requests
import Service
import Testing

/// Ids of requests that an older ledger does not know.
@Suite(.timeLimit(.minutes(20))) struct TakenIDTests {
  /// Whoever took one would have its receipt, and nobody would find the lost request.
  @Test func idOfALostRequest_isTaken_butByItself() async throws {
    let road = try await Road.servedSinceACopy()
    try road.bringLedgerBack()
    let receipt = try DataFile.read(road.places.receipt("two"), limit: Limits.documentBytes)
    let house = try await Household(road)
    await house.witness.wait(for: .modelLoaded)
    let other = manifest("two", "subjects: [s-9]", "priority: urgent")
    let refusal = await house.refusal(.submit(name: "other.yaml", text: other))
    #expect(try Receipt.parse(Array(try #require(refusal?.receipt).text.utf8)).reason == .idTaken)
    try await house.drop("two.yaml", other)
    await house.witness.wait(for: .requestRefused, 2)
    #expect(try DataFile.read(road.places.receipt("two"), limit: Limits.documentBytes) == receipt)
    // The same manifest may come again, from its submitter's records.
    #expect(try await house.submit(manifest("two", "subjects: [s-7]", "priority: urgent")).state == .accepted)
    #expect(try DataFile.read(road.places.receipt("two"), limit: Limits.documentBytes) == receipt)
    try await house.call(.recover(signsOff: false, dryRun: false))
    try await house.call(.flush(model: nil, dryRun: false))
    for id in ["two", "three"] { #expect(try await house.settled(id).state == .forgotten) }
    #expect(try house.ledger.forgottenRows(of: Road.model).count == 12 * 2 + 1)
    // And now it is one as any other.
    #expect(await house.refusal(.submit(name: "other.yaml", text: other))?.code == .rejected)
    try await house.stop()
  }

  /// The receipt that says `cancelled` is of its first acceptance, and of the second nobody cancelled anything: also where the clock was
  /// set back in between, and the second seems to be the earlier one.
  @Test(arguments: [Duration.seconds(3600), .seconds(-1800)])
  func cancelledRequest_thatIsHandedInAgain_isServed(_ jump: Duration) async throws {
    let (road, clock) = (try Road(), HandClock())
    let house = try await Household(road, clocks: clock.clocks)
    await house.witness.wait(for: .modelLoaded)
    try await house.stop()
    try road.copyLedger()
    clock.pass(.seconds(3600))
    let text = manifest("one", "subjects: [s-3]")
    let later = try await Household(road, clocks: clock.clocks)
    try await later.submit(text)
    try await later.call(.cancel(id: "one", dryRun: false))
    try await later.stop()
    try road.bringLedgerBack()
    clock.jump(jump)
    let restored = try await Household(road, clocks: clock.clocks)
    await restored.witness.wait(for: .modelLoaded)
    #expect(restored.witness.events(.restoredBackup).count == 1)
    #expect(try await restored.submit(text).state == .accepted)
    await restored.quiet()
    #expect(try road.receipt("one").state == .cancelled)
    let answer = try await restored.call(.recover(signsOff: false, dryRun: false))
    #expect(answer["cancelled"] == nil)
    #expect(try road.receipt("one").state == .accepted)
    try await restored.call(.flush(model: nil, dryRun: false))
    #expect(try await restored.settled("one").state == .forgotten)
    try await restored.stop()
  }
}
