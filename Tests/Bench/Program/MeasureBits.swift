import ArgumentParser
import Checkpoints
import Networks
import Platform

struct MeasureBits: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bits", abstract: "The digest of ResNet-20's weights after some paired steps, each on other rows.")

  @Option(help: "Rows of the retain batch, and as many of the forget batch.") var batch = 100
  @Option(help: "Steps.") var steps = 20
  @Option(help: "Stop after this step and write what is needed to go on to --state.") var stopAt: Int?
  @Option(help: "Where a stopped run lies; without --stop-at it is gone on from.") var state: String?
  @OptionGroup var options: StepOptions

  /// Saved runs say whose they are; this one is nobody else's.
  private static let key = RunProgress.Key(batch: 0, parent: 0, parentRecord: "bench", settingsDigest: "bench")

  func run() throws {
    let (network, rows) = try Inputs(options.places).pictures(count: 1024)
    let step = PairedStep(network, rows, batch: batch, workers: options.team)
    let first = stopAt == nil ? try state.map { try restore(network, step.algebra, from: $0) } ?? 0 : 0
    for number in first..<(stopAt ?? steps) {
      step.draw(from: number * 2 * batch)
      step.take()
    }
    if let stopAt, let state { try save(network, step.algebra, step: stopAt, to: state) }
    var hasher = SHA256Hasher()
    for storage in network.blockStorage { storage.withFloats { hasher.update(UnsafeRawBufferPointer($0)) } }
    let members: [String: JSON] = [
      "digest": .string(hasher.finish().description), "threads": .number(Double(step.engine.team.count)),
      "first_step": .number(Double(first)), "steps": .number(Double(stopAt ?? steps)),
      "retain_loss": .number(step.retainLoss),
    ]
    print(try JSON.object(members).text())
  }

  private func save(_ network: Network, _ algebra: BlockAlgebra, step: Int, to path: String) throws {
    let weights = zip(network.layout.blocks, network.blockStorage).map { block, storage in
      TensorArray(block.name, .float32(storage.withFloats { Array($0) }))
    }
    try RunProgressFile.save(
      RunProgress(
        key: Self.key, state: String(step),
        arrays: weights + [TensorArray("last step", .float32(algebra.lastStep.values))]
      ), to: path)
  }

  /// Returns the step to go on with.
  private func restore(_ network: Network, _ algebra: BlockAlgebra, from path: String) throws -> Int {
    guard let saved = try RunProgressFile.load(path, matching: Self.key), let step = Int(saved.state) else {
      throw BenchError("\(path): there is no stopped run")
    }
    for (block, storage) in zip(network.layout.blocks, network.blockStorage) {
      try Self.copy(saved.array(block.name), to: storage)
    }
    try Self.copy(saved.array("last step"), to: algebra.lastStep)
    algebra.weightsChanged()
    return step
  }

  private static func copy(_ array: TensorArray?, to storage: any ParameterStorage) throws {
    guard case .float32(let values)? = array?.values, values.count == storage.count else {
      throw BenchError("a stopped run of another network")
    }
    storage.withMutableFloats { _ = $0.update(fromContentsOf: values) }
  }
}
