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
}
