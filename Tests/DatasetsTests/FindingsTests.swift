import Datasets
import Testing

@Suite struct FindingsTests {
  private func open(train: String, heldout: String) throws -> Dataset {
    let scratch = try Scratch()
    try scratch.write("train.csv", "a,b,label\n" + train)
    try scratch.write("heldout.csv", "a,b,label\n" + heldout)
    return try Dataset.open(table(scratch))
  }

  private func lines(_ label: String, _ count: Int, from start: Int) -> String {
    (start..<start + count).map { "\($0),1,\(label)\n" }.joined()
  }

  @Test func classWithoutHeldoutRows_isAnError_andOneWithFew_aWarning() throws {
    let data = try open(
      train: lines("x", 5, from: 0) + lines("y", 5, from: 0) + lines("z", 5, from: 0),
      heldout: lines("x", 20, from: 100) + lines("z", 19, from: 100))
    let findings = try data.findings(for: nil)
    #expect(findings.map(\.severity) == [.error, .warning])
    #expect(findings[0].problem.hasPrefix("class 1 (y) has training rows and no held-out row"))
    #expect(findings[1].problem == "class 2 (z) has 19 held-out rows, fewer than 20: its figures will be coarse")
  }

  @Test func heldoutRows_thatAreTrainingRows_areAWarning_andDoNotCount() throws {
    let data = try open(train: lines("x", 30, from: 0), heldout: lines("x", 3, from: 0) + lines("x", 20, from: 100))
    let findings = try data.findings(for: nil)
    #expect(findings.map(\.severity) == [.warning])
    #expect(
      findings[0].problem == "3 of 23 held-out rows are also training rows, byte for byte; they are left out")
    let all = try open(train: lines("x", 30, from: 0), heldout: lines("x", 3, from: 0)).findings(for: nil)
    #expect(all.map(\.severity) == [.error, .warning])
  }

  @Test func shapesThatDoNotFit_areErrors() throws {
    let data = try open(
      train: lines("x", 5, from: 0) + lines("y", 5, from: 9),
      heldout: lines("x", 20, from: 100) + lines("y", 20, from: 100))
    func problem(_ fit: ModelFit) -> String? { data.misfit(fit)?.description }
    #expect(problem(ModelFit(input: .features(2), classCount: 2)) == nil)
    #expect(
      problem(ModelFit(input: .features(3), classCount: 2))
        == "the model takes 3 numbers and a sample is 2 numbers; name the data it was trained on, with its columns")
    #expect(
      problem(ModelFit(input: .channels(3), classCount: 2))
        == "the model takes pictures of 3 channels and a sample is 2 numbers; name the data it was trained on")
    #expect(
      problem(ModelFit(input: .features(2), classCount: 1))
        == "the model tells 1 classes apart and the labels go up to 1; name the data it was trained on")
    #expect(try data.findings(for: ModelFit(input: .features(3), classCount: 2)).map(\.severity) == [.error])
  }
}
