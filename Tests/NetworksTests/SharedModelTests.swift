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

  /// Two correct engines differ by some 1e-3, since ReLU signs flip; the fixture is PyTorch's
  /// (Fixtures/make-shared-gradient.py).
  ///
  /// With HAMUD_WRITE_GRADIENT=FILE the gradient of the first 64 training rows is left there, for
  /// `torch_peer.py compare` with that of `torch_peer.py resnet-grad --rows 0:64`.
  @Test func gradient_ofTheSharedModel_isPyTorchs() throws {
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
    let fixture = try Fixtures.open("shared-gradient")
    let whole = gradients.mean()
    for block in model.network.layout.blocks {
      let stride = block.count > 1000 ? 16 : 1
      let picked = Swift.stride(from: 0, to: block.count, by: stride).map { whole[block.offset + $0] }
      let off = relativeL2(picked, fixture.floats(block.name) ?? [])
      #expect(off < 5e-3, "\(block.name): \(off)")
    }
    guard let path = ProcessInfo.processInfo.environment["HAMUD_WRITE_GRADIENT"] else { return }
    let mean = gradients.mean()
    let specs = model.network.specs.filter(\.trains)
    try TensorFile.write(
      zip(specs, model.network.layout.blocks).map { ($0.name, $0.shape, Array(mean[$1.range])) }, to: path)
  }
}
