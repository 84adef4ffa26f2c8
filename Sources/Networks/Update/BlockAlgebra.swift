import CKernels

/// The scalars of a step and the step itself, over flat half-batch gradients; one pass each. Bit for bit the same for
/// any number of workers: sums go over chunks of fixed size, joined in order.
///
/// |w|^2 is taken while the step is written, so that the weights are passed over once a step. Everything is allocated
/// here, once.
package final class BlockAlgebra {
  package let network: Network
  /// d of the last step, float32; zero before the first. Save and restore it with a run's progress.
  package let lastStep: FlatBuffer
  private let team: WorkerTeam
  private let chunks: Chunks
  private let dealer = RunDealer()
  private var products: [ck_products]
  private var weightSquares: [Double]
  private var weightsAreKnown = false

  /// Below this many weights a meeting of the team costs more than the pass.
  private static let sharedAbove = 64 * 1024

  package init(network: Network, team: WorkerTeam) {
    self.network = network
    self.team = team
    lastStep = FlatBuffer(count: network.layout.count)
    chunks = Chunks(network.layout, workers: team.count)
    products = Array(repeating: ck_products(), count: chunks.all.count)
    weightSquares = Array(repeating: 0, count: chunks.all.count)
  }

  /// One entry a block, in the layout's order.
  package func sums(retain: HalfGradients, forget: HalfGradients) -> [BlockSums] {
    var sums: [BlockSums] = []
    self.sums(retain: retain, forget: forget, into: &sums)
    return sums
  }

  /// The same into an array that is kept from step to step.
  package func sums(retain: HalfGradients, forget: HalfGradients, into sums: inout [BlockSums]) {
    let pair = GradientPair(retain: retain, forget: forget, lastStep: lastStep)
    if !weightsAreKnown { measureWeights(pair) }
    products.withUnsafeMutableBufferPointer { forEachChunk(ProductsWork(pair: pair, out: Shared($0))) }
    sums.removeAll(keepingCapacity: true)
    for (block, indices) in chunks.ofBlock.enumerated() {
      var sum = BlockSums()
      for index in indices {
        sum.add(products[index])
        sum.weightSquared += weightSquares[index]
      }
      sum.setPerpendiculars { ratio in perpendicular(pair, block, ratio) }
      sums.append(sum)
    }
  }

  /// w <- w + d, d = coefficient.retain * a + coefficient.forget * b in float64, rounded to float32 and kept in
  /// `lastStep`.
  package func apply(_ coefficients: [BlockCoefficients], retain: HalfGradients, forget: HalfGradients) {
    precondition(coefficients.count == network.layout.blocks.count)
    let pair = GradientPair(retain: retain, forget: forget, lastStep: lastStep)
    weightSquares.withUnsafeMutableBufferPointer {
      forEachChunk(StepWork(pair: pair, network: network, coefficients: coefficients, out: Shared($0)))
    }
    weightsAreKnown = true
  }

  /// To be called when somebody else changed the weights (a progress point was restored): |w|^2 is measured anew.
  package func weightsChanged() {
    weightsAreKnown = false
  }

  private func measureWeights(_ pair: GradientPair) {
    weightSquares.withUnsafeMutableBufferPointer {
      forEachChunk(SquaresWork(pair: pair, network: network, out: Shared($0)))
    }
    weightsAreKnown = true
  }

  /// |a - ratio b|^2 of one block, in a pass of its own.
  private func perpendicular(_ pair: GradientPair, _ block: Int, _ ratio: Double) -> Double {
    chunks.all[chunks.ofBlock[block]].reduce(0) { $0 + pair.differenceSquared(over: $1.range, ratio: ratio) }
  }

  /// Each chunk is taken by one worker.
  private func forEachChunk(_ work: some ChunkWork) {
    dealer.start()
    let everyChunk = EveryChunk(chunks: chunks, dealer: dealer, work: work)
    if lastStep.count > Self.sharedAbove { team.run(everyChunk) } else { everyChunk.run(0) }
  }
}

/// What is done with a chunk: a value and no closure, so that a step allocates nothing (`WorkerTeam`).
private protocol ChunkWork: Sendable {
  func take(_ index: Int, _ chunk: Chunks.Chunk)
}

private struct EveryChunk<Work: ChunkWork>: TeamWork {
  let chunks: Chunks
  let dealer: RunDealer
  let work: Work

  func run(_ worker: Int) {
    var run = dealer.take()
    while run < chunks.runs.count {
      for index in chunks.runs[run] { work.take(index, chunks.all[index]) }
      run = dealer.take()
    }
  }
}

private struct ProductsWork: ChunkWork {
  let pair: GradientPair
  let out: Shared<ck_products>

  func take(_ index: Int, _ chunk: Chunks.Chunk) { out.buffer[index] = pair.products(over: chunk.range) }
}

private struct SquaresWork: ChunkWork {
  let pair: GradientPair
  let network: Network
  let out: Shared<Double>

  func take(_ index: Int, _ chunk: Chunks.Chunk) {
    network.blockStorage[chunk.block].withFloats { weights in
      guard let base = weights.baseAddress else { return }
      out.buffer[index] = pair.square(base + chunk.offset, count: chunk.range.count)
    }
  }
}

private struct StepWork: ChunkWork {
  let pair: GradientPair
  let network: Network
  let coefficients: [BlockCoefficients]
  let out: Shared<Double>

  func take(_ index: Int, _ chunk: Chunks.Chunk) {
    network.blockStorage[chunk.block].withMutableFloats { weights in
      guard let base = weights.baseAddress else { return }
      out.buffer[index] = pair.step(base + chunk.offset, over: chunk.range, coefficients[chunk.block])
    }
  }
}
