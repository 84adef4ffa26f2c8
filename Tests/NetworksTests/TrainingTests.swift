import Networks
import Testing

@Suite struct TrainingTests {
  /// Batch statistics make every row's loss depend on every other's, so the differences go through the whole batch.
  @Test(arguments: TestNetwork.all)
  func trainingGradient_inFloat64_equalsCentralDifferences(_ net: TestNetwork) {
    let count = 5
    let parameters = net.parameters(seed: 21)
    var numbers = Numbers(22)
    let rows: [Double] = numbers.array(count * net.architecture.inputCount)
    let tasks = (0..<count).map { RowTask(label: Int32($0 % 3), weight: 1 / Float(count)) }
    let run = TrainingRun(net.architecture, maximumBatch: 6)
    let gradients = run.gradients(parameters: parameters, rows: rows, tasks: tasks)
    for (index, spec) in net.architecture.parameters.enumerated() where spec.trains {
      let (worst, size) = CentralDifferences.check(parameters, index, gradient: gradients[index]) {
        NaiveLoss.total(run.logits(parameters: $0, rows: rows), tasks: tasks)
      }
      #expect(worst < 1e-6 * max(size, 1e-3), "\(spec.name): off by \(worst) of \(size)")
    }
  }

  /// The passes in float32 have kernels of their own. Twenty rows make chunks of two and three images.
  @Test(arguments: TestNetwork.all)
  func trainingGradient_inFloat32_isThatOfFloat64(_ net: TestNetwork) throws {
    let count = 20
    let parameters = net.parameters(seed: 23).map { $0.map { Double(Float($0)) } }
    let network = try net.network(parameters)
    let labels = (0..<count).map { Int32($0 % 4) }
    let flat = FlatBuffer(count: network.layout.count)
    _ = TrainingEngine(network: network, maximumBatch: count, workers: 2)
      .gradient(labels: labels, into: flat, fill: TestRows.fill)
    var rows = [Float](repeating: 0, count: count * net.architecture.inputCount)
    rows.withUnsafeMutableBufferPointer { TestRows.fill(RowPositions(first: 0, stride: 1, count: count), $0) }
    let exact = TrainingRun(net.architecture, maximumBatch: count).gradients(
      parameters: parameters, rows: rows.map { Double($0) },
      tasks: labels.map { RowTask(label: $0, weight: 1 / Float(count)) })
    let trainable = zip(network.specs, exact).filter(\.0.trains).map(\.1)
    for (block, expected) in zip(network.layout.blocks, trainable) {
      let off = relativeL2(Array(flat.values[block.range]), expected)
      #expect(off < 1e-3, "\(block.name): \(off)")
    }
  }

  @Test func trainingGradient_withAnyNumberOfWorkers_hasTheSameBits() throws {
    let net = TestNetwork.all[2]
    let results = try [1, 2, 4].map { workers in
      let network = try net.network(net.parameters(seed: 3))
      let engine = TrainingEngine(network: network, maximumBatch: 24, workers: workers)
      let gradient = FlatBuffer(count: network.layout.count)
      let outcomes = engine.gradient(labels: (0..<21).map { Int32($0 % 4) }, into: gradient, fill: TestRows.fill)
      return (outcomes, gradient.values, network.storage.map { $0.withFloats { Array($0) } })
    }
    for result in results.dropFirst() {
      #expect(result.0 == results[0].0)
      #expect(result.1 == results[0].1)
      #expect(result.2 == results[0].2)
    }
  }

  @Test func trainingGradient_withoutBatchNorm_isTheEnginesGradient() throws {
    let net = TestNetwork.all[0]
    let network = try net.network(net.parameters(seed: 4))
    let labels = (0..<20).map { Int32($0 % 4) }
    let gradient = FlatBuffer(count: network.layout.count)
    let training = TrainingEngine(network: network, maximumBatch: 20, workers: 2)
    let fromTraining = training.gradient(labels: labels, into: gradient, fill: TestRows.fill)
    let halves = HalfGradients(layout: network.layout)
    let fromEngine = Engine(network: network, workers: 2).gradients(
      of: labels.map { RowTask(label: $0, weight: 0.1) }, into: halves, fill: TestRows.fill)
    #expect(relativeL2(gradient.values, halves.mean()) < 1e-5)
    #expect(zip(fromTraining, fromEngine).allSatisfy { abs($0.loss - $1.loss) < 1e-5 })
  }

  @Test func trainingGradient_whenRowsCannotBeHad_throwsTheCallersErrorAndLeavesStatistics() throws {
    let net = TestNetwork.all[2]
    let network = try net.network(net.parameters(seed: 5))
    let before = network.storage.map { $0.withFloats { Array($0) } }
    let engine = TrainingEngine(network: network, maximumBatch: 8, workers: 2)
    #expect(throws: TestRows.Missing.self) {
      try engine.gradient(
        labels: [0, 1, 2, 3], into: FlatBuffer(count: network.layout.count), fill: TestRows.failing(at: 2))
    }
    #expect(network.storage.map { $0.withFloats { Array($0) } } == before)
  }

  @Test func moments_ofOffsetValues_keepTheirDigits() {
    let values = (0..<1000).map { Float(1000) + Float($0 % 7) * 0.125 }
    var (mean, squares) = ([0.0], [0.0])
    BatchNormTraining<Float>.moments(values, rows: 0..<1000, channels: 1, mean: &mean, squares: &squares)
    let exactMean = values.map { Double($0) }.reduce(0, +) / 1000
    let exact = values.reduce(0.0) { $0 + (Double($1) - exactMean) * (Double($1) - exactMean) }
    #expect(abs(mean[0] - exactMean) < 1e-7 * exactMean)
    #expect(abs(squares[0] - exact) < 1e-4 * exact)
  }
}

/// Rows whose numbers follow from their position.
enum TestRows {
  struct Missing: Error, Equatable {
    let position: Int
  }

  static let fill: @Sendable (RowPositions, UnsafeMutableBufferPointer<Float>) -> Void = { positions, out in
    guard let count = positions.isEmpty ? nil : out.count / positions.count else { return }
    for (index, position) in positions.enumerated() {
      var numbers = Numbers(UInt64(position) + 1000)
      for element in 0..<count { out[index * count + element] = Float(numbers.uniform() * 2 - 1) }
    }
  }

  static func failing(at bad: Int) -> Engine.Fill<Missing> {
    { (positions, out) throws(Missing) in
      if positions.contains(bad) { throw Missing(position: bad) }
      fill(positions, out)
    }
  }
}

/// `TrainingPass` over arrays.
struct TrainingRun {
  private let architecture: Architecture
  private let pass: TrainingPass<Double>

  init(_ architecture: Architecture, maximumBatch: Int) {
    self.architecture = architecture
    pass = TrainingPass(architecture, maximumBatch: maximumBatch, team: WorkerTeam(count: 2))
  }

  func logits(parameters: [[Double]], rows: [Double]) -> [Double] {
    let count = rows.count / architecture.inputCount
    pass.begin(count: count, parameters: ArraySource(parameters))
    for images in pass.chunkImages where !images.isEmpty {
      rows.withUnsafeBufferPointer { rows in
        guard let base = rows.baseAddress else { return }
        pass.load(base + images.lowerBound * architecture.inputCount, images: images)
      }
    }
    return Array(UnsafeBufferPointer(start: pass.forward(), count: count * pass.classes))
  }

  func gradients(parameters: [[Double]], rows: [Double], tasks: [RowTask]) -> [[Double]] {
    let logits = logits(parameters: parameters, rows: rows)
    for (row, task) in tasks.enumerated() {
      logits.withUnsafeBufferPointer { logits in
        guard let base = logits.baseAddress else { return }
        _ = Classification.gradient(
          dlogits: pass.logitsGradient + row * pass.classes, logits: base + row * pass.classes,
          classes: pass.classes, task: task)
      }
    }
    let layout = FlatLayout(architecture.parameters)
    var flat = [Double](repeating: 0, count: layout.count)
    flat.withUnsafeMutableBufferPointer { flat in
      guard let base = flat.baseAddress else { return }
      pass.backward(into: FlatSink<Double, Double>(architecture, flat: base))
    }
    var blocks = layout.blocks.makeIterator()
    return architecture.parameters.map { $0.trains ? blocks.next().map { Array(flat[$0.range]) } ?? [] : [] }
  }
}
