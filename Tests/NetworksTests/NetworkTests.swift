import Networks
import Testing

@Suite struct NetworkTests {
  private static let shape = ResNetShape(
    stem: .cifar, block: .basic, image: (3, 8, 8), embeddingSize: 4, hiddenSizes: [4, 8], depths: [1, 1], classes: 3)

  @Test func parameters_ofAResNet_haveHuggingFacesNames() {
    let names = Architecture.resnet(Self.shape).parameters.map(\.name)
    #expect(names.first == "resnet.embedder.embedder.weight")
    #expect(names.contains("resnet.encoder.stages.1.layers.0.shortcut.normalization.running_var"))
    #expect(!names.contains("resnet.encoder.stages.0.layers.0.shortcut.convolution.weight"))
    #expect(names.suffix(2) == ["classifier.1.weight", "classifier.1.bias"])
    #expect(Set(names).count == names.count)
  }

  @Test func network_withoutATensor_saysWhich() {
    #expect(throws: NetworksError.missingParameter("resnet.embedder.embedder.weight")) {
      try Network(architecture: .resnet(Self.shape), parameters: [:])
    }
    #expect(
      NetworksError.missingParameter("layers.0.bias").description
        == "the model has no tensor 'layers.0.bias', which its configuration asks for; use the config.json that "
        + "belongs to the weights")
  }

  @Test func network_withATensorOfAnotherSize_saysBothSizes() {
    let mlp = Architecture.mlp(MLPShape(layers: [2, 3]))
    let error = #expect(throws: NetworksError.self) {
      try Network(
        architecture: mlp, parameters: ["layers.0.weight": FlatBuffer(count: 7), "layers.0.bias": FlatBuffer(count: 3)])
    }
    #expect(
      error?.description
        == "the tensor 'layers.0.weight' has 7 elements where the configuration asks for 3 x 2 = 6; use the "
        + "config.json that belongs to the weights")
  }

  @Test(arguments: [
    (Architecture.mlp(MLPShape(layers: [3])), "layers"),
    (Architecture.mlp(MLPShape(layers: [3, 1])), "layers"),
    (Architecture.mlp(MLPShape(layers: [0, 2])), "layers"),
    (resnet(hidden: [4], depths: [1, 1]), "depths"),
    (resnet(hidden: [4, 8], depths: [1, 0]), "depths"),
    (resnet(hidden: [3, 8], depths: [1, 1], block: .bottleneck), "hidden_sizes"),
    (resnet(hidden: [4, 8], depths: [1, 1], classes: 1), "the number of classes"),
  ])
  func architecture_thatMakesNoNetwork_isRefusedByTheSettingsName(_ architecture: Architecture, _ name: String) {
    let error = #expect(throws: NetworksError.self) { try architecture.validate() }
    guard case .unsupported(let setting, _, _)? = error else {
      Issue.record("another error: \(String(describing: error))")
      return
    }
    #expect(setting == name)
  }

  private static func resnet(
    hidden: [Int], depths: [Int], block: ResNetShape.Block = .basic, classes: Int = 3
  ) -> Architecture {
    .resnet(
      ResNetShape(
        stem: .cifar, block: block, image: (3, 8, 8), embeddingSize: 4, hiddenSizes: hidden, depths: depths,
        classes: classes))
  }

  @Test func layout_startsEachBlockAtACacheLine() {
    let layout = FlatLayout(Architecture.mlp(MLPShape(layers: [3, 5, 2])).parameters)
    #expect(layout.blocks.map(\.offset) == [0, 16, 32, 48])
    #expect(layout.blocks.map(\.count) == [15, 5, 10, 2])
    #expect(layout.count == 64)
  }

  @Test func team_runsEveryWorkerOnce() {
    let team = WorkerTeam(count: 4)
    for _ in 0..<200 {
      let seen = FlatBuffer(count: 64)
      team.run { worker in seen.withMutableFloats { $0[16 * worker] += Float(worker + 1) } }
      #expect([0, 16, 32, 48].map { seen.values[$0] } == [1, 2, 3, 4])
    }
  }
}
