import Glibc

/// One worker's way through the network with one micro-batch: its activations and gradients in one arena, allocated
/// once and overwritten by every micro-batch.
final class Pass<S: Scalar> {
  let program: Program
  let plan: BackwardPlan
  let images: Int
  /// Rows as they are delivered, [images, channels, height, width].
  let staging: UnsafeMutablePointer<Float>
  private let arena: Arena
  private let forwardArena: Arena
  private let memory: UnsafeMutablePointer<S>
  private let scratch: UnsafeMutablePointer<S>
  private let makers: [Int?]

  init(_ program: Program, plan: BackwardPlan, images: Int) {
    self.program = program
    self.plan = plan
    self.images = images
    arena = Arena(program, plan: plan, images: images, forwardOnly: false)
    forwardArena = Arena(program, plan: plan, images: images, forwardOnly: true)
    memory = AlignedMemory.allocate(S.self, count: max(arena.size, forwardArena.size))
    scratch = AlignedMemory.allocate(
      S.self, count: program.units.map { Convolution<S>.scratchCount($0.geometry, images: images) }.max() ?? 0)
    staging = AlignedMemory.allocate(Float.self, count: images * program.input.count)
    makers = program.tensors.indices.map { program.maker(of: $0) }
  }

  deinit {
    free(memory)
    free(scratch)
    free(staging)
  }

  private func gradient(_ tensor: Int) -> UnsafeMutablePointer<S> { memory + arena.gradients[plan.home[tensor]] }

  /// Rows [count, channels, height, width] into the input activation, channels last.
  func load<P: Scalar>(_ rows: UnsafePointer<P>, count: Int, forwardOnly: Bool = false) {
    let (pixels, channels) = (program.input.height * program.input.width, program.input.channels)
    let target = memory + (forwardOnly ? forwardArena : arena).activations[0]
    for image in 0..<count {
      for channel in 0..<channels {
        let source = rows + (image * channels + channel) * pixels
        var out = target + image * channels * pixels + channel
        for pixel in 0..<pixels {
          out.pointee = S(source[pixel])
          out += channels
        }
      }
    }
  }

  /// All steps forwards; returns the logits [count, classes]. `forwardOnly` overwrites activations that a backward
  /// pass would need.
  func forward(_ weights: FoldedWeights<S>, count: Int, forwardOnly: Bool = false) -> UnsafePointer<S> {
    let activations = (forwardOnly ? forwardArena : arena).activations
    for step in program.steps {
      switch step {
      case .unit(let index):
        let unit = program.units[index]
        Convolution(unit.geometry, images: count, scratch: scratch).forward(
          y: memory + activations[unit.output], x: memory + activations[unit.input], weights: weights.forward(index),
          finish: ForwardFinish(
            channels: unit.geometry.outChannels, shift: weights.shift(index),
            residual: unit.residual.map { UnsafePointer(memory + activations[$0]) }, rectified: unit.rectified))
      case .maximumPool(let input, let output):
        pooling(input, count).maximumForward(y: memory + activations[output], x: memory + activations[input])
      case .averagePool(let input, let output):
        pooling(input, count).averageForward(y: memory + activations[output], x: memory + activations[input])
      }
    }
    return UnsafePointer(memory + activations[program.logits])
  }

  /// Where the gradient of the logits [count, classes] goes before `backward`.
  var logitsGradient: UnsafeMutablePointer<S> { gradient(program.logits) }

  /// All steps backwards from `logitsGradient`, after `forward` with the same weights; adds to `sum`.
  func backward(_ weights: FoldedWeights<S>, count: Int, adding sum: RawGradient<S>) {
    complete(program.logits, count: count, sum).finish(logitsGradient, rows: 0..<count)
    for (index, step) in program.steps.enumerated().reversed() {
      switch step {
      case .unit(let unit):
        backward(unit, plan.contributions[index], weights, count: count, adding: sum)
      case .maximumPool(let input, let output):
        let dx = gradient(input)
        let rows = count * program.tensors[input].height * program.tensors[input].width
        Lowering.fill(dx, count: rows * program.tensors[input].channels)
        pooling(input, count).maximumBackward(
          dx: dx, dy: gradient(output), x: memory + arena.activations[input], y: memory + arena.activations[output])
        complete(input, count: count, sum).finish(dx, rows: 0..<rows)
      case .averagePool(let input, let output):
        let dx = gradient(input)
        pooling(input, count).averageBackward(dx: dx, dy: gradient(output))
        complete(input, count: count, sum).finish(
          dx, rows: 0..<(count * program.tensors[input].height * program.tensors[input].width))
      }
    }
  }

  private func backward(
    _ index: Int, _ contribution: BackwardPlan.Contribution, _ weights: FoldedWeights<S>, count: Int,
    adding sum: RawGradient<S>
  ) {
    let unit = program.units[index]
    let dy = gradient(unit.output)
    let convolution = Convolution(unit.geometry, images: count, scratch: scratch)
    convolution.backwardWeights(
      dweights: sum.products(index), x: memory + arena.activations[unit.input], dy: dy)
    guard contribution.wanted else { return }
    if contribution.completes {
      convolution.backwardData(
        dx: gradient(unit.input), dy: dy, turned: weights.backward(index), adding: contribution.adds,
        finish: complete(unit.input, count: count, sum))
    } else {
      convolution.backwardData(
        dx: gradient(unit.input), dy: dy, turned: weights.backward(index), adding: contribution.adds,
        finish: Unfinished())
    }
  }

  /// What the last contribution to a tensor's gradient does to it.
  private func complete(_ tensor: Int, count: Int, _ sum: RawGradient<S>) -> BackwardFinish<S> {
    let info = program.tensors[tensor]
    return BackwardFinish(
      channels: info.channels,
      activation: info.rectified ? UnsafePointer(memory + arena.activations[tensor]) : nil,
      sums: makers[tensor].map { sum.sums($0) })
  }

  private func pooling(_ input: Int, _ count: Int) -> Pooling<S> {
    let from = program.tensors[input]
    return Pooling(height: from.height, width: from.width, channels: from.channels, images: count)
  }
}
