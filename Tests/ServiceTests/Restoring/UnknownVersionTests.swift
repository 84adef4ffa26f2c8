import Ledger
import Platform
import Requests
import Service
import Testing

/// What is served after an older ledger was brought back: a version that the ledger does not know.
@Suite(.timeLimit(.minutes(20))) struct UnknownVersionTests {
  /// It is in no list and under no retention: it goes with the last debt, also where no run makes anything new.
  @Test func unknownVersion_goesWithTheLastDebt_alsoWithoutARunThatPublishes() async throws {
    let road = try await Road.servedSinceACopy()
    try road.bringLedgerBack()
    // Any accuracy will do: so there is nothing to forget.
    try road.configure(Road.usual + "\ntarget: {forget_accuracy: 1}")
    let house = try await Household(road)
    await house.witness.wait(for: .modelLoaded)
    try await house.call(.recover(signsOff: false, dryRun: false))
    for id in ["two", "three"] {
      let receipt = try await house.settled(id)
      #expect(receipt.state == .forgotten && receipt.reason == .nothingToForget)
    }
    await house.quiet()
    #expect(try road.current() == "versions/000002" && road.versions == [1, 2])
    try await house.stop()
    let report = try Verifier(places: road.places, model: nil).run()
    #expect(report.code == .success, "\(report.json.text)")
  }
}
