import Ledger
import Platform
import Requests
import Service
import Testing

/// Data that change, models that come and go.
@Suite(.timeLimit(.minutes(20))) struct DataTests {
  private let road: Road

  init() throws { road = try Road() }

  private func state(_ house: Household) async throws -> String? {
    try await house.call(.status)["models"]?.elements?.first?["paused"]?.stringValue
  }

  /// Backwards, without the original rows 3 and 30.
  private static let order = (0..<240).reversed().filter { $0 != 3 && $0 != 30 }

  private func changed(_ house: Household) async throws { try await change(house, to: Self.order) }

  private func change(_ house: Household, to originals: [Int], _ times: Int = 1) async throws {
    await house.quiet()
    try road.rearrange(originals)
    await house.pipeline.look()
    await house.witness.wait(for: .dataChanged, times)
  }

  @Test func changedData_pauseTheModel_andRematchFollowsEveryRow() async throws {
    let house = try await Household(road)
    try await house.submit(manifest("one", "subjects: [s-3]", "priority: urgent"))
    try await house.settled("one")
    try await house.submit(manifest("before", "samples: [10, 30]"))
    try await changed(house)
    #expect(try await state(house) == "data_changed")
    let evaluation = Evaluation(places: road.places, model: Road.model, part: .train, rows: nil, version: nil)
    #expect(try evaluation.run()["note"]?.stringValue?.contains("train") == true)
    let would = try await house.call(.rematch(model: Road.model, dryRun: true))
    #expect(would["dry_run"]?.boolValue == true)
    #expect(try await state(house) == "data_changed")
    try await house.call(.rematch(model: Road.model, dryRun: false))
    #expect(try await state(house) == nil)
    #expect(try evaluation.run()["note"] == nil)
    // Of the forgotten rows one is gone. So is one of a request that waits: the model knows it, and nobody can make it forget it.
    let moved = RowSet((1..<12).map { Self.order.firstIndex(of: 3 + 20 * $0) ?? -1 })
    #expect(RowSet(try house.ledger.tombstones(of: Road.model).map(\.row)) == moved)
    let waiting = try await house.show("before")
    #expect(waiting.state == .held && waiting.reason == .error)
    #expect(waiting.detail?.hasPrefix("1 of its 2 rows is not in the model's data any more") == true)
    let event = try #require(house.witness.events(.modelRematched).first)
    #expect(event.entry.message.contains("11 moved, 1 are gone"))
    #expect(try house.ledger.verifyAudit().problems.isEmpty)
    try await house.stop()
  }

  /// What the model knows of rows that are gone is forgotten when they are back, or with a model that never saw them.
  @Test func requestsOfRowsThatAreGone_areHeld_untilTheyAreBack_orNobodyKnowsThem() async throws {
    let house = try await Household(road)
    await house.witness.wait(for: .modelLoaded)
    try await house.submit(manifest("class", "classes: [1]"))
    try await house.submit(manifest("some", "samples: [12, 30]"))
    try await house.submit(manifest("all", "samples: [30]"))
    let withoutOne = (0..<240).filter { SmallData.shared.train.labels[$0] != 1 && $0 != 30 }
    try await change(house, to: withoutOne)
    try await house.call(.rematch(model: Road.model, dryRun: false))
    for id in ["class", "some", "all"] {
      let receipt = try await house.show(id)
      #expect(receipt.state == .held && receipt.reason == .error, "\(id)")
      #expect(receipt.detail?.contains("still remembers") == true)
      #expect(await house.refusal(.resume(id: id, acceptRetainCost: nil, dryRun: false))?.code == .usage)
    }
    #expect(try house.ledger.tombstones(of: Road.model).isEmpty)
    // Those of its rows that are there are still nobody's to retain.
    let place = try #require(withoutOne.firstIndex(of: 12))
    #expect(try house.ledger.pendingRows(of: Road.model, excludingBatch: nil).contains(place))
    try await change(house, to: Array(0..<240), 2)
    try await house.call(.rematch(model: Road.model, dryRun: false))
    for id in ["class", "some", "all"] {
      let receipt = try await house.show(id)
      #expect(receipt.state == .accepted && receipt.reason == nil && receipt.expectedAt != nil, "\(id)")
      #expect(receipt.detail?.contains("for a batch") == true)
    }
    #expect(try house.ledger.rows(of: try #require(RequestID("some"))) == RowSet([12, 30]))
    try await change(house, to: withoutOne, 3)
    let retrained = road.source("retrained")
    try road.writeModel(SmallData.shared.retrained, to: retrained)
    _ = try await ImportTransfer.send(
      directory: retrained, model: Road.model, dryRun: false, through: ControlClient(places: road.places))
    for id in ["class", "all"] {
      let receipt = try await house.show(id)
      #expect(receipt.state == .forgotten && receipt.version == 2, "\(id)")
    }
    #expect(try house.ledger.rows(of: try #require(RequestID("some"))).count == 1)
    #expect(try house.ledger.verifyAudit().problems.isEmpty)
    try await house.stop()
  }

  /// A request whose row another one had forgotten is looked up again after a rollback; its number may be somebody else's by now. So it
  /// waits for that other one, and ends with it.
  @Test func rowNumbersOfOtherData_meanNobody() async throws {
    let house = try await Household(road)
    for id in ["first", "same"] {
      try await house.submit(manifest(id, "samples: [17]", "priority: urgent"))
      #expect(try await house.settled(id).state == .forgotten)
    }
    try await changed(house)
    try await house.call(.rematch(model: Road.model, dryRun: false))
    try await house.call(.pause(model: Road.model, dryRun: false))
    try await house.call(.rollback(model: Road.model, version: 1, servesNow: false, dryRun: false))
    await house.quiet()
    let waiting = try await house.show("same")
    #expect(waiting.state == .accepted && waiting.rows == nil)
    #expect(try house.ledger.model(Road.model)?.serving == 2)
    try await house.call(.unpause(model: Road.model, dryRun: false))
    try await house.call(.flush(model: nil, dryRun: false))
    #expect(try await house.settled("first").state == .forgotten)
    let row = try #require(Self.order.firstIndex(of: 17))
    #expect(try house.ledger.tombstones(of: Road.model).map(\.row) == [row])
    let same = try await house.settled("same")
    #expect(same.state == .forgotten && same.reason == .alreadyForgotten && same.version == 3)
    #expect(same.rows == 0 && same.alreadyForgotten == 1)
    #expect(try house.ledger.model(Road.model)?.serving == 3)
    #expect(try DurableDirectory.target(ofLink: road.places.model(Road.model) + "/current") == "versions/000003")
    try await house.stop()
  }

  @Test func whileDataAreOthers_requestsAreDurable_andLookedUpAfterwards() async throws {
    let house = try await Household(road)
    await house.witness.wait(for: .modelLoaded)
    try await changed(house)
    try await house.submit(manifest("numbers", "samples: [5]"))
    try await house.submit(manifest("names", "samples: [\"p-7\"], subjects: [s-9]"))
    try await house.submit(manifest("wrong", "samples: [\"p-7\", \"p-3\"]"))
    for id in ["numbers", "names", "wrong"] {
      let receipt = try road.receipt(id)
      #expect(receipt.state == .accepted && receipt.rows == nil)
      #expect(receipt.detail?.contains("goes on by itself") == true)
      #expect(try FileStatus.ifPresent(road.places.acceptedManifest(id)) != nil)
    }
    #expect(house.witness.events(.requestAccepted)[0].entry.message.contains("rows that are looked up later"))
    try await house.call(.rematch(model: Road.model, dryRun: false))
    await house.pipeline.look()
    let numbers = try await house.show("numbers")
    #expect(numbers.state == .held && numbers.detail?.contains("row numbers of the data as they are now") == true)
    let wrong = try await house.show("wrong")
    #expect(wrong.state == .held && wrong.reason == .nothingSelected && wrong.detail?.contains("\"p-3\"") == true)
    for event in house.witness.events { #expect(!event.entry.line.contains("p-3")) }
    let found = try await house.show("names")
    #expect(found.state == .accepted && found.rows == 13)
    try await house.call(.flush(model: Road.model, dryRun: false))
    #expect(try await house.settled("names").state == .forgotten)
    // What its ids are is looked up anew.
    try await house.call(.retry(id: "wrong", dryRun: false))
    await house.witness.wait(for: .requestHeld, 3)
    try await house.stop()
  }

  @Test func rematch_ofUnchangedData_doesNothing() async throws {
    let house = try await Household(road)
    await house.witness.wait(for: .modelLoaded)
    let answer = try await house.call(.rematch(model: Road.model, dryRun: false))
    #expect(answer["message"]?.stringValue?.contains("nothing to do") == true)
    #expect(try house.ledger.model(Road.model)?.generation == 0)
    #expect(await house.refusal(.rematch(model: "other", dryRun: false))?.code == .usage)
    try await house.stop()
  }

  @Test func dataThatComeBack_goOnByThemselves() async throws {
    let house = try await Household(road)
    await house.witness.wait(for: .modelLoaded)
    await house.quiet()
    try road.rearrange(Array(0..<200))
    await house.pipeline.look()
    await house.witness.wait(for: .dataChanged)
    try await house.submit(manifest("numbers", "samples: [5]"))
    await house.quiet()
    try road.rearrange(Array(0..<240))
    await house.pipeline.look()
    await house.witness.wait(for: .modelUnpaused)
    await house.pipeline.look()
    #expect(try await house.show("numbers").rows == 1)
    try await house.stop()
  }

  @Test func modelThatCannotBeUsed_keepsItsRequests() async throws {
    let away = road.source("away")
    try DurableDirectory.rename(road.source("train.safetensors"), to: away)
    let house = try await Household(road)
    await house.witness.wait(for: .modelUnusable)
    let receipt = try await house.submit(manifest("a", "subjects: [s-1]", "priority: urgent"))
    #expect(receipt.state == .accepted && receipt.rows == nil && receipt.expectedAt == nil)
    await house.pipeline.look()
    #expect(try await house.show("a").state == .accepted)
    try DurableDirectory.rename(away, to: road.source("train.safetensors"))
    try await house.call(.reload)
    #expect(try await house.settled("a").state == .forgotten)
    try await house.stop()
  }

  @Test func modelThatIsNotConfiguredAnyMore_holdsItsRequests_untilItIsBack() async throws {
    let house = try await Household(road)
    try await house.submit(manifest("a", "samples: [1]"))
    let file = try DataFile.read(road.configuration(), limit: 10_000)
    try DurableDirectory.removeFile(road.configuration())
    try await house.call(.reload)
    let held = try await house.settled("a")
    #expect(held.state == .held && held.reason == .noModel && held.detail?.contains("models.d") == true)
    #expect(await house.refusal(.resume(id: "a", acceptRetainCost: nil, dryRun: true))?.code == .usage)
    let late = try await house.submit(manifest("late", "samples: [2]"))
    #expect(late.state == .held && late.reason == .noModel && late.rows == nil)
    #expect(house.witness.events(.modelRemoved).count == 1)
    try DurableFile.publish(file, to: road.configuration())
    try await house.call(.reload)
    await house.pipeline.look()
    let back = try await house.show("a")
    #expect(back.state == .accepted && back.rows == 1 && back.expectedAt != nil)
    let lateBack = try await house.show("late")
    #expect(lateBack.state == .accepted && lateBack.rows == 1)
    try await house.stop()
  }

  @Test func import_settlesWhatTheModelNeverSaw_andReopensTheRest() async throws {
    let house = try await Household(road)
    for (id, subject) in [("one", "s-3"), ("two", "s-4")] {
      try await house.submit(manifest(id, "subjects: [\(subject)]", "priority: urgent"))
      #expect(try await house.settled(id).state == .forgotten)
    }
    await house.quiet()
    // Trained again without subject s-3; s-4 was left in by mistake.
    let order = (0..<240).filter { $0 % 20 != 3 }
    try road.rearrange(order)
    await house.pipeline.look()
    await house.witness.wait(for: .dataChanged)
    let retrained = road.source("retrained")
    try road.writeModel(SmallData.shared.retrained, to: retrained)
    let client = ControlClient(places: road.places)
    let would = try await ImportTransfer.send(directory: retrained, model: Road.model, dryRun: true, through: client)
    #expect(would["dry_run"]?.boolValue == true)
    #expect(road.versions == [1, 2, 3])
    #expect(try await state(house) == "data_changed")
    let answer = try await ImportTransfer.send(directory: retrained, model: Road.model, dryRun: false, through: client)
    #expect(answer["version"]?.integerValue == 4 && answer["settled"]?.integerValue == 12)
    #expect(answer["reopened"]?.elements?.compactMap(\.stringValue) == ["two"])
    #expect(try await state(house) == nil)
    #expect(try await house.show("one").state == .forgotten)
    #expect(road.versions.contains(4))
    #expect(house.witness.events(.requestReaccepted).count == 1)
    let again = try await house.settled("two")
    #expect(again.state == .forgotten && again.version == 5 && again.rows == 12)
    #expect(try house.ledger.verifyAudit().problems.isEmpty)
    try await house.stop()
  }

  @Test func import_ofWhatDoesNotFit_changesNothing() async throws {
    let house = try await Household(road)
    await house.witness.wait(for: .modelLoaded)
    let other = road.source("other")
    try DurableDirectory.make(other)
    try DurableFile.publish("{\"model_type\": \"mlp\", \"layers\": [16, 48, 4]}", to: other + "/config.json")
    try DurableFile.copy(
      try DataFile(path: road.source("model/model.safetensors")), to: other + "/model.safetensors")
    let client = ControlClient(places: road.places)
    await #expect(throws: ControlError.self) {
      try await ImportTransfer.send(directory: other, model: Road.model, dryRun: false, through: client)
    }
    #expect(road.versions == [1])
    #expect(try DurableDirectory.list(road.places.model(Road.model) + "/candidates").isEmpty)
    #expect(try await house.submit(manifest("a", "samples: [1]")).rows == 1)
    try await house.stop()
  }
}
