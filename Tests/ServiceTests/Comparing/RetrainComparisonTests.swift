import Platform
import Requests
import Service
import Testing

/// `hamuctl compare --retrain` on small networks, against answers that are known.
@Suite(.timeLimit(.minutes(20))) struct RetrainComparisonTests {
  private static let request = manifest("twelve", "subjects: [s-3]")

  private func compare(
    _ road: Road, _ text: String = request, _ change: (inout RetrainComparison.Options) -> Void = { _ in }
  ) throws -> JSONValue {
    var options = RetrainComparison.Options(epochs: 60)
    options.networks = 8
    options.rate = 0.01
    change(&options)
    return try RetrainComparison(places: road.places, manifest: text, options: options).run { _ in }
  }

  private func figure(_ figures: JSONValue, _ kind: String, _ key: String) throws -> Double {
    try #require(figures[kind]?[key]?.numberValue)
  }

  /// A method that does not unlearn leaves networks that remember: they are told from retrained ones with ease, while
  /// further retrained ones are not.
  @Test func withoutUnlearning_theScoreIsLow_farBelowWhatRetrainedOnesGet() throws {
    let road = try Road("unlearning: {method: ft, learning_rate: 1e-12, max_steps: 1}")
    let figures = try compare(road) {
      $0.networks = 16
      $0.trainsOriginals = true
      $0.findsCeiling = true
    }
    let low = try figure(figures, "unlearned", "forgetting_quality")
    let high = try figure(figures, "retrained_again", "forgetting_quality")
    print("compare, 16 networks: not unlearned \(low), retrained again \(high)")
    #expect(low < 0.08 && high > 0.1 && high > 2 * low)
    #expect(try figure(figures, "not_unlearned", "forgetting_quality") == low)
    #expect(try figure(figures, "unlearned", "forget_accuracy") > figure(figures, "retrained", "forget_accuracy") + 0.2)
    #expect(figures["reached_target"]?.integerValue == 0 && figures["nets"]?.integerValue == 16)
  }

  /// From the model as it is: always the same weights, which never are what chance makes of a training.
  @Test func oneAndTheSameNetwork_isAlwaysTold() throws {
    let road = try Road("unlearning: {method: ft, learning_rate: 1e-12, max_steps: 1}")
    let figures = try compare(road)
    #expect(try figure(figures, "unlearned", "forgetting_quality") == 0)
    let epsilons = figures["rows"]?.elements?.compactMap { $0["epsilon"]?.numberValue } ?? []
    #expect(epsilons == [Double](repeating: 50, count: 12))
    #expect(figures["rows"]?.elements?.compactMap { $0["row"]?.integerValue } == (0..<12).map { 3 + 20 * $0 })
  }

  @Test func unlearning_bringsTheRowsTowardsRetraining_andPublishesNothing() throws {
    let road = try Road()
    let figures = try compare(road) { $0.trainsOriginals = true }
    #expect(figures["reached_target"]?.integerValue == 8 && figures["method"]?.stringValue == "hamu-q")
    let rows = try #require(figures["rows"]?.elements)
    func mean(_ key: String) -> Double {
      rows.reduce(0) { $0 + ($1[key]?.numberValue ?? .nan) } / Double(rows.count)
    }
    // What was remembered is as unsure as what was never seen, within what 12 rows can say.
    #expect(abs(mean("phi_unlearned") - mean("phi_retrained")) < 3)
    #expect(
      try figure(figures, "unlearned", "forget_accuracy") < figure(figures, "not_unlearned", "forget_accuracy") - 0.2)
    let product =
      try figure(figures, "unlearned", "forgetting_quality") * figure(figures, "unlearned", "retain_ratio")
      * figure(figures, "unlearned", "heldout_ratio")
    #expect(abs(try figure(figures, "unlearned", "score") - product) < 1e-12)
    #expect(road.versions.isEmpty && figures["version"]?.isNull == true)
    // The same seeds, the same figures.
    #expect(try compare(road) { $0.trainsOriginals = true } == figures)
  }

  @Test func whatCannotBeCompared_isRefused() throws {
    let road = try Road()
    func refusal(_ text: String, networks: Int = 8) -> ControlError? {
      do {
        _ = try compare(road, text) { $0.networks = networks }
        return nil
      } catch {
        return error as? ControlError
      }
    }
    #expect(refusal(Self.request, networks: 2)?.code == .usage)
    #expect(refusal(manifest("x", "samples: [1]", model: "other"))?.code == .configuration)
    #expect(refusal(manifest("x", "samples: [100000]"))?.code == .rejected)
    #expect(refusal("nonsense")?.code == .rejected)
  }
}
