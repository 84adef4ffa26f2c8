import Networks
import Testing

/// Hugging Face's ResNets with random numbers: logits within 1e-4, gradients within 5e-3 (relative L2 a tensor), with
/// frozen and with the batch's statistics.
@Suite struct PyTorchNetworkTests {
  private static let networks: [(String, ResNetShape)] = [
    ("basic", shape(.basic, (21, 18), [6, 8], [1, 2])),
    ("basic-first", shape(.basic, (24, 24), [6, 8], [1, 1], first: true)),
    ("bottleneck", shape(.bottleneck, (21, 18), [8, 12], [2, 1])),
    ("bottleneck-stride", shape(.bottleneck, (24, 24), [8, 12], [1, 2], inBottleneck: true)),
  ]

  private static func shape(
    _ block: ResNetShape.Block, _ size: (Int, Int), _ hidden: [Int], _ depths: [Int], first: Bool = false,
    inBottleneck: Bool = false
  ) -> ResNetShape {
    ResNetShape(
      stem: .imageNet, block: block, image: (3, size.0, size.1), embeddingSize: 6, hiddenSizes: hidden,
      depths: depths, downsampleInFirstStage: first, downsampleInBottleneck: inBottleneck, classes: 5)
  }

  private struct Setup {
    let given: PyTorchCase
    let network: Network
    let rows: [Float]
    let labels: [Int32]

    init(_ index: Int) throws {
      let (name, shape) = networks[index]
      given = PyTorchCase(file: try Fixtures.open("networks"), name: name)
      var parameters: [String: any ParameterStorage] = [:]
      for spec in shape.parameters { parameters[spec.name] = FlatBuffer(given.floats("p/\(spec.name)")) }
      network = try Network(architecture: .resnet(shape), parameters: parameters)
      rows = given.floats("x")
      labels = given.file.integers("\(name)/y") ?? []
    }

    var fill: @Sendable (RowPositions, UnsafeMutableBufferPointer<Float>) -> Void {
      let (rows, row) = (rows, network.architecture.inputCount)
      return { positions, out in
        for (index, position) in positions.enumerated() {
          for element in 0..<row { out[index * row + element] = rows[position * row + element] }
        }
      }
    }

    func expectGradients(_ flat: [Float], _ kind: String, bound: Double) {
      for block in network.layout.blocks {
        let off = relativeL2(Array(flat[block.range]), given.floats("\(kind)/\(block.name)"))
        #expect(off < bound, "\(block.name): \(off)")
      }
    }
  }

  @Test(arguments: networks.indices)
  func network_withFrozenStatistics_isTransformers(_ index: Int) throws {
    let setup = try Setup(index)
    let engine = Engine(network: setup.network, workers: 2)
    let logits = engine.logits(rows: setup.labels.count, fill: setup.fill)
    #expect(relativeLargest(logits, setup.given.floats("logits")) < 1e-4)
    let halves = HalfGradients(layout: setup.network.layout)
    _ = engine.gradients(
      of: setup.labels.map { RowTask(label: $0, weight: 0.5) }, into: halves, fill: setup.fill)
    setup.expectGradients(halves.mean(), "g", bound: 5e-3)
  }

  @Test(arguments: networks.indices)
  func network_withBatchStatistics_isTransformers(_ index: Int) throws {
    let setup = try Setup(index)
    let engine = TrainingEngine(network: setup.network, maximumBatch: 4, workers: 2)
    let gradient = FlatBuffer(count: setup.network.layout.count)
    _ = engine.gradient(labels: setup.labels, into: gradient, fill: setup.fill)
    setup.expectGradients(gradient.values, "t", bound: 5e-3)
    for (spec, storage) in zip(setup.network.specs, setup.network.storage) where !spec.trains {
      let off = relativeLargest(storage.withFloats { Array($0) }, setup.given.floats("s/\(spec.name)"))
      #expect(off < 1e-4, "\(spec.name): \(off)")
    }
  }
}
