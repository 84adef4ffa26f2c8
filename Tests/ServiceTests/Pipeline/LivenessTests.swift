import Platform
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
}
