import Networks
import Synchronization
import Testing

@Suite struct EngineTests {
  private static func tasks(_ count: Int, weight: Float = 0.05) -> [RowTask] {
    (0..<count).map { row in
      RowTask(
        label: Int32(row % 4), objective: row % 3 == 0 ? .hingeMargin(target: -1) : .crossEntropy, weight: weight)
    }
  }

  @Test(arguments: TestNetwork.all)
  func gradients_ofManyMicroBatches_areThoseOfTheDirectPass(_ net: TestNetwork) throws {
    let rows = 45
    let parameters = net.parameters(seed: 31)
    let network = try net.network(parameters)
    let engine = Engine(network: network, workers: 2, microBatch: 3)
    let halves = HalfGradients(layout: network.layout)
    let outcomes = engine.gradients(of: Self.tasks(rows), into: halves, fill: TestRows.fill)

    let direct = DirectPass<Double>(net.architecture, images: rows)
    for (half, gradient) in [(0, halves.even), (1, halves.odd)] {
      let positions = Array(stride(from: half, to: rows, by: 2))
      var values = [Float](repeating: 0, count: positions.count * net.architecture.inputCount)
      values.withUnsafeMutableBufferPointer {
        TestRows.fill(RowPositions(first: half, stride: 2, count: positions.count), $0)
      }
      let tasks = Self.tasks(rows)
      let exact = direct.gradients(
        parameters: parameters.map { $0.map { Double(Float($0)) } }, rows: values.map { Double($0) },
        tasks: positions.map { tasks[$0] })
      let trainable = zip(network.specs, exact).filter(\.0.trains).map(\.1)
      for (block, expected) in zip(network.layout.blocks, trainable) {
        #expect(relativeL2(Array(gradient.values[block.range]), expected) < 1e-4, "\(block.name)")
      }
    }
    #expect(abs(halves.evenShare - 23.0 / 45) < 1e-15 && abs(halves.oddShare - 22.0 / 45) < 1e-15)
    let evaluated = engine.evaluate(labels: Self.tasks(rows).map(\.label), fill: TestRows.fill)
    for (a, b) in zip(outcomes, evaluated) {
      #expect(abs(a.loss - b.loss) < 1e-5 && abs(a.phi - b.phi) < 1e-5 && a.correct == b.correct)
    }
  }

  @Test(arguments: [1, 5, 8, 61, 129])
  func gradients_withAnyNumberOfWorkers_haveTheSameBits(_ rows: Int) throws {
    let net = TestNetwork.all[2]
    let results = try [1, 2, 3, 4, 9].map { workers in
      let network = try net.network(net.parameters(seed: 41))
      let engine = Engine(network: network, workers: workers, microBatch: 5)
      let (retain, forget) = (HalfGradients(layout: network.layout), HalfGradients(layout: network.layout))
      let outcomes = engine.pairedGradients(
        retain: GradientBatch(tasks: Self.tasks(rows), gradients: retain), retainFill: TestRows.fill,
        forget: GradientBatch(tasks: Self.tasks(7), gradients: forget), forgetFill: TestRows.fill)
      let alone = HalfGradients(layout: network.layout)
      _ = engine.gradients(of: Self.tasks(rows), into: alone, fill: TestRows.fill)
      #expect(alone.even.values == retain.even.values && alone.odd.values == retain.odd.values)
      return (
        outcomes.retain, outcomes.forget,
        [retain.even.values, retain.odd.values, forget.even.values, forget.odd.values]
      )
    }
    for result in results.dropFirst() {
      #expect(result.0 == results[0].0)
      #expect(result.1 == results[0].1)
      #expect(result.2 == results[0].2)
    }
  }

  @Test func steps_withAnyNumberOfWorkers_leaveTheSameWeights() throws {
    let net = TestNetwork.all[8]
    let weights = try [1, 2, 4].map { workers in
      let network = try net.network(net.parameters(seed: 42))
      let engine = Engine(network: network, workers: workers)
      let algebra = BlockAlgebra(network: network, team: engine.team)
      let (retain, forget) = (HalfGradients(layout: network.layout), HalfGradients(layout: network.layout))
      for _ in 0..<20 {
        _ = engine.pairedGradients(
          retain: GradientBatch(tasks: Self.tasks(40), gradients: retain), retainFill: TestRows.fill,
          forget: GradientBatch(tasks: Self.tasks(33), gradients: forget), forgetFill: TestRows.fill)
        let sums = algebra.sums(retain: retain, forget: forget)
        algebra.apply(
          sums.map { sum in
            let length = 1e-3 * (sum.weightSquared / max(sum.retainSquared, 1e-30)).squareRoot()
            return BlockCoefficients(retain: -length, forget: 1e-3 * length)
          }, retain: retain, forget: forget)
      }
      return network.storage.map { $0.withFloats { Array($0) } }
    }
    #expect(weights[0] == weights[1] && weights[0] == weights[2])
  }

  @Test func gradients_whenRowsCannotBeHad_throwTheCallersError() throws {
    let net = TestNetwork.all[0]
    let network = try net.network(net.parameters(seed: 43))
    let engine = Engine(network: network, workers: 4, microBatch: 2)
    let halves = HalfGradients(layout: network.layout)
    #expect(throws: TestRows.Missing(position: 30)) {
      try engine.gradients(of: Self.tasks(40), into: halves, fill: TestRows.failing(at: 30))
    }
    #expect(throws: TestRows.Missing(position: 3)) {
      try engine.evaluate(labels: [0, 1, 2, 3, 0], fill: TestRows.failing(at: 3))
    }
    // The engine is as good as before.
    let outcomes = engine.gradients(of: Self.tasks(40), into: halves, fill: TestRows.fill)
    #expect(outcomes.allSatisfy { $0.loss > 0 })
  }

  @Test func gradients_afterEachMicroBatch_giveASignOfLife() throws {
    let net = TestNetwork.all[0]
    let network = try net.network(net.parameters(seed: 44))
    let signs = Mutex(0)
    let engine = Engine(network: network, workers: 2, microBatch: 2) { signs.withLock { $0 += 1 } }
    let halves = HalfGradients(layout: network.layout)
    _ = engine.gradients(of: Self.tasks(33), into: halves, fill: TestRows.fill)
    // Slots of 5, 4, 4, ... rows: three micro-batches in the first, two in each of the others.
    #expect(signs.withLock { $0 } == 17)
  }

  @Test func gradients_whenALogitIsNotANumber_showIt() throws {
    let net = TestNetwork.all[2]
    var parameters = net.parameters(seed: 45)
    parameters[0][0] = .nan
    let network = try net.network(parameters)
    let engine = Engine(network: network, workers: 2)
    let halves = HalfGradients(layout: network.layout)
    let outcomes = engine.gradients(of: Self.tasks(9), into: halves, fill: TestRows.fill)
    #expect(outcomes.contains { !$0.loss.isFinite })
    #expect(halves.mean().contains { !$0.isFinite })
  }

  @Test func gradients_ofAnEmptyBatch_areZero() throws {
    let net = TestNetwork.all[0]
    let network = try net.network(net.parameters(seed: 46))
    let halves = HalfGradients(layout: network.layout)
    let outcomes = Engine(network: network, workers: 2).gradients(of: [], into: halves, fill: TestRows.fill)
    #expect(outcomes.isEmpty && halves.mean().allSatisfy { $0 == 0 })
  }
}
