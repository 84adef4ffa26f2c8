import FoundationEssentials
import Networks
import Testing

@Suite struct SharedModelTests {
  @Test func evaluation_ofTheSharedModel_givesPyTorchsLossAndAccuracy() throws {
    guard let shared = SharedFolder.path(for: #function) else { return }
    let model = try SharedModel(shared)
    let engine = Engine(network: model.network, workers: 2)
    let test = model.test
    let outcomes = engine.evaluate(labels: test.labels) { positions, rows in test.read(positions, into: rows) }
    let loss = outcomes.map(\.loss).reduce(0, +) / Double(outcomes.count)
    let accuracy = Double(outcomes.count { $0.correct }) / Double(outcomes.count)
    #expect(abs(loss - 1.4122) < 5e-5)
    #expect(abs(accuracy - 0.681) < 1e-9)
  }

  /// With HAMUD_WRITE_GRADIENT=FILE the gradient of the first 64 training rows is left there, for
  /// `torch_peer.py compare` with that of `torch_peer.py resnet-grad --rows 0:64`.
  @Test func gradient_ofTheSharedModel_canBeComparedWithPyTorchs() throws {
    guard let shared = SharedFolder.path(for: #function) else { return }
    let model = try SharedModel(shared)
    let engine = Engine(network: model.network, workers: 2)
    let train = model.train
    let gradients = HalfGradients(layout: model.network.layout)
    let tasks = (0..<64).map { RowTask(label: train.labels[$0], weight: 1.0 / 32) }
    let outcomes = engine.gradients(of: tasks, into: gradients) { positions, rows in
      train.read(positions, into: rows)
    }
    #expect(outcomes.allSatisfy { $0.loss.isFinite })
    guard let path = ProcessInfo.processInfo.environment["HAMUD_WRITE_GRADIENT"] else { return }
    let mean = gradients.mean()
    let specs = model.network.specs.filter(\.trains)
    try TensorFile.write(
      zip(specs, model.network.layout.blocks).map { ($0.name, $0.shape, Array(mean[$1.range])) }, to: path)
  }
}
