import Networks
import Testing

/// Losses that look at the model before, against PyTorch's gradients.
@Suite struct ReferenceObjectiveTests {
  @Test(arguments: ["kl", "scrub", "npo"])
  func gradientOfLogits_isPyTorchs(_ name: String) throws {
    let given = PyTorchCase(file: try Fixtures.open("objectives"), name: "objectives")
    let labels = given.file.integers("objectives/y") ?? []
    let (logits, before, losses) = (given.floats("logits"), given.floats("before"), given.floats("losses"))
    let classes = given.shape("logits")[1]
    try #require(labels.count == 12 && losses.count == 12)
    var found: [Float] = []
    for row in labels.indices {
      let own = Array(logits[row * classes..<(row + 1) * classes])
      let reference = Array(before[row * classes..<(row + 1) * classes])
      let objective: RowTask.Objective =
        switch name {
        case "kl": .distillation(reference: reference, divergence: 1, crossEntropy: 0)
        case "scrub": .distillation(reference: reference, divergence: 0.001, crossEntropy: 0.99)
        default: .preference(referenceLoss: Double(losses[row]), beta: 0.1)
        }
      var gradient = [Float](repeating: .nan, count: classes)
      _ = Classification.gradient(
        dlogits: &gradient, logits: own, classes: classes,
        task: RowTask(label: labels[row], objective: objective, weight: 1))
      found += gradient
    }
    #expect(relativeLargest(found, given.floats(name)) < 1e-5)
  }

  /// Where nothing has changed yet, nothing diverges, and negative preference is plain ascent.
  @Test func modelThatIsStillTheOneBefore_hasNoDivergence() {
    let logits: [Float] = [0.5, -1, 2]
    var gradient = [Float](repeating: .nan, count: 3)
    let outcome = Classification.gradient(
      dlogits: &gradient, logits: logits, classes: 3,
      task: RowTask(label: 1, objective: .distillation(reference: logits, divergence: 2, crossEntropy: 0), weight: 1))
    #expect(gradient.allSatisfy { abs($0) < 1e-7 })
    var plain = [Float](repeating: .nan, count: 3)
    _ = Classification.gradient(
      dlogits: &plain, logits: logits, classes: 3, task: RowTask(label: 1, weight: -1))
    _ = Classification.gradient(
      dlogits: &gradient, logits: logits, classes: 3,
      task: RowTask(label: 1, objective: .preference(referenceLoss: outcome.loss, beta: 0.1), weight: 1))
    for (found, wanted) in zip(gradient, plain) { #expect(abs(found - wanted) < 1e-6) }
  }
}
