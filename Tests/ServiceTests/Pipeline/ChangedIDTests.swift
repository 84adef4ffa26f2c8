import Ledger
import Requests
import Service
import Testing

/// Data whose rows and ids do not stay together.
@Suite(.timeLimit(.minutes(20))) struct ChangedIDTests {
  private let road: Road

  init() throws { road = try Road() }

  /// A row that was deleted, and ids that are numbers and were given anew: the forgotten row's id is another's now, who waits.
  @Test func idsThatWereGivenAnew_takeNoWaitingRowFromItsRequest() async throws {
    let house = try await Household(road)
    try await house.submit(manifest("one", "samples: [5]", "priority: urgent"))
    try await house.settled("one")
    try await house.submit(manifest("waits", "samples: [6]"))
    await house.quiet()
    try road.rearrange((0..<240).filter { $0 != 5 }, idsOf: Array(0..<239))
    await house.pipeline.look()
    await house.witness.wait(for: .dataChanged, 1)
    try await house.call(.rematch(model: Road.model, dryRun: false))
    #expect(try house.ledger.tombstones(of: Road.model).isEmpty)
    #expect(try await house.show("waits").state == .accepted)
    #expect(try house.ledger.rows(of: try #require(RequestID("waits"))) == RowSet([5]))
    // Nobody knows that row by what it holds when it was edited; whose id it has is settled.
    try road.rearrange((0..<240).filter { $0 != 5 }, idsOf: Array(0..<239), edited: 6)
    await house.pipeline.look()
    await house.witness.wait(for: .dataChanged, 2)
    try await house.call(.rematch(model: Road.model, dryRun: false))
    #expect(try house.ledger.tombstones(of: Road.model).isEmpty)
    #expect(try house.ledger.rows(of: try #require(RequestID("waits"))) == RowSet([5]))
    try await house.stop()
  }

  /// The tombstone knows it as it was forgotten, and the request that names it too as it is now.
  @Test func rowThatWasEdited_staysForgotten_whoeverElseNamesIt() async throws {
    let house = try await Household(road)
    try await house.submit(manifest("one", "samples: [7]", "priority: urgent"))
    try await house.settled("one")
    try await house.submit(manifest("waits", "samples: [7, 8]"))
    await house.quiet()
    for (time, rows) in [Array(0..<240), Array(0..<239)].enumerated() {
      try road.rearrange(rows, edited: 7)
      await house.pipeline.look()
      await house.witness.wait(for: .dataChanged, time + 1)
      try await house.call(.rematch(model: Road.model, dryRun: false))
      #expect(try house.ledger.forgottenRows(of: Road.model) == RowSet([7]))
      #expect(try house.ledger.rows(of: try #require(RequestID("waits"))) == RowSet([8]))
    }
    try await house.stop()
  }
}
