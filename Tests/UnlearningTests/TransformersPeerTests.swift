import Checkpoints
import Foundation
import Networks
import Testing
import Unlearning

/// ResNets of many shapes, read as models are, against Hugging Face's transformers in float64. In float64 hamud's
/// gradients are the same (1e-5 relative L2 a tensor; the file's are rounded to float32). The engine, in float32, has logits within 1e-4
/// of the largest and gradients within 5e-3 or, in a deep network, three times the most that PyTorch's own float32 is off: rounding
/// decides nearly undecided ReLUs and maxima, and both are as right.
///
/// Runs where `HAMUD_PEER_PYTHON` names a Python that has torch, transformers and safetensors. `HAMUD_PEER_MODELS` may
/// name a folder that `Peer/resnets.py` wrote before.
@Suite struct TransformersPeerTests {
  @Test func resnets_ofEveryShape_areThoseOfTransformers() throws {
    let environment = ProcessInfo.processInfo.environment
    guard let python = environment["HAMUD_PEER_PYTHON"] else {
      return print("SKIPPED: ResNets against transformers (HAMUD_PEER_PYTHON names no Python)")
    }
    let folder = environment["HAMUD_PEER_MODELS"] ?? NSTemporaryDirectory() + "hamud-peer-\(UUID().uuidString)"
    defer { if environment["HAMUD_PEER_MODELS"] == nil { try? FileManager.default.removeItem(atPath: folder) } }
    if environment["HAMUD_PEER_MODELS"] == nil { try makeModels(python, folder) }
    let names = try FileManager.default.contentsOfDirectory(atPath: folder).filter { !$0.contains(".") }.sorted()
    #expect(names.count == 13)
    for name in names { try compare(folder + "/" + name, name) }
  }

  private func makeModels(_ python: String, _ folder: String) throws {
    let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Peer/resnets.py")
    let process = Process()
    process.executableURL = URL(filePath: python)
    process.arguments = [script.path, folder]
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0, "\(python) \(script.path) \(folder)")
  }

  private func compare(_ path: String, _ name: String) throws {
    let expected = try SafetensorsFile(path + ".safetensors")
    let shape = try #require(expected.header.tensor("x")).shape
    let rows = try expected.floats("x")
    let labels = try expected.floats("y").map { Int32($0) }
    let weights = try WeightMap.map(try ModelDirectory.open(path)) { _ in false }
    let network = try Network(weights, sampleShape: Array(shape.dropFirst()))
    let row = network.architecture.inputCount
    let fill: @Sendable (RowPositions, UnsafeMutableBufferPointer<Float>) -> Void = { positions, out in
      for (index, position) in positions.enumerated() {
        for element in 0..<row { out[index * row + element] = rows[position * row + element] }
      }
    }
    let engine = Engine(network: network, workers: 2)
    let logits = Distance(engine.logits(rows: shape[0], fill: fill), try expected.floats("logits")).largest
    #expect(logits < 1e-4, "\(name): logits \(logits)")
    let halves = HalfGradients(layout: network.layout)
    let tasks = labels.map { RowTask(label: $0, weight: 1 / Float(shape[0])) }
    _ = engine.gradients(of: tasks, into: halves, fill: fill)
    (halves.evenShare, halves.oddShare) = (1, 1)  // halves are sums here: together the mean over all rows
    let gradient = halves.mean()
    let exact = DirectPass<Double>(network.architecture, images: shape[0]).gradients(
      parameters: network.storage.map { $0.withFloats { $0.map { Double($0) } } }, rows: rows.map { Double($0) },
      tasks: tasks
    ).filter { !$0.isEmpty }
    let blocks = network.layout.blocks
    try #require(exact.count == blocks.count)
    let bound = try bound(expected, blocks)
    var (worst, worstExact) = (("", 0.0), 0.0)
    for (index, block) in blocks.enumerated() {
      let wanted = try expected.floats("g/" + block.name)
      let off = Distance(Array(gradient[block.range]), wanted).l2
      #expect(off < bound, "\(name): \(block.name) \(off)")
      if off > worst.1 { worst = (block.name, off) }
      let offExact = Distance(exact[index], wanted).l2
      #expect(offExact < 1e-5, "\(name): \(block.name) in float64 \(offExact)")
      worstExact = max(worstExact, offExact)
    }
    print("\(name): logits \(logits), gradients \(worst) within \(bound), in float64 \(worstExact)")
  }

  /// Whichever tensors PyTorch's own float32 is furthest off in: which ReLUs flip is chance.
  private func bound(_ expected: SafetensorsFile, _ blocks: [FlatLayout.Block]) throws -> Double {
    max(5e-3, 3 * (try blocks.map { Double(try expected.floats("e/" + $0.name)[0]) }.max() ?? 0))
  }

  private struct Distance {
    /// The largest |x - y| relative to the largest |y|.
    let largest: Double
    /// |x - y|/|y|
    let l2: Double

    init(_ x: [some BinaryFloatingPoint], _ y: [Float]) {
      precondition(x.count == y.count)
      var (off, size, squares, reference) = (0.0, 0.0, 0.0, 0.0)
      for (x, y) in zip(x, y) {
        let difference = Double(x) - Double(y)
        squares += difference * difference
        reference += Double(y) * Double(y)
        off = difference.isFinite ? max(off, abs(difference)) : .infinity
        size = max(size, abs(Double(y)))
      }
      largest = off / max(size, .leastNormalMagnitude)
      l2 = squares.isFinite ? (squares / max(reference, .leastNormalMagnitude)).squareRoot() : .infinity
    }
  }
}
