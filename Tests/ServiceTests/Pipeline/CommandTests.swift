import Ledger
import Platform
import Requests
import Service
import Testing

/// What people ask for, and what a dry run leaves alone.
@Suite(.timeLimit(.minutes(20))) struct CommandTests {
  private let road: Road
  private let house: Household

  init() async throws {
    road = try Road()
    house = try await Household(road)
    await house.witness.wait(for: .modelLoaded)
  }

  @Test func cancel_endsWhatWaits_andNothingElse() async throws {
    try await house.submit(manifest("a", "samples: [1]"))
    let would = try await house.call(.cancel(id: "a", dryRun: true))
    #expect(would["dry_run"]?.boolValue == true && would["message"]?.stringValue == "would cancel a")
    #expect(try await house.show("a").state == .accepted)
    try await house.call(.cancel(id: "a", dryRun: false))
    let receipt = try await house.settled("a")
    #expect(receipt.state == .cancelled && receipt.reason == .cancelled && receipt.finishedAt != nil)
    #expect(await house.refusal(.cancel(id: "a", dryRun: false))?.code == .usage)
    #expect(await house.refusal(.cancel(id: "b", dryRun: false))?.code == .unknownRequest)
    #expect(await house.refusal(.resume(id: "a", acceptRetainCost: nil, dryRun: false))?.code == .usage)
    #expect(await house.refusal(.retry(id: "a", dryRun: false))?.code == .usage)
    try await house.stop()
  }

  @Test func pause_letsRequestsWait_untilUnpaused() async throws {
    #expect(try await house.call(.pause(model: Road.model, dryRun: true))["dry_run"]?.boolValue == true)
    #expect(try await paused() == nil)
    try await house.call(.pause(model: Road.model, dryRun: false))
    #expect(try await paused() == "operator")
    let receipt = try await house.submit(manifest("a", "subjects: [s-1]", "priority: urgent"))
    #expect(receipt.state == .accepted && receipt.rows == 12)
    await house.pipeline.look()
    #expect(try await house.show("a").state == .accepted)
    _ = try await house.call(.unpause(model: Road.model, dryRun: true))
    #expect(try await paused() == "operator")
    try await house.call(.unpause(model: Road.model, dryRun: false))
    #expect(try await house.settled("a").state == .forgotten)
    #expect(await house.refusal(.pause(model: "other", dryRun: false))?.message.contains("configured: small") == true)
    try await house.stop()
  }

  private func paused() async throws -> String? {
    try await house.call(.status)["models"]?.elements?.first?["paused"]?.stringValue
  }

  @Test func flush_startsWhatWaits() async throws {
    try await house.submit(manifest("a", "subjects: [s-1]"))
    try await house.call(.flush(model: nil, dryRun: true))
    await house.pipeline.look()
    #expect(try await house.show("a").state == .accepted)
    try await house.call(.flush(model: nil, dryRun: false))
    #expect(try await house.settled("a").state == .forgotten)
    try await house.stop()
  }

  @Test func passedDeadline_startsAtOnce_withOneWarning() async throws {
    try await house.submit(manifest("late", "subjects: [s-1]", "deadline: 2020-01-01"))
    #expect(try await house.settled("late").state == .forgotten)
    let warnings = house.witness.events(.deadlinePassed)
    #expect(warnings.count == 1 && warnings[0].entry.priority == .warning)
    try await house.stop()
  }

  @Test func deadlineThatComesNear_isAWarningOnceADay() async throws {
    let soon = (WallClock.now + .seconds(2 * 86_400)).rfc3339()
    let receipt = try await house.submit(manifest("soon", "subjects: [s-1]", "deadline: \"\(soon)\""))
    await house.witness.wait(for: .deadlineNear)
    await house.pipeline.look()
    #expect(house.witness.events(.deadlineNear).count == 1)
    #expect(receipt.state == .accepted)
    try await house.stop()
  }

  @Test func moreThanItsShare_isHeld_untilSomebodyLetsItRun() async throws {
    try road.configure(Road.usual.replacing("max_forget_share: 0.5", with: "max_forget_share: 0.05"))
    try await house.call(.reload)
    let held = try await house.submit(manifest("big", "subjects: [s-1, s-2]", "priority: urgent"))
    #expect(held.state == .held && held.reason == .maxForgetShare && held.finishedAt == nil)
    #expect(held.detail?.contains("24 rows of the 240") == true)
    #expect(house.witness.events(.requestHeld).count == 1)
    let would = try await house.call(.resume(id: "big", acceptRetainCost: nil, dryRun: true))
    #expect(would["dry_run"]?.boolValue == true)
    #expect(try await house.show("big").state == .held)
    try await house.call(.resume(id: "big", acceptRetainCost: nil, dryRun: false))
    await house.witness.wait(for: .requestForgotten)
    #expect(try await house.settled("big").state == .forgotten)
    try await house.stop()
  }

  @Test func reload_withABadFile_keepsTheOld() async throws {
    try DurableFile.publish("# settings\nscan_intervall: 60s\n", to: road.places.settingsFile)
    let bad = await house.refusal(.reload)
    #expect(bad?.code == .configuration)
    #expect(bad?.message.contains("hamud.yaml:2:1: ") == true && bad?.message.contains("scan_interval") == true)
    try DurableFile.publish("scan_interval: 30s\n", to: road.places.settingsFile)
    try road.configure("batching: {max_wait: never}")
    #expect(await house.refusal(.reload)?.message.contains("small.yaml:4:22") == true)
    #expect(house.witness.events(.configurationRejected).count == 2)
    #expect(try await house.submit(manifest("a", "samples: [1]")).rows == 1)
    // A new model that is wrong is paused, and holds up nobody.
    try road.configure(Road.usual)
    try DurableFile.publish("model: nowhere\ndata: {format: cifar11}\n", to: road.configuration("broken"))
    #expect(try await house.call(.reload)["message"]?.stringValue?.contains("broken") == true)
    #expect(house.witness.events(.modelUnusable).count == 1)
    #expect(try await house.submit(manifest("w", "samples: [1]", model: "broken")).state == .accepted)
    try await house.stop()
  }

  @Test func lowDisk_startsNothing() async throws {
    try DurableFile.publish("low_disk: 100%\n", to: road.places.settingsFile)
    try await house.call(.reload)
    try await house.submit(manifest("a", "subjects: [s-1]", "priority: urgent"))
    await house.witness.wait(for: .lowDisk)
    await house.pipeline.look()
    #expect(house.witness.events(.lowDisk).count == 1)
    #expect(try await house.show("a").state == .scheduled)
    try DurableFile.publish("low_disk: 0%\n", to: road.places.settingsFile)
    try await house.call(.reload)
    #expect(try await house.settled("a").state == .forgotten)
    #expect(house.witness.events(.diskRecovered).count == 1)
    try await house.stop()
  }

  @Test func check_namesWhatIsPaused_withAndWithoutADaemon() async throws {
    try await house.call(.pause(model: Road.model, dryRun: false))
    let asked = try await house.call(.check)
    try await house.stop()
    for found in [asked, try OfflineReader(places: road.places).check()] {
      let pause = try #require(found["findings"]?.elements?.first)
      #expect(pause["severity"]?.stringValue == "warning" && pause["where"]?.stringValue == "model \(Road.model)")
      #expect(pause["problem"]?.stringValue?.hasPrefix("it is paused (operator) since 20") == true)
      #expect(pause["mend"]?.stringValue == "hamuctl unpause \(Road.model)")
    }
  }

  @Test func check_looksAtTheModelThatRunsStartFrom() async throws {
    let fresh = try Road()
    try DurableDirectory.removeTree(fresh.source("model"))
    let missing = try #require(try OfflineReader(places: fresh.places).check()["findings"]?.elements?.first)
    #expect(missing["problem"]?.stringValue == "there is no model in \(fresh.source("model")) yet")
    #expect(missing["mend"]?.stringValue?.contains("hamuctl train \(Road.model)") == true)
    // Once there is a version, the directory that it came from is not needed any more.
    await house.witness.wait(for: .modelLoaded)
    try DurableDirectory.removeTree(road.source("model"))
    #expect(try await house.call(.check)["findings"]?.elements == [])
    try await house.stop()
  }

  @Test func whatIsRead_isTheSameWithoutADaemon() async throws {
    try await house.submit(manifest("a", "subjects: [s-1]", "priority: urgent"))
    try await house.settled("a")
    let list = try await house.call(.list(state: nil, model: nil))
    let (shown, versions) = (try await house.call(.show(id: "a")), try await house.call(.versions(model: nil)))
    try await house.stop()
    let reader = OfflineReader(places: road.places)
    #expect(try reader.list(state: nil, model: nil) == list)
    #expect(try reader.show(id: "a") == shown)
    #expect(try reader.versions(model: nil) == versions)
    #expect(try reader.status()["daemon"]?.stringValue == "stopped")
    #expect(versions.elements?.map { $0["still_remembers"]?.integerValue } == [12, 0])
    #expect(throws: ControlError.self) { try reader.show(id: "b") }
    #expect(await house.refusal(.status)?.code == .unavailable)
  }
}
