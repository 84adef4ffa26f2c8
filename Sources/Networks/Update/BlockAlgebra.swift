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
    forEachChunk(&products) { $0 = pair.products(over: $1.range) }
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
    let network = network
    forEachChunk(&weightSquares) { square, chunk in
      network.blockStorage[chunk.block].withMutableFloats { weights in
        guard let base = weights.baseAddress else { return }
        square = pair.step(base + chunk.offset, over: chunk.range, coefficients[chunk.block])
      }
    }
    weightsAreKnown = true
  }

  /// To be called when somebody else changed the weights (a progress point was restored): |w|^2 is measured anew.
  package func weightsChanged() {
    weightsAreKnown = false
  }

  private func measureWeights(_ pair: GradientPair) {
    let network = network
    forEachChunk(&weightSquares) { square, chunk in
      network.blockStorage[chunk.block].withFloats { weights in
        guard let base = weights.baseAddress else { return }
        square = pair.square(base + chunk.offset, count: chunk.range.count)
      }
    }
    weightsAreKnown = true
  }

  /// |a - ratio b|^2 of one block, in a pass of its own.
  private func perpendicular(_ pair: GradientPair, _ block: Int, _ ratio: Double) -> Double {
    chunks.all[chunks.ofBlock[block]].reduce(0) { $0 + pair.differenceSquared(over: $1.range, ratio: ratio) }
  }

  /// Each chunk's place in `results` is written by one worker.
  private func forEachChunk<T>(_ results: inout [T], _ body: @Sendable (inout T, Chunks.Chunk) -> Void) {
    let chunks = chunks
    results.withUnsafeMutableBufferPointer { results in
      let out = Shared(results)
      team.run(shared: lastStep.count > Self.sharedAbove) { worker, workers in
        for index in chunks.run(worker, of: workers) { body(&out.buffer[index], chunks.all[index]) }
      }
    }
  }
}
