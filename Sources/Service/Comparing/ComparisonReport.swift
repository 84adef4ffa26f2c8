import Requests
import Unlearning

/// The figures of a comparison, in the words of its JSON.
struct ComparisonReport {
  let setup: ComparisonSetup
  let options: RetrainComparison.Options
  /// Unlearned networks whose run reached the model's target.
  let reached: Int
  let retrained: [SeenNetwork]
  let unlearned: [SeenNetwork]
  /// Before they unlearned; empty where all started from the model as it is.
  let originals: [SeenNetwork]
  let ceiling: [SeenNetwork]?

  var json: JSONValue {
    let quality = quality(of: unlearned)
    return .present([
      "model": .string(setup.settings.name),
      "version": setup.version.map { JSONValue($0) } ?? .null,
      "method": .string(setup.settings.unlearning.method.rawValue),
      "nets": JSONValue(options.networks),
      "reached_target": JSONValue(reached),
      "rows": .array(
        zip(setup.selection.rows.indices, setup.selection.rows).map { place, row in
          [
            "row": JSONValue(row), "epsilon": .number(quality.epsilons[place]),
            "phi_unlearned": .number(median(unlearned.map { $0.phi[place] })),
            "phi_retrained": .number(median(retrained.map { $0.phi[place] })),
          ]
        }),
      "unlearned": figures(unlearned),
      "retrained": figures(retrained),
      "not_unlearned": originals.isEmpty ? nil : figures(originals),
      "retrained_again": ceiling.map { figures($0) },
    ])
  }

  private func quality(of networks: [SeenNetwork]) -> ForgettingQuality {
    ForgettingQuality(unlearned: networks.map(\.phi), retrained: retrained.map(\.phi))
  }

  /// Means over the networks; against the retrained ones the quality F, the ratios of accuracies, and their product.
  private func figures(_ networks: [SeenNetwork]) -> JSONValue {
    let quality = quality(of: networks).quality
    let retain = ratio(networks, \.retainAccuracy)
    let heldout = ratio(networks, \.heldoutAccuracy)
    return [
      "forget_accuracy": .number(mean(networks, \.forgetAccuracy)),
      "retain_accuracy": .number(mean(networks, \.retainAccuracy)),
      "heldout_accuracy": .number(mean(networks, \.heldoutAccuracy)),
      "retain_ratio": .number(retain), "heldout_ratio": .number(heldout),
      "forgetting_quality": .number(quality), "score": .number(quality * retain * heldout),
    ]
  }

  private func mean(_ networks: [SeenNetwork], _ figure: KeyPath<SeenNetwork, Double>) -> Double {
    networks.reduce(0) { $0 + $1[keyPath: figure] } / Double(networks.count)
  }

  private func ratio(_ networks: [SeenNetwork], _ figure: KeyPath<SeenNetwork, Double>) -> Double {
    let base = mean(retrained, figure)
    return base > 0 ? mean(networks, figure) / base : 0
  }

  private func median(_ values: [Double]) -> Double {
    let sorted = values.sorted()
    let middle = sorted.count / 2
    return sorted.count.isMultiple(of: 2) ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
  }
}
