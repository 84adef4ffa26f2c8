import Ledger
import Platform
import Requests
import Service
import Testing

@Suite struct LivenessTests {
  @Test func liveRun_isSilentOnlyWhileItRuns() {
    let live = LiveRun()
    #expect(live.silence == nil && live.figures == nil)
    live.update { $0.step = 3 }
    #expect(live.figures == nil)
    live.begin(LiveRun.Figures(model: "m", batch: 1, stepsAtMost: 10))
    live.update { $0.step = 3 }
    #expect(live.figures?.step == 3)
    live.expectSilence(for: .seconds(60))
    #expect(live.silence.map { $0 < .zero } == true)
    live.signOfLife()
    #expect(live.silence.map { $0 >= .zero } == true)
    live.end()
    #expect(live.silence == nil)
  }

  @Test func silence_ofLoopOrWork_isNoticedFromItsPatienceOn() {
    let patience = Duration.seconds(30)
    #expect(Silence(loop: .seconds(1), work: nil, patience: patience) == nil)
    #expect(Silence(loop: .seconds(1), work: .seconds(29), patience: patience) == nil)
    #expect(Silence(loop: .seconds(1), work: .seconds(-500), patience: patience) == nil)
    let work = Silence(loop: .seconds(1), work: patience, patience: patience)
    #expect(work?.isOfTheWork == true && work?.duration == patience)
    // A loop that does not answer is the worse of the two, and is said first.
    #expect(Silence(loop: patience, work: .seconds(99), patience: patience)?.isOfTheWork == false)
  }

  /// More receipts than are written at one look: the others have their turn at the next one.
  @Test(.timeLimit(.minutes(20))) func manyReceipts_areWrittenSomeAtATime() async throws {
    let road = try Road()
    let first = try await Household(road)
    await first.witness.wait(for: .modelLoaded)
    let ids = try (0..<210).map { try #require(RequestID("r\($0)")) }
    for (row, id) in ids.enumerated() { try await first.submit(manifest(id.text, "samples: [\(row)]")) }
    try await first.stop()
    let receipts = Set(try DurableDirectory.list(road.places.receipts))
    #expect(receipts.count == ids.count)
    for name in receipts { try DurableDirectory.removeFile(Paths.join(road.places.receipts, name)) }
    // Nothing looks but this test.
    let house = try await Household(road, looks: false)
    try house.ledger.noteReceiptsDue(of: ids)
    await house.pipeline.look()
    #expect(try (1..<ids.count).contains(house.ledger.dueReceipts().count))
    await house.pipeline.look()
    #expect(Set(try DurableDirectory.list(road.places.receipts)) == receipts)
    try await house.stop()
  }

  @Test func scanner_waitsForAFileThatNobodySawClosed() throws {
    let road = try Road()
    var scanner = SpoolScanner()
    let start = MonotonicInstant.now
    try road.drop("a.yaml", "one")
    let first = try scanner.look(road.places.incoming, now: start)
    #expect(first.whole.isEmpty && first.again == start + SpoolScanner.settling)
    // It grew: its time begins anew.
    try Neighbour.write("two", to: road.places.incoming + "/a.yaml")
    let later = start + .seconds(1)
    #expect(try scanner.look(road.places.incoming, now: later).again == later + SpoolScanner.settling)
    #expect(try scanner.look(road.places.incoming, now: start + SpoolScanner.settling).whole.isEmpty)
    #expect(try scanner.look(road.places.incoming, now: later + SpoolScanner.settling).whole == ["a.yaml"])
    try road.drop("b.yaml", "three")
    scanner.note(.closed("b.yaml"))
    #expect(try scanner.look(road.places.incoming, now: later).whole.contains("b.yaml"))
  }

  @Test func scanner_leavesAloneUntilATime() throws {
    let road = try Road()
    var scanner = SpoolScanner()
    try road.drop("a.yaml", "one")
    scanner.note(.movedIn("a.yaml"))
    let end = Timestamp(nanosecondsSinceEpoch: 1_800_000_000_000_000_000)
    _ = scanner.leave("a.yaml", try FileStatus.of(road.places.incoming + "/a.yaml"), until: end)
    let before = try scanner.look(road.places.incoming, at: end - .seconds(1))
    #expect(before.whole.isEmpty && before.leftAlone == 1)
    // The quota that it waits for may be another one.
    var reloaded = scanner
    reloaded.reconsider()
    #expect(try reloaded.look(road.places.incoming, at: end - .seconds(1)).whole == ["a.yaml"])
    #expect(try scanner.look(road.places.incoming, at: end).whole == ["a.yaml"])
  }

  @Test func scanner_leavesAloneUntilSomethingChanges() throws {
    let road = try Road()
    var scanner = SpoolScanner()
    try road.drop("a.yaml", "one")
    scanner.note(.movedIn("a.yaml"))
    let status = try FileStatus.of(road.places.incoming + "/a.yaml")
    let isNew = scanner.leave("a.yaml", status)
    let isNewAgain = scanner.leave("a.yaml", status)
    #expect(isNew && !isNewAgain)
    let look = try scanner.look(road.places.incoming)
    #expect(look.whole.isEmpty && look.leftAlone == 1)
    // Its owner lets it be read.
    try Permissions.setMode(0o664, of: road.places.incoming + "/a.yaml")
    #expect(try scanner.look(road.places.incoming).whole == ["a.yaml"])
  }

  @Test func scanner_thatCannotLookAtOneName_goesOnWithTheOthers() throws {
    let road = try Road()
    var scanner = SpoolScanner()
    for name in ["a.yaml", "b.yaml", "c.yaml"] {
      try road.drop(name, "one")
      scanner.note(.movedIn(FileName(name)))
    }
    let look = try scanner.look(road.places.incoming) { directory, name throws(PlatformError) in
      switch name {
      case "a.yaml": throw PlatformError(operation: "read", path: "a file", code: .accessDenied)
      case "b.yaml": throw PlatformError(operation: "read", path: "a file", code: .inputOutput)
      default: try DropFile.look(directory: directory, name: name)
      }
    }
    #expect(look.whole == ["c.yaml"] && look.leftAlone == 2)
    #expect(look.trouble?.code == .accessDenied)
    let next = try scanner.look(road.places.incoming)
    #expect(Set(next.whole) == ["a.yaml", "b.yaml", "c.yaml"] && next.leftAlone == 0 && next.trouble == nil)
  }

  @Test func scanner_saysOfUnreadableFilesOnceForEachOwnerAndHour() throws {
    let road = try Road()
    var scanner = SpoolScanner()
    let path = road.places.incoming + "/a.yaml"
    try road.drop("a.yaml", "one")
    let start = MonotonicInstant.now
    var said = 0
    for round in 0..<60 {
      try Permissions.setMode(round.isMultiple(of: 2) ? 0o600 : 0o400, of: path)
      for name: FileName in ["a.yaml", "b.yaml"] {
        let now = start + .seconds(60 * round)
        if scanner.leaveUnreadable(name, try FileStatus.of(path), of: 1000, now: now) { said += 1 }
      }
    }
    #expect(said == 1)
    try Permissions.setMode(0o440, of: path)
    let later = scanner.leaveUnreadable("a.yaml", try FileStatus.of(path), of: 1000, now: start + .seconds(3600))
    #expect(later)
  }

  @Test func saidLately_isNewAgainLater_andForgets() {
    var said = SaidLately<String>(for: .seconds(60))
    let start = MonotonicInstant.now
    var answers = ["a", "a", "b"].map { said.isNew($0, at: start) }
    #expect(answers == [true, false, true])
    answers = [59, 60].map { said.isNew("a", at: start + .seconds($0)) }
    #expect(answers == [false, true] && said.count == 1)
  }
}
