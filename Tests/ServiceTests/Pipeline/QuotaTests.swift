import Ledger
import Platform
import Requests
import Service
import Testing

/// What one user may ask for in a day, and where the rest of it goes. Models are small and nothing runs.
@Suite(.timeLimit(.minutes(20))) struct QuotaTests {
  private let road: Road
  private let house: Household

  init() async throws {
    road = try Road()
    house = try await Household(road)
    await house.witness.wait(for: .modelLoaded)
  }

  @Test func quotas_sayWhenToComeBack() async throws {
    try DurableFile.publish("quotas: {requests_per_day: 3, rows_per_day: 20}\n", to: road.places.settingsFile)
    try await house.call(.reload)
    try await house.submit(manifest("a", "samples: [0-9]"))
    let large = await house.refusal(.submit(name: "b.yaml", text: manifest("b", "samples: [10-39]")))
    #expect(large?.code == .rejected)
    #expect(large?.message.contains("30 rows, at most 20 a day") == true)
    let rows = await house.refusal(.submit(name: "c.yaml", text: manifest("c", "samples: [10-29]")))
    #expect(rows?.message.contains("30 rows today, at most 20") == true)
    #expect(rows?.message.contains("hand it in again after 2") == true)
    #expect(try Receipt.parse(Array(try #require(rows?.receipt).text.utf8)).reason == .quota)
    try await house.submit(manifest("d", "samples: [1]"))
    try await house.submit(manifest("e", "samples: [1]"))
    let requests = await house.refusal(.submit(name: "f.yaml", text: manifest("f", "samples: [1]")))
    #expect(requests?.message.contains("4 requests today, at most 3") == true)
    try await house.stop()
  }

  @Test func requestOverTheDaysQuota_isRefusedBeforeItsRowsAreLookedFor() async throws {
    try DurableFile.publish("quotas: {requests_per_day: 1}\n", to: road.places.settingsFile)
    try await house.call(.reload)
    try await house.submit(manifest("a", "samples: [1]"))
    // That there is no such row only the data can tell.
    let refusal = await house.refusal(.submit(name: "b.yaml", text: manifest("b", "samples: [999]")))
    #expect(refusal?.message.contains("2 requests today, at most 1") == true)
    try await house.stop()
  }

  @Test func subordinateUsers_shareTheirOwnersQuotas_andKeepTheirNames() async throws {
    guard Accounts.effectiveUser == 0 else { return print("SKIPPED: files of several users (not root)") }
    let road = try Road()
    try DurableFile.publish("quotas: {requests_per_day: 2}\n", to: road.places.settingsFile)
    try DurableFile.publish("64001:164000:1000\n", to: road.source("subuid"))
    let users = SubordinateUsers(path: road.source("subuid"))
    let house = try await Household(road, subordinates: users)
    await house.witness.wait(for: .modelLoaded)
    for (index, owner) in [UInt32(164_000), 164_999, 64_001, 165_000].enumerated() {
      let name = FileName("r\(index).yaml")
      try road.drop(name, Array(manifest("r\(index)", "samples: [\(index)]").utf8), owner: owner)
      await house.pipeline.note(.movedIn(name))
      await house.quiet()
    }
    #expect(try road.receipt("r0").submittedBy == "164000" && road.receipt("r1").submittedBy == "164999")
    #expect(try road.rejected("r2").reason == .quota && road.receipt("r3").submittedBy == "165000")
    // Their refusals are one user's as well.
    for (index, owner) in [UInt32(164_000), 164_001, 164_002].enumerated() {
      try road.drop(FileName("bad-\(index).yaml"), Array("hamud: 2".utf8), owner: owner)
      await house.pipeline.note(.movedIn(FileName("bad-\(index).yaml")))
      await house.quiet()
    }
    #expect(house.witness.events(.requestRefused).count == 2)
    #expect(house.witness.events(.fileDeferred).map { $0.entry.message.contains("user 64001 has had") } == [true])
    try await house.stop()
    try await self.house.stop()
  }

  /// Too late to refuse it, but what else is asked for on the day of the look-up comes on top.
  @Test func rowsThatAreLookedUpLater_countForTheirSubmittersOwner_thatDay() async throws {
    let (road, clock) = (try Road(), HandClock())
    try DurableFile.publish("low_disk: 100%\n", to: road.places.settingsFile)
    try DurableFile.publish("64001:164000:1000\n", to: road.source("subuid"))
    let users = SubordinateUsers(path: road.source("subuid"))
    let house = try await Household(road, clocks: clock.clocks, looks: false, subordinates: users)
    try house.acceptUnresolved(
      manifest("late", "samples: [0-14]"), by: Submitter(uid: 164_000, name: "164000"), countedFor: 64_001,
      at: clock.wall)
    clock.pass(.seconds(86_400))
    await house.openModels()
    // One request a day: it was handed in the day before, and is not counted again.
    let quotas = Quotas(requestsPerDay: 1, rowsPerDay: 20)
    func refusal(_ uid: UInt32) throws -> AcceptRefusal? {
      try house.ledger.refusal(of: 6, by: uid, quotas: quotas, at: clock.wall)
    }
    #expect(try refusal(64_001) == nil)
    await house.pipeline.look()
    #expect(try house.record("late").summary.rows == 15)
    let rows = AcceptRefusal.rowQuota(rows: 6, asked: 21, allowed: 20, comeBackAt: clock.wall.endOfDay)
    #expect(try refusal(64_001) == rows)
    #expect(try refusal(164_000) == nil && refusal(64_002) == nil)
    try await house.stop()
    try await self.house.stop()
  }

  @Test func refusals_overTheDaysQuota_areNotNotedAndStayInTheSpool() async throws {
    try DurableFile.publish("quotas: {requests_per_day: 3}\n", to: road.places.settingsFile)
    try await house.call(.reload)
    for index in 0..<9 { try road.drop("bad-\(index).yaml", "hamud: \(index + 2)") }
    try road.drop("good.yaml", manifest("good", "samples: [1]"))
    for index in 0..<9 { await house.pipeline.note(.movedIn(FileName("bad-\(index).yaml"))) }
    await house.pipeline.note(.movedIn("good.yaml"))
    await house.witness.wait(for: .requestAccepted)
    await house.quiet()
    #expect(house.witness.events(.requestRefused).count == 3)
    #expect(house.witness.events(.fileDeferred).count == 1)
    #expect(try DurableDirectory.list(road.places.rejected).count == 6)
    #expect(try DurableDirectory.list(road.places.incoming).count == 6)
    #expect(try await house.call(.status)["left_alone"]?.integerValue == 6)
    // Over the socket too; and no restart makes it another day.
    let refused = await house.refusal(.submit(name: "bad.yaml", text: "hamud: 2"))
    #expect(refused?.code == .rejected && refused?.receipt == nil)
    #expect(refused?.message.contains("hand it in again from") == true)
    try await house.stop()
    let again = try await Household(road)
    await again.witness.wait(for: .modelLoaded)
    await again.pipeline.note(.overflow)
    await again.quiet()
    #expect(again.witness.events(.requestRefused).isEmpty)
    #expect(try DurableDirectory.list(road.places.rejected).count == 6)
    try await again.stop()
  }
}
