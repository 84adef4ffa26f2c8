import Checkpoints
import Ledger
import Platform
import Requests
import Service
import Testing

/// Older states of a ledger, or of a models directory, brought back by somebody who meant well.
@Suite(.timeLimit(.minutes(20))) struct RestoringTests {
  private func paused(_ house: Household) async throws -> String? {
    try await house.call(.status)["models"]?.elements?.first?["paused"]?.stringValue
  }

  /// What the older ledger does not know is no damage, and must stay for recover to find.
  private func expectNoDamage(_ road: Road) throws {
    let findings = try Verifier(places: road.places, model: nil).run().json["findings"]?.elements ?? []
    let later = findings.filter { $0["where"]?.stringValue?.hasSuffix("/two.yaml") == true }
    #expect(!later.isEmpty)
    for finding in later {
      #expect(finding["severity"]?.stringValue == "note")
      #expect(finding["mend"]?.stringValue?.hasPrefix("hamuctl recover") == true)
    }
  }

  @Test func headCopy_followsTheChain_andIsNoAlarm() async throws {
    let road = try await Road.servedSinceACopy()
    let next = try await Household(road)
    await next.witness.wait(for: .modelLoaded)
    #expect(next.witness.events(.restoredBackup).isEmpty)
    let status = try await next.call(.status)
    let text = String(decoding: try DataFile.read(road.places.headCopy, limit: 1000), as: UTF8.self)
    #expect(text.contains(try #require(status["audit"]?["head"]?.stringValue)))
    #expect(await next.refusal(.recover(signsOff: true, dryRun: false))?.code == .usage)
    try await next.stop()
  }

  @Test func olderLedger_publishesNothing_untilWhatWasForgottenIsForgottenAgain() async throws {
    let road = try await Road.servedSinceACopy()
    try road.bringLedgerBack()
    let head = try DataFile.read(road.places.headCopy, limit: 1000)
    let house = try await Household(road)
    await house.witness.wait(for: .modelLoaded)
    let told = try #require(house.witness.events(.restoredBackup).first)
    #expect(told.entry.priority == .critical && told.entry.message.contains("hamuctl recover"))
    #expect(try await paused(house) == "restored")
    try expectNoDamage(road)
    // New requests are taken and wait; what is served stays, although the ledger does not know it.
    try await house.submit(manifest("four", "subjects: [s-9]", "priority: urgent"))
    await house.quiet()
    #expect(try await house.show("four").state == .accepted)
    #expect(try road.current() == "versions/000003" && road.versions == [1, 2, 3])
    let back = await house.refusal(.rollback(model: Road.model, version: 1, servesNow: false, dryRun: false))
    #expect(back?.message.contains("hamuctl recover") == true)
    #expect(try DataFile.read(road.places.headCopy, limit: 1000) == head)
    let plan = try await house.call(.recover(signsOff: false, dryRun: true))
    #expect(plan["requests"]?.elements?.compactMap(\.stringValue) == ["three", "two"])
    #expect(try await paused(house) == "restored")
    try await house.call(.recover(signsOff: false, dryRun: false))
    #expect(try await house.call(.status)["models"]?.elements?.first?["owed"]?.integerValue == 2)
    try await house.call(.flush(model: nil, dryRun: false))
    // What has to be forgotten again shares no batch with what came since.
    for (id, version) in [("two", 4), ("three", 4), ("four", 5)] {
      #expect(try await house.settled(id).version == version)
    }
    // What the older ledger did not know is served no more, and gone; and the first is one more than are kept.
    await house.quiet()
    #expect(try road.current() == "versions/000005" && road.versions == [2, 4, 5])
    #expect(try house.ledger.forgottenRows(of: Road.model).count == 12 * 3 + 1)
    #expect(house.witness.events(.restoreSettled).count == 1)
    try await house.stop()
    // And that is the end of it.
    let next = try await Household(road)
    await next.witness.wait(for: .modelLoaded)
    #expect(next.witness.events(.restoredBackup).isEmpty && road.versions == [2, 4, 5])
    try await next.stop()
  }

  /// A number that only a version on the disk has is not given again.
  @Test func import_afterRecover_takesANumberOfItsOwn() async throws {
    let road = try await Road.servedSinceACopy()
    try road.bringLedgerBack()
    let house = try await Household(road)
    await house.witness.wait(for: .modelLoaded)
    try await house.call(.recover(signsOff: false, dryRun: false))
    let retrained = road.source("retrained")
    try road.writeModel(SmallData.shared.weights, to: retrained)
    let answer = try await ImportTransfer.send(
      directory: retrained, model: Road.model, dryRun: false, through: ControlClient(places: road.places))
    #expect(answer["version"]?.integerValue == 4)
    #expect(try road.current() == "versions/000004")
    try await house.call(.flush(model: nil, dryRun: false))
    for id in ["one", "two", "three"] {
      let receipt = try await house.settled(id)
      #expect(receipt.state == .forgotten && (receipt.version ?? 0) > 4)
    }
    try await house.stop()
    #expect(try Verifier(places: road.places, model: nil).run().code == .success)
  }

  /// As usual, but that hardly any request may go through without a person.
  private static let strict = """
    unlearning: {batch_size: 64, radius: {relative: 5e-3}, evaluate_every: 5}
    policy: {on_hardness: continue, retain_budget: 0.5, max_forget_share: 0.01}
    batching: {max_wait: 1h}
    """

  /// What waited for a person when the backup was taken had its answer since.
  @Test func heldAtTheBackup_andForgottenSince_goesOn() async throws {
    let road = try Road()
    let usual = try DataFile.read(road.configuration(), limit: 10_000)
    try road.configure(Self.strict)
    let house = try await Household(road)
    try await house.submit(manifest("one", "subjects: [s-3]", "priority: urgent"))
    #expect(try await house.settled("one").reason == .maxForgetShare)
    try await house.stop()
    try road.copyLedger()
    let later = try await Household(road)
    try await later.call(.resume(id: "one", acceptRetainCost: nil, dryRun: false))
    #expect(try await later.settled("one").state == .forgotten)
    try await later.stop()
    try road.bringLedgerBack()
    try DurableFile.publish(usual, to: road.configuration())
    let restored = try await Household(road)
    await restored.witness.wait(for: .modelLoaded)
    #expect(try await restored.show("one").state == .held)
    try await restored.call(.recover(signsOff: false, dryRun: false))
    #expect(try await restored.settled("one").state == .forgotten)
    #expect(try Verifier(places: road.places, model: nil).run().code == .success)
    try await restored.stop()
  }

  /// That a request was forgotten after the backup, only its receipt says: no older ledger writes over it, whatever it has to tell,
  /// and nobody changes the request before it is known.
  @Test func receiptsThatSayMore_stayUntilTheyWereRead() async throws {
    let road = try Road()
    let house = try await Household(road)
    try await house.submit(manifest("one", "subjects: [s-3]"))
    await house.quiet()
    try await house.stop()
    try road.copyLedger()
    let later = try await Household(road)
    try await later.call(.flush(model: nil, dryRun: false))
    #expect(try await later.settled("one").state == .forgotten)
    try await later.stop()
    try road.bringLedgerBack()
    let older = try Ledger(path: road.places.ledger)
    try older.noteReceiptsDue(of: [try #require(RequestID("one"))])
    try older.close()
    let restored = try await Household(road)
    await restored.witness.wait(for: .modelLoaded)
    await restored.quiet()
    #expect(try road.receipt("one").state == .forgotten)
    #expect(await restored.refusal(.cancel(id: "one", dryRun: false))?.message.contains("hamuctl recover") == true)
    let answer = try await restored.call(.recover(signsOff: false, dryRun: false))
    #expect(answer["requests"]?.elements?.compactMap(\.stringValue) == ["one"])
    #expect(try road.receipt("one").state == .accepted)
    #expect(try road.current() == "versions/000002")
    try await restored.call(.flush(model: nil, dryRun: false))
    #expect(try await restored.settled("one").version == 3)
    try await restored.stop()
  }

  /// That a request was cancelled after the backup, only its receipt says: its rows are not forgotten, which nobody could undo. But a
  /// receipt that hamud did not sign takes nobody's request away.
  @Test(arguments: [true, false])
  func cancelledSinceTheBackup_isNeverServed_whereHamudSaysSo(_ isSigned: Bool) async throws {
    let road = try Road()
    let house = try await Household(road)
    try await house.submit(manifest("one", "subjects: [s-3]"))
    try await house.stop()
    try road.copyLedger()
    let later = try await Household(road)
    try await later.call(.cancel(id: "one", dryRun: false))
    try await later.stop()
    try road.bringLedgerBack()
    if !isSigned { try DurableFile.publish(try road.receipt("one").yaml, to: road.places.receipt("one")) }
    let told = try DataFile.read(road.places.receipt("one"), limit: 10_000)
    let older = try Ledger(path: road.places.ledger)
    try older.noteReceiptsDue(of: [try #require(RequestID("one"))])
    try older.close()
    let restored = try await Household(road)
    await restored.witness.wait(for: .modelLoaded)
    await restored.quiet()
    #expect(try DataFile.read(road.places.receipt("one"), limit: 10_000) == told)
    let plan = try await restored.call(.recover(signsOff: false, dryRun: true))
    #expect(plan["cancelled"]?.elements?.compactMap(\.stringValue) == (isSigned ? ["one"] : nil))
    try await restored.call(.recover(signsOff: false, dryRun: false))
    let receipt = try road.receipt("one")
    #expect(receipt.state == (isSigned ? .cancelled : .accepted))
    #expect(receipt.detail?.contains("as its receipt said") == isSigned)
    try await restored.call(.flush(model: nil, dryRun: false))
    #expect(try await restored.settled("one").state == (isSigned ? .cancelled : .forgotten))
    await restored.quiet()
    #expect(road.versions == (isSigned ? [1] : [1, 2]))
    try await restored.stop()
    #expect(try Verifier(places: road.places, model: nil).run().code == .success)
  }

  @Test func olderLedger_staysSeen_fromStartToStart() async throws {
    let road = try await Road.servedSinceACopy()
    try road.bringLedgerBack()
    for _ in 0..<2 {
      let house = try await Household(road)
      await house.witness.wait(for: .modelLoaded)
      #expect(house.witness.events(.restoredBackup).count == 1)
      await house.quiet()
      #expect(try road.current() == "versions/000003")
      try await house.stop()
    }
  }

  /// Who calls while the daemon is starting is answered by the same rules.
  @Test func commandBeforeTheFirstLook_findsTheModelsPaused() async throws {
    let road = try await Road.servedSinceACopy()
    try road.bringLedgerBack()
    for command in [
      ControlCommand.purge(model: nil, now: true, despiteReaders: false, dryRun: false),
      .rollback(model: Road.model, version: 1, servesNow: true, dryRun: false),
    ] {
      let house = try await Household(road, looks: false)
      let refusal = await house.refusal(command)
      #expect(refusal?.code == .usage && refusal?.message.contains("hamuctl recover") == true)
      #expect(try await paused(house) == "restored" && house.witness.events(.restoredBackup).count == 1)
      try await house.stop()
    }
    let house = try await Household(road, looks: false)
    #expect(try await paused(house) == "restored")
    try await house.stop()
    #expect(road.versions == [1, 2, 3])
  }

  @Test func whatCannotBeFound_hasToBeSignedOff() async throws {
    let road = try await Road.servedSinceACopy()
    try road.bringLedgerBack()
    _ = try DurableDirectory.removeFile(road.places.acceptedManifest("two"))
    let house = try await Household(road)
    await house.witness.wait(for: .modelLoaded)
    let refusal = await house.refusal(.recover(signsOff: false, dryRun: false))
    #expect(refusal?.code == .usage && refusal?.message.contains("two") == true)
    #expect(try await paused(house) == "restored")
    try await house.call(.recover(signsOff: true, dryRun: false))
    #expect(try house.ledger.auditEntries().last { $0.kind == "recovered" }?.payload.contains("two") == true)
    #expect(await house.refusal(.show(id: "two"))?.code == .unknownRequest)
    try await house.call(.flush(model: nil, dryRun: false))
    #expect(try await house.settled("three").state == .forgotten)
    try await house.stop()
  }

  /// Reading there fails with EIO, as from a disk that fails. What the disk cannot read now is not gone, and not to be let go of.
  @Test func whatCannotBeReadNow_isNotTakenForGone() async throws {
    let road = try await Road.servedSinceACopy()
    try road.bringLedgerBack()
    let house = try await Household(road)
    await house.witness.wait(for: .modelLoaded)
    for path in [road.places.acceptedManifest("two"), road.places.receipt("two")] {
      let bytes = try DataFile.read(path, limit: 1 << 20)
      try DurableDirectory.swapSymlink(at: path, to: "/proc/self/mem")
      let refusal = await house.refusal(.recover(signsOff: true, dryRun: false))
      #expect(refusal?.code == .inputOutput && refusal?.message.contains(path) == true)
      #expect(try await paused(house) == "restored")
      try DurableFile.publish(bytes, to: path)
    }
    try await house.call(.recover(signsOff: false, dryRun: false))
    try await house.call(.flush(model: nil, dryRun: false))
    for id in ["two", "three"] { #expect(try await house.settled(id).state == .forgotten) }
    try await house.stop()
  }

  @Test func lostHeadCopy_isNoReasonToGoOn() async throws {
    let road = try await Road.servedSinceACopy()
    _ = try DurableDirectory.removeFile(road.places.headCopy)
    let house = try await Household(road)
    await house.witness.wait(for: .modelLoaded)
    #expect(house.witness.events(.restoredBackup).count == 1)
    try await house.call(.recover(signsOff: false, dryRun: false))
    try await house.call(.flush(model: nil, dryRun: false))
    #expect(try await house.settled("three").state == .forgotten)
    try await house.stop()
  }

  /// The models directory of an earlier day: the version that the ledger serves is not there.
  @Test func olderModels_areSeen_andForgottenAgain() async throws {
    let road = try await Road.servedSinceACopy()
    let directory = road.places.model(Road.model)
    try DurableDirectory.swapSymlink(at: directory + "/current", to: "versions/000002")
    try DurableDirectory.removeTree(directory + "/versions/000003")
    let house = try await Household(road)
    await house.witness.wait(for: .versionDamaged)
    let told = try #require(house.witness.events(.versionDamaged).first)
    #expect(told.entry.priority == .critical && told.entry.message.contains("hamuctl rollback \(Road.model) --to 2"))
    await house.quiet()
    #expect(try await house.show("three").state == .accepted)
    try await house.call(.rollback(model: Road.model, version: 2, servesNow: false, dryRun: false))
    // It was served all the time: that is said as what it is.
    #expect(house.witness.events(.rolledBackServed).count == 1)
    #expect(try await house.settled("two").version == 4)
    #expect(try road.current() == "versions/000004")
    try await house.stop()
  }
}
