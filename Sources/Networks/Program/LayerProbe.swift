import Glibc

/// One layer by itself on the calling thread, with numbers in its buffers: for whoever wants to know what each pass takes.
/// It lives here since kernels are specialised in this room only.
package final class LayerProbe {
  private let convolution: Convolution<Float>
  private let (x, y, dx): (UnsafeMutablePointer<Float>, UnsafeMutablePointer<Float>, UnsafeMutablePointer<Float>)
  private let (taps, shift, dweights):
    (UnsafeMutablePointer<Float>, UnsafeMutablePointer<Float>, UnsafeMutablePointer<Float>)
  private let residual: UnsafeMutablePointer<Float>?
  private let sums: UnsafeMutablePointer<Double>

  package init(_ layer: NamedConvolution, images: Int) {
    BLASThreads.useOne()
    let geometry = layer.geometry
    let (inputs, outputs) = (geometry.inPixels * geometry.inChannels, geometry.outPixels * geometry.outChannels)
    // The taps as they are, behind room for what is made of them.
    let transformed = Convolution<Float>.winograd(geometry)?.weightCount(geometry) ?? 0
    x = Self.numbers(images * inputs)
    y = Self.numbers(images * outputs)
    dx = Self.numbers(images * inputs)
    taps = Self.numbers(transformed + geometry.weightCount)
    shift = Self.numbers(geometry.outChannels)
    dweights = Self.numbers(geometry.weightCount)
    residual = layer.addsResidual ? Self.numbers(images * outputs) : nil
    sums = AlignedMemory.allocate(Double.self, count: geometry.inChannels)
    for channel in 0..<geometry.inChannels { sums[channel] = 0 }
    let scratch = Self.numbers(Convolution<Float>.scratchCount(geometry, images: images))
    convolution = Convolution(geometry, images: images, scratch: scratch)
  }

  deinit {
    for buffer in [x, y, dx, taps, shift, dweights, residual, convolution.scratch] { free(buffer) }
    free(sums)
  }

  /// Small and of both signs, as activations and gradients are.
  private static func numbers(_ count: Int) -> UnsafeMutablePointer<Float> {
    let buffer = AlignedMemory.allocate(Float.self, count: count)
    for index in 0..<count { buffer[index] = Float(index % 13) * 0.01 - 0.06 }
    return buffer
  }

  package func forward() {
    convolution.forward(
      y: y, x: x, weights: taps,
      finish: ForwardFinish(
        channels: convolution.geometry.outChannels, shift: shift, residual: residual.map { UnsafePointer($0) },
        rectified: true))
  }

  package func backwardData() {
    convolution.backwardData(
      dx: dx, dy: y, turned: taps,
      finish: BackwardFinish(channels: convolution.geometry.inChannels, activation: x, sums: sums))
  }

  package func backwardWeights() { convolution.backwardWeights(dweights: dweights, x: x, dy: y) }
}
