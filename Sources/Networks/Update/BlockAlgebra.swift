/// The scalars of a step and the step itself, over flat half-batch gradients; one pass each. Bit for bit the same for
/// any number of workers: sums go over chunks of fixed size, joined in order.
///
/// |w|^2 is taken while the step is written, so that the weights are passed over once a step.
package final class BlockAlgebra {
  package let network: Network
  /// d of the last step, float32; zero before the first. Save and restore it with a run's progress.
  package let lastStep: FlatBuffer
  private let team: WorkerTeam
  private let chunks: [Chunk]
  private var products: [ChunkProducts]
  private var weightSquares: [Double]
  private var weightsAreKnown = false

  /// Below this many weights a meeting of the team costs more than the pass.
  private static let sharedAbove = 64 * 1024
  private var shared: Bool { lastStep.count > Self.sharedAbove }

  package init(network: Network, team: WorkerTeam) {
    self.network = network
    self.team = team
    lastStep = FlatBuffer(count: network.layout.count)
    chunks = Chunk.all(of: network.layout)
    products = Array(repeating: ChunkProducts(), count: chunks.count)
    weightSquares = Array(repeating: 0, count: chunks.count)
  }

  /// One entry a block, in the layout's order.
  package func sums(retain: HalfGradients, forget: HalfGradients) -> [BlockSums] {
    if !weightsAreKnown { measureWeights() }
    let pair = GradientPair(retain: retain, forget: forget, lastStep: lastStep)
    forEachChunk(&products) { $0 = pair.products(over: $1.range) }
    var sums = Array(repeating: BlockSums(), count: network.layout.blocks.count)
    for (index, chunk) in chunks.enumerated() {
      products[index].add(to: &sums[chunk.block])
      sums[chunk.block].weightSquared += weightSquares[index]
    }
    for (index, block) in network.layout.blocks.enumerated() {
      sums[index].setPerpendiculars { ratio in perpendicular(pair, block, ratio) }
    }
    return sums
  }

  /// w <- w + d, d = coefficient.retain * a + coefficient.forget * b in float64, rounded to float32 and kept in
  /// `lastStep`.
  package func apply(_ coefficients: [BlockCoefficients], retain: HalfGradients, forget: HalfGradients) {
    precondition(coefficients.count == network.layout.blocks.count)
    let pair = GradientPair(retain: retain, forget: forget, lastStep: lastStep)
    let network = network
    forEachChunk(&weightSquares) { square, chunk in
      let offset = network.layout.blocks[chunk.block].offset
      network.blockStorage[chunk.block].withMutableFloats { weights in
        guard let base = weights.baseAddress else { return }
        square = pair.step(base - offset, over: chunk.range, coefficients[chunk.block])
      }
    }
    weightsAreKnown = true
  }

  /// To be called when somebody else changed the weights (a progress point was restored): |w|^2 is measured anew.
  package func weightsChanged() {
    weightsAreKnown = false
  }

  private func measureWeights() {
    let network = network
    forEachChunk(&weightSquares) { square, chunk in
      let offset = network.layout.blocks[chunk.block].offset
      network.blockStorage[chunk.block].withFloats { weights in
        guard let base = weights.baseAddress else { return }
        square = GradientPair.square(base - offset, over: chunk.range)
      }
    }
    weightsAreKnown = true
  }

  /// |a - ratio b|^2 of one block, in a pass of its own.
  private func perpendicular(_ pair: GradientPair, _ block: FlatLayout.Block, _ ratio: Double) -> Double {
    Chunk.ranges(of: block).reduce(0) { $0 + pair.differenceSquared(over: $1, ratio: ratio) }
  }

  /// Each chunk's place in `results` is written by one worker; chunks are dealt out in runs.
  private func forEachChunk<T>(_ results: inout [T], _ body: @Sendable (inout T, Chunk) -> Void) {
    let chunks = chunks
    results.withUnsafeMutableBufferPointer { results in
      let out = Shared(results)
      team.run(shared: shared) { worker, workers in
        for index in (chunks.count * worker / workers)..<(chunks.count * (worker + 1) / workers) {
          body(&out.buffer[index], chunks[index])
        }
      }
    }
  }
}

/// A piece of one block that is added up in one go.
struct Chunk: Sendable {
  static let length = 16 * 1024

  let block: Int
  let range: Range<Int>

  static func ranges(of block: FlatLayout.Block) -> [Range<Int>] {
    stride(from: block.offset, to: block.offset + block.count, by: length).map {
      $0..<min($0 + length, block.offset + block.count)
    }
  }

  static func all(of layout: FlatLayout) -> [Chunk] {
    layout.blocks.enumerated().flatMap { index, block in
      ranges(of: block).map { Chunk(block: index, range: $0) }
    }
  }
}
