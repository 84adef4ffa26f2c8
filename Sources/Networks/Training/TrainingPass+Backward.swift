extension TrainingPass {
  /// All steps backwards from the logits' gradient (`logitsGradient`); `take` gets each unit's gradient.
  package func backward<Sink: TrainingGradientSink>(into sink: Sink) where Sink.S == S {
    for (index, step) in program.steps.enumerated().reversed() {
      switch step {
      case .unit(let unit): backward(unit, plan.contributions[index], into: sink)
      case .maximumPool(let input, let output):
        forEachChunk { [self] _, images, _ in
          let dx = gradient(input, images.lowerBound)
          Lowering.fill(dx, count: images.count * program.tensors[input].count)
          pooling(input, images).maximumBackward(
            dx: dx, dy: gradient(output, images.lowerBound), x: activation(input, images.lowerBound),
            y: activation(output, images.lowerBound))
        }
      case .averagePool(let input, let output):
        forEachChunk { [self] _, images, _ in
          pooling(input, images).averageBackward(
            dx: gradient(input, images.lowerBound), dy: gradient(output, images.lowerBound))
        }
      }
    }
  }

  private func backward<Sink: TrainingGradientSink>(
    _ index: Int, _ contribution: BackwardPlan.Contribution, into sink: Sink
  ) where Sink.S == S {
    let unit = program.units[index]
    let pixels = unit.geometry.outPixels
    forEachChunk { [self] chunk, images, _ in
      let rows = images.lowerBound * pixels..<images.upperBound * pixels
      let dz = gradient(unit.output, 0)
      BackwardFinish(
        channels: unit.geometry.outChannels,
        activation: unit.rectified ? UnsafePointer(activation(unit.output, 0)) : nil, sums: nil
      ).finish(dz, rows: rows)
      statistics.takeSums(index, dz: dz, convolved: convolution(index), rows: rows, chunk: chunk)
    }
    statistics.joinSums(index, used: (0..<Self.chunks).filter { !images($0).isEmpty }, rows: count * pixels)
    forEachChunk { [self] chunk, images, worker in
      let dy = unnormalized(index, images)
      Lowering.fill(products[chunk], count: unit.geometry.weightCount)
      let convolution = convolve(unit, images, worker)
      convolution.backwardWeights(
        dweights: products[chunk], x: activation(unit.input, images.lowerBound), dy: dy)
      guard contribution.wanted else { return }
      convolution.backwardData(
        dx: gradient(unit.input, images.lowerBound), dy: dy, turned: weights.backward(index),
        adding: contribution.adds, finish: Unfinished())
    }
    joinProducts(index)
    sink.take(
      unit: index, products: products[0], sums: statistics.totalSums(index), dots: statistics.totalDots(index))
  }

  /// The gradient of the convolution's output for some images: dz, through BatchNorm where there is one.
  private func unnormalized(_ index: Int, _ images: Range<Int>) -> UnsafeMutablePointer<S> {
    let unit = program.units[index]
    let pixels = unit.geometry.outPixels
    guard let convolved = convolution(index) else { return gradient(unit.output, images.lowerBound) }
    statistics.normalization(index).backwardData(
      dx: dconvolved, dz: gradient(unit.output, 0), x: convolved,
      rows: images.lowerBound * pixels..<images.upperBound * pixels, means: statistics.means(index))
    return dconvolved + images.lowerBound * program.tensors[unit.output].count
  }

  /// Adds the chunks' products in order; elements are dealt out in runs.
  private func joinProducts(_ index: Int) {
    let elements = program.units[index].geometry.weightCount
    let used = (0..<Self.chunks).filter { !images($0).isEmpty }
    guard let first = used.first else { return }
    team.run(shared: elements > 16 * 1024) { [self] worker, workers in
      let range = (elements * worker / workers)..<(elements * (worker + 1) / workers)
      if first != 0 { for element in range { products[0][element] = products[first][element] } }
      for chunk in used.dropFirst() {
        for element in range { products[0][element] += products[chunk][element] }
      }
    }
  }
}
