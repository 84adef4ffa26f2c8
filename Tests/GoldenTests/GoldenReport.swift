import Testing

/// Everything in the golden directory, in one test, so that one line says what was compared:
///
///     golden: 190 steps, 3 trajectories, worst 0.31 of its bound (hamu_step.json case 17)
///
/// It fails when a bound was missed, and when there was nothing to compare.
@Suite struct GoldenReport {
  @Test func goldenFiles_whenCompared_areWithinTheirBounds() throws {
    guard case .at(let directory) = GoldenDirectory.place else {
      print("SKIPPED: golden files (no shared/)")
      return
    }
    let steps = try Steps.tally(in: directory)
    let trajectories = try Trajectories.tally(in: directory)
    var all = steps
    all.add(trajectories)
    let share = (all.worst * 10_000).rounded() / 10_000
    print(
      "golden: \(steps.count) steps, \(trajectories.count) trajectories, "
        + "worst \(share) of its bound (\(all.worstPlace))")
    for sentence in all.missed { Issue.record("golden: \(sentence)") }
    #expect(all.count > 0, "golden: nothing to compare in \(directory)")
  }
}
