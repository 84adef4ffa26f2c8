import Networks

/// Layers over arrays: buffers in and out, so that tests read as mathematics.
enum LayerRun {
  static func forward<S: Scalar>(_ geometry: ConvolutionGeometry, images: Int, x: [S], weights: [S]) -> [S] {
    var y = [S](repeating: .nan, count: images * geometry.outPixels * geometry.outChannels)
    with(x, laidOut(geometry, weights), &y) { x, weights, y, scratch in
      Convolution(geometry, images: images, scratch: scratch)
        .forward(y: y, x: x, weights: weights, finish: Unfinished())
    }
    return y
  }

  static func backwardWeights<S: Scalar>(_ geometry: ConvolutionGeometry, images: Int, x: [S], dy: [S]) -> [S] {
    var dweights = [S](repeating: 0, count: geometry.weightCount)
    with(x, dy, &dweights) { x, dy, dweights, scratch in
      Convolution(geometry, images: images, scratch: scratch).backwardWeights(dweights: dweights, x: x, dy: dy)
    }
    return dweights
  }

  /// `weights` [kernel, kernel, in, out]; turned here where the layer wants them so.
  static func backwardData<S: Scalar>(
    _ geometry: ConvolutionGeometry, images: Int, dy: [S], weights: [S], adding before: [S]?
  ) -> [S] {
    let turns = geometry.stride == 1 && geometry.kernel > 1
    let turned = turns ? laidOut(geometry.transposed, turn(geometry, weights)) : laidOut(geometry, weights)
    var dx = before ?? [S](repeating: .nan, count: images * geometry.inPixels * geometry.inChannels)
    with(dy, turned, &dx) { dy, turned, dx, scratch in
      Convolution(geometry, images: images, scratch: scratch)
        .backwardData(dx: dx, dy: dy, turned: turned, adding: before != nil, finish: Unfinished())
    }
    return dx
  }

  /// `taps` [kernel, kernel, in, out] as the convolution wants them.
  static func laidOut<S: Scalar>(_ geometry: ConvolutionGeometry, _ taps: [S]) -> [S] {
    if geometry.keepsFileOrder { return transposed(taps, rows: geometry.inChannels) }
    guard let winograd = Convolution<S>.winograd(geometry) else { return taps }
    let count = winograd.weightCount(geometry)
    var weights = [S](repeating: .nan, count: count) + taps
    weights.withUnsafeMutableBufferPointer { weights in
      if let base = weights.baseAddress { winograd.transform(taps: count, geometry, weights: base) }
    }
    return weights
  }

  static func transposed<S>(_ matrix: [S], rows: Int) -> [S] {
    let columns = matrix.count / rows
    return (0..<columns).flatMap { column in (0..<rows).map { matrix[$0 * columns + column] } }
  }

  private static func turn<S: Scalar>(_ geometry: ConvolutionGeometry, _ weights: [S]) -> [S] {
    let taps = geometry.kernel * geometry.kernel
    var turned = weights
    for tap in 0..<taps {
      for input in 0..<geometry.inChannels {
        for out in 0..<geometry.outChannels {
          turned[((taps - 1 - tap) * geometry.outChannels + out) * geometry.inChannels + input] =
            weights[(tap * geometry.inChannels + input) * geometry.outChannels + out]
        }
      }
    }
    return turned
  }

  private static func with<S: Scalar>(
    _ first: [S], _ second: [S], _ out: inout [S],
    _ body: (UnsafePointer<S>, UnsafePointer<S>, UnsafeMutablePointer<S>, UnsafeMutablePointer<S>) -> Void
  ) {
    var scratch = [S](repeating: .nan, count: 1 << 20)
    first.withUnsafeBufferPointer { first in
      second.withUnsafeBufferPointer { second in
        out.withUnsafeMutableBufferPointer { out in
          scratch.withUnsafeMutableBufferPointer { scratch in
            guard let first = first.baseAddress, let second = second.baseAddress, let out = out.baseAddress,
              let scratch = scratch.baseAddress
            else { return }
            body(first, second, out, scratch)
          }
        }
      }
    }
  }
}
