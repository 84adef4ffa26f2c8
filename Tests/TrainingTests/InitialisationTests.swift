import Networks
import Testing
import Training

@Suite struct InitialisationTests {
  private let shape = ResNetShape(
    stem: .cifar, block: .basic, image: (3, 32, 32), embeddingSize: 16, hiddenSizes: [16, 32, 64], depths: [3, 3, 3],
    classes: 10)

  private func moments(_ values: [Float]) -> (mean: Double, deviation: Double) {
    let mean = values.reduce(0) { $0 + Double($1) } / Double(values.count)
    let variance = values.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / Double(values.count)
    return (mean, variance.squareRoot())
  }

  @Test func resnet_beginsAsHuggingFaceBeginsIt() throws {
    let network = try Network(onHeap: .resnet(shape))
    Initialisation.fill(network, seed: 3)
    func values(_ name: String) throws -> [Float] { try #require(network.parameter(name)).withFloats { Array($0) } }
    let deep = try moments(values("resnet.encoder.stages.2.layers.1.layer.0.convolution.weight"))
    let expected = (2.0 / (64 * 9)).squareRoot()
    #expect(abs(deep.deviation - expected) < 0.02 * expected && abs(deep.mean) < 0.02 * expected)
    let norm = "resnet.encoder.stages.2.layers.1.layer.0.normalization"
    #expect(try values(norm + ".weight").allSatisfy { $0 == 1 } && values(norm + ".bias").allSatisfy { $0 == 0 })
    #expect(
      try values(norm + ".running_var").allSatisfy { $0 == 1 } && values(norm + ".running_mean").allSatisfy { $0 == 0 })
    for name in ["classifier.1.weight", "classifier.1.bias"] {
      let linear = try values(name)
      #expect(linear.allSatisfy { abs($0) <= 0.125 })
      #expect(Set(linear).count > 5)
    }
  }

  @Test func linearLayers_areUniformByTheirInputs() throws {
    let network = try Network(onHeap: .mlp(MLPShape(layers: [400, 200, 5])))
    Initialisation.fill(network, seed: 3)
    let first = try #require(network.parameter("layers.0.weight")).withFloats { Array($0) }
    #expect(first.allSatisfy { abs($0) <= 0.05 })
    #expect(abs(moments(first).deviation - 0.05 / 3.0.squareRoot()) < 3e-4)
    let bias = try #require(network.parameter("layers.0.bias")).withFloats { Array($0) }
    #expect(bias.allSatisfy { abs($0) <= 0.05 } && moments(bias).deviation > 0.02)
  }

  @Test func seeds_giveOtherWeights_andOneSeedTheSame() throws {
    func weights(_ seed: UInt64) throws -> [Float] {
      let network = try Network(onHeap: .mlp(MLPShape(layers: [4, 3])))
      Initialisation.fill(network, seed: seed)
      return network.storage.flatMap { $0.withFloats { Array($0) } }
    }
    #expect(try weights(1) == weights(1))
    #expect(try weights(1) != weights(2))
  }

  @Test func generator_drawsEvenly() {
    var generator = SeededGenerator(seed: 1, .order)
    var counts = [Int](repeating: 0, count: 7)
    for _ in 0..<70_000 { counts[generator.below(7)] += 1 }
    #expect(counts.allSatisfy { abs($0 - 10_000) < 400 })
    let order = generator.permutation(of: 1000)
    #expect(order.sorted() == Array(0..<1000) && order != Array(0..<1000))
    let normals = (0..<50_000).map { _ in Float(generator.normal()) }
    #expect(abs(moments(normals).mean) < 0.02 && abs(moments(normals).deviation - 1) < 0.02)
  }
}
