import Networks
import Testing

/// Layers on the inputs that PyTorch had, within 1e-5 of what it gave.
@Suite struct PyTorchLayerTests {
  private static let bound = 1e-5
  private static let units = [
    ("3x3", 3, 1, true), ("3x3-residual", 3, 1, true), ("3x3-stride", 3, 2, true), ("1x1-stride", 1, 2, false),
    ("1x1", 1, 1, true), ("7x7-stride", 7, 2, true),
  ]

  @Test(arguments: units.indices)
  func unit_withFrozenStatistics_isPyTorchs(_ index: Int) throws {
    let (name, kernel, stride, rectified) = Self.units[index]
    let given = PyTorchCase(file: try Fixtures.open("layers"), name: "frozen-\(name)")
    let run = UnitRun(given, kernel: kernel, stride: stride, rectified: rectified)
    let result = run.frozen()
    #expect(relativeLargest(result.y, given.channelsLast("y")) < Self.bound)
    #expect(relativeLargest(result.dx, given.channelsLast("dx")) < Self.bound)
    #expect(relativeLargest(result.dweight, given.floats("dweight")) < Self.bound)
    #expect(relativeLargest(result.dgamma, given.floats("dgamma")) < Self.bound)
    #expect(relativeLargest(result.dbeta, given.floats("dbeta")) < Self.bound)
    if run.residual != nil { #expect(relativeLargest(result.dz, given.channelsLast("dresidual")) < Self.bound) }
  }

  @Test(arguments: units.indices)
  func unit_withBatchStatistics_isPyTorchs(_ index: Int) throws {
    let (name, kernel, stride, rectified) = Self.units[index]
    let given = PyTorchCase(file: try Fixtures.open("layers"), name: "training-\(name)")
    let run = UnitRun(given, kernel: kernel, stride: stride, rectified: rectified)
    let (result, moments) = run.training()
    #expect(relativeLargest(result.y, given.channelsLast("y")) < Self.bound)
    #expect(relativeLargest(result.dx, given.channelsLast("dx")) < Self.bound)
    #expect(relativeLargest(result.dweight, given.floats("dweight")) < Self.bound)
    #expect(relativeLargest(result.dgamma, given.floats("dgamma")) < Self.bound)
    #expect(relativeLargest(result.dbeta, given.floats("dbeta")) < Self.bound)
    let means = zip(given.floats("mean"), moments).map { 0.9 * Double($0) + 0.1 * $1.mean }
    let variances = zip(given.floats("variance"), moments).map { 0.9 * Double($0) + 0.1 * $1.unbiasedVariance }
    #expect(relativeLargest(means, given.floats("newmean")) < Self.bound)
    #expect(relativeLargest(variances, given.floats("newvariance")) < Self.bound)
  }

  @Test func maximumPool_isPyTorchs_alsoWherePixelsAreEqual() throws {
    let given = PyTorchCase(file: try Fixtures.open("layers"), name: "max-pool")
    let shape = given.shape("x")
    let pooling = Pooling<Float>(height: shape[2], width: shape[3], channels: shape[1], images: shape[0])
    let (x, dy) = (given.channelsLast("x"), given.channelsLast("dy"))
    var (y, dx) = ([Float](repeating: .nan, count: dy.count), [Float](repeating: 0, count: x.count))
    pooling.maximumForward(y: &y, x: x)
    pooling.maximumBackward(dx: &dx, dy: dy, x: x, y: y)
    #expect(y == given.channelsLast("y"))
    #expect(relativeLargest(dx, given.channelsLast("dx")) < 1e-6)
  }

  @Test func averagePool_isPyTorchs() throws {
    let given = PyTorchCase(file: try Fixtures.open("layers"), name: "average-pool")
    let shape = given.shape("x")
    let pooling = Pooling<Float>(height: shape[2], width: shape[3], channels: shape[1], images: shape[0])
    let (x, dy) = (given.channelsLast("x"), given.floats("dy"))
    var (y, dx) = ([Float](repeating: .nan, count: dy.count), [Float](repeating: .nan, count: x.count))
    pooling.averageForward(y: &y, x: x)
    pooling.averageBackward(dx: &dx, dy: dy)
    #expect(relativeLargest(y, given.floats("y")) < Self.bound)
    #expect(relativeLargest(dx, given.channelsLast("dx")) < Self.bound)
  }

  @Test func losses_arePyTorchs() throws {
    let given = PyTorchCase(file: try Fixtures.open("layers"), name: "losses")
    let labels = given.file.integers("losses/label") ?? []
    let (z, targets) = (given.floats("z"), given.floats("target"))
    let classes = given.shape("z")[1]
    for (row, label) in labels.enumerated() {
      let logits = Array(z[(row * classes)..<((row + 1) * classes)])
      var (dloss, dhinge) = ([Float](repeating: .nan, count: classes), [Float](repeating: .nan, count: classes))
      let outcome = Classification.gradient(
        dlogits: &dloss, logits: logits, classes: classes, task: RowTask(label: label, weight: 1))
      _ = Classification.gradient(
        dlogits: &dhinge, logits: logits, classes: classes,
        task: RowTask(label: label, objective: .hingeMargin(target: Double(targets[row])), weight: 1))
      #expect(abs(outcome.loss - Double(given.floats("loss")[row])) < 1e-5 * max(1, outcome.loss))
      #expect(abs(outcome.phi - Double(given.floats("phi")[row])) < 1e-5 * max(1, abs(outcome.phi)))
      let range = (row * classes)..<((row + 1) * classes)
      #expect(relativeLargest(dloss, Array(given.floats("dloss")[range])) < Self.bound)
      #expect(relativeLargest(dhinge, Array(given.floats("dhinge")[range])) < Self.bound)
      #expect(outcome.correct == (logits.firstIndex(of: logits.max() ?? 0) == Int(label)))
    }
  }
}
