import Glibc

/// One batch through the network with BatchNorm's batch statistics, layer by layer: workers compute eight fixed runs
/// of images (chunks) and meet where a statistic of the whole batch is needed. Sums go over chunks in order, so the
/// bits do not depend on the workers.
///
/// `@unchecked Sendable`: a chunk's part of every buffer is touched by one worker between two meetings, everything
/// else by the calling thread between runs of the team.
package final class TrainingPass<S: Scalar>: @unchecked Sendable {
  static var chunks: Int { 8 }

  let program: Program
  let plan: BackwardPlan
  let weights: FoldedWeights<S>
  let statistics: TrainingStatistics<S>
  let team: WorkerTeam
  private let maximumBatch: Int
  private let alive: @Sendable () -> Void
  private let arena: Arena
  private let memory: UnsafeMutablePointer<S>
  /// Per unit with BatchNorm: the convolution's output, which BatchNorm's backward pass needs.
  private let convolved: [UnsafeMutablePointer<S>?]
  /// Gradient of the convolution's output; apart from dz, whose memory a residual may share.
  let dconvolved: UnsafeMutablePointer<S>
  private let scratch: [UnsafeMutablePointer<S>]
  let products: [UnsafeMutablePointer<S>]
  private(set) var count = 0

  package init(
    _ architecture: Architecture, maximumBatch: Int, team: WorkerTeam, alive: @escaping @Sendable () -> Void = {}
  ) {
    BLASThreads.useOne()
    let program = Program(architecture)
    let plan = BackwardPlan(program)
    self.program = program
    self.plan = plan
    self.team = team
    self.maximumBatch = maximumBatch
    self.alive = alive
    weights = FoldedWeights(program, plan: plan, folds: false)
    statistics = TrainingStatistics(program, chunks: Self.chunks)
    arena = Arena(program, plan: plan, images: maximumBatch, forwardOnly: false)
    memory = AlignedMemory.allocate(S.self, count: arena.size)
    convolved = program.units.map { unit in
      guard case .normalization = unit.shift else { return nil }
      return AlignedMemory.allocate(S.self, count: maximumBatch * program.tensors[unit.output].count)
    }
    let largest = program.units.map { program.tensors[$0.output].count }.max() ?? 0
    dconvolved = AlignedMemory.allocate(S.self, count: maximumBatch * largest)
    let images = (maximumBatch + Self.chunks - 1) / Self.chunks
    let tile = program.units.map { Convolution<S>.scratchCount($0.geometry, images: images) }.max() ?? 0
    scratch = (0..<team.count).map { _ in AlignedMemory.allocate(S.self, count: tile) }
    let weight = program.units.map(\.geometry.weightCount).max() ?? 0
    products = (0..<Self.chunks).map { _ in AlignedMemory.allocate(S.self, count: weight) }
  }

  deinit {
    free(memory)
    free(dconvolved)
    (convolved.compactMap { $0 } + scratch + products).forEach { free($0) }
  }

  /// Images of a chunk.
  func images(_ chunk: Int) -> Range<Int> {
    (count * chunk / Self.chunks)..<(count * (chunk + 1) / Self.chunks)
  }

  func activation(_ tensor: Int, _ image: Int) -> UnsafeMutablePointer<S> {
    memory + arena.activations[tensor] + image * program.tensors[tensor].count
  }

  /// The convolution's output of unit `index`, from image 0 on; nil without BatchNorm.
  func convolution(_ index: Int) -> UnsafeMutablePointer<S>? { convolved[index] }

  func gradient(_ tensor: Int, _ image: Int) -> UnsafeMutablePointer<S> {
    memory + arena.gradients[plan.home[tensor]] + image * program.tensors[tensor].count
  }

  /// Each chunk by one worker.
  func forEachChunk(_ body: @Sendable (_ chunk: Int, _ images: Range<Int>, _ worker: Int) -> Void) {
    let workers = team.count
    team.run { worker in
      for chunk in stride(from: worker, to: Self.chunks, by: workers) where !images(chunk).isEmpty {
        body(chunk, images(chunk), worker)
      }
    }
    alive()
  }

  /// Lays out the weights and takes `count` rows; `load(images, rows)` puts each chunk's rows [C, H, W] into the
  /// buffer, which is the input's gradient-free memory as S.
  package func begin<Source: ParameterSource>(count: Int, parameters: Source) where Source.P: Scalar {
    precondition(count <= maximumBatch, "the batch is larger than the engine was made for")
    self.count = count
    for unit in program.units.indices {
      weights.prepare(unit, from: parameters)
      statistics.prepare(unit, from: parameters)
    }
  }

  /// Rows [images, channels, height, width] of one chunk, channels last.
  package func load<P: Scalar>(_ rows: UnsafePointer<P>, images: Range<Int>) {
    let (pixels, channels) = (program.input.height * program.input.width, program.input.channels)
    for image in images {
      let out = activation(0, image)
      for channel in 0..<channels {
        let source = rows + ((image - images.lowerBound) * channels + channel) * pixels
        for pixel in 0..<pixels { out[pixel * channels + channel] = S(source[pixel]) }
      }
    }
  }

  /// All steps; returns the logits [count, classes].
  package func forward() -> UnsafeMutablePointer<S> {
    for step in program.steps {
      switch step {
      case .unit(let unit): forward(unit)
      case .maximumPool(let input, let output):
        forEachChunk { [self] _, images, _ in
          pooling(input, images).maximumForward(
            y: activation(output, images.lowerBound), x: activation(input, images.lowerBound))
        }
      case .averagePool(let input, let output):
        forEachChunk { [self] _, images, _ in
          pooling(input, images).averageForward(
            y: activation(output, images.lowerBound), x: activation(input, images.lowerBound))
        }
      }
    }
    return activation(program.logits, 0)
  }

  private func forward(_ index: Int) {
    let unit = program.units[index]
    let pixels = unit.geometry.outPixels
    guard convolved[index] != nil else { return forwardLinear(index) }
    forEachChunk { [self] chunk, images, worker in
      guard let convolved = convolved[index] else { return }
      convolve(unit, images, worker).forward(
        y: convolved + images.lowerBound * program.tensors[unit.output].count,
        x: activation(unit.input, images.lowerBound), weights: weights.forward(index), finish: Unfinished())
      statistics.takeMoments(
        convolved, rows: images.lowerBound * pixels..<images.upperBound * pixels, chunk: chunk, unit: index)
    }
    statistics.joinMoments(index, rows: (0..<Self.chunks).map { images($0).count * pixels })
    forEachChunk { [self] _, images, _ in
      guard let convolved = convolved[index] else { return }
      let finish = ForwardFinish(
        channels: unit.geometry.outChannels, shift: statistics.bias(index),
        residual: unit.residual.map { UnsafePointer(activation($0, 0)) }, rectified: unit.rectified)
      statistics.normalization(index).forward(
        y: activation(unit.output, 0), x: convolved, rows: images.lowerBound * pixels..<images.upperBound * pixels,
        finish: finish)
    }
  }

  private func forwardLinear(_ index: Int) {
    let unit = program.units[index]
    forEachChunk { [self] _, images, worker in
      convolve(unit, images, worker).forward(
        y: activation(unit.output, images.lowerBound), x: activation(unit.input, images.lowerBound),
        weights: weights.forward(index),
        finish: ForwardFinish(
          channels: unit.geometry.outChannels, shift: weights.shift(index), residual: nil,
          rectified: unit.rectified))
    }
  }

  /// Where the gradient of the logits [count, classes] goes.
  package var logitsGradient: UnsafeMutablePointer<S> { gradient(program.logits, 0) }
  package var classes: Int { program.classes }
  /// Images of each chunk, in order.
  package var chunkImages: [Range<Int>] { (0..<Self.chunks).map { images($0) } }

  func convolve(_ unit: Program.Unit, _ images: Range<Int>, _ worker: Int) -> Convolution<S> {
    Convolution(unit.geometry, images: images.count, scratch: scratch[worker])
  }

  func pooling(_ input: Int, _ images: Range<Int>) -> Pooling<S> {
    let from = program.tensors[input]
    return Pooling(height: from.height, width: from.width, channels: from.channels, images: images.count)
  }
}
