/// BatchNorm with frozen statistics, folded into the convolution before it.
///
/// With inv = 1/sqrt(variance + eps), s = weight * inv:   y = s * conv(x, W) + t = conv(x, s W) + t,
/// t = bias - mean * s. So nothing but a shift is left of it in the forward pass, and backwards, with dy the gradient
/// of y and P = xᵀ dy (the product that the convolution's weight gradient is made of, [kernel, kernel, in, out]):
///
///     dW     = s P                          dbias = sum of dy over pixels
///     dweight = inv * (sum over W of W P - mean * dbias),      since sum of dy * conv(x, W) = sum of W * P
///
/// so that the output of the convolution need not be kept, and no pass over activations is spent on it.
/// A linear layer is the same with s = 1, t = bias. P may also come as its transpose (`keepsFileOrder`).
package struct Folding<S: Scalar> {
  static var epsilon: Double { 1e-5 }

  package let geometry: ConvolutionGeometry

  package init(_ geometry: ConvolutionGeometry) {
    self.geometry = geometry
  }

  /// Per channel: scale s and shift t.
  package struct Channel {
    package let scale: Double
    package let shift: Double
    package let inverse: Double
    package let mean: Double

    /// From BatchNorm's numbers.
    @inline(__always)
    package init(weight: Double, bias: Double, mean: Double, variance: Double) {
      inverse = 1 / (variance + Folding.epsilon).squareRoot()
      self.mean = mean
      scale = weight * inverse
      shift = bias - mean * scale
    }

    /// A plain bias.
    @inline(__always)
    package init(bias: Double) {
      (scale, shift, inverse, mean) = (1, bias, 0, 0)
    }
  }

  /// Packs `weight` [out, in, kernel, kernel] times its channel's scale as [kernel, kernel, in, out] (as it is where
  /// the layer keeps the files' order), and, when asked,
  /// rotated by half a turn as [kernel, kernel, out, in] for the data gradient.
  package func pack<P: Scalar>(
    _ weight: UnsafePointer<P>, scales: UnsafePointer<S>, forward: UnsafeMutablePointer<S>,
    turned: UnsafeMutablePointer<S>?
  ) {
    let (inputs, outputs) = (geometry.inChannels, geometry.outChannels)
    if geometry.keepsFileOrder {
      for out in 0..<outputs {
        let (source, target, scale) = (weight + out * inputs, forward + out * inputs, scales[out])
        for input in 0..<inputs { target[input] = S(source[input]) * scale }
      }
      return
    }
    forEachGroup { input, tap, outs in
      let target = forward + (tap * inputs + input) * outputs
      for out in outs { target[out] = S(weight[place(out, input, tap)]) * scales[out] }
    }
    guard let turned else { return }
    for out in 0..<outputs {
      let scale = scales[out]
      for tap in 0..<taps {
        let target = turned + ((taps - 1 - tap) * outputs + out) * inputs
        for input in 0..<inputs { target[input] = S(weight[place(out, input, tap)]) * scale }
      }
    }
  }

  /// dweight [out, in, kernel, kernel] = scale * products, and the sum over W of W P for each channel into `dots`.
  package func unpack<P: Scalar, G: Scalar>(
    products: UnsafePointer<S>, weight: UnsafePointer<P>, channels: UnsafePointer<Channel>,
    dweight: UnsafeMutablePointer<G>, dots: UnsafeMutablePointer<Double>
  ) {
    let (inputs, outputs) = (geometry.inChannels, geometry.outChannels)
    for out in 0..<outputs { dots[out] = 0 }
    if geometry.keepsFileOrder {
      for out in 0..<outputs {
        for index in (out * inputs)..<((out + 1) * inputs) {
          dots[out] += Double(weight[index]) * Double(products[index])
          dweight[index] = G(channels[out].scale * Double(products[index]))
        }
      }
      return
    }
    forEachGroup { input, tap, outs in
      let source = products + (tap * inputs + input) * outputs
      for out in outs {
        let product = Double(source[out])
        dots[out] += Double(weight[place(out, input, tap)]) * product
        dweight[place(out, input, tap)] = G(channels[out].scale * product)
      }
    }
  }

  /// dweight [out, in, kernel, kernel] = products, where no BatchNorm is folded.
  package func unpack<G: Scalar>(products: UnsafePointer<S>, dweight: UnsafeMutablePointer<G>) {
    if geometry.keepsFileOrder {
      for index in 0..<geometry.weightCount { dweight[index] = G(products[index]) }
      return
    }
    let (inputs, outputs) = (geometry.inChannels, geometry.outChannels)
    forEachGroup { input, tap, outs in
      let source = products + (tap * inputs + input) * outputs
      for out in outs { dweight[place(out, input, tap)] = G(source[out]) }
    }
  }

  private var taps: Int { geometry.kernel * geometry.kernel }

  /// Where an element of the weight lies, as files have it.
  @inline(__always)
  private func place(_ out: Int, _ input: Int, _ tap: Int) -> Int { (out * geometry.inChannels + input) * taps + tap }

  /// Sixteen output channels at a time through all inputs and taps: a transposition in which both sides stay in a few
  /// cache lines.
  @inline(__always)
  private func forEachGroup(_ body: (_ input: Int, _ tap: Int, _ outs: Range<Int>) -> Void) {
    for first in stride(from: 0, to: geometry.outChannels, by: 16) {
      let outs = first..<min(first + 16, geometry.outChannels)
      for input in 0..<geometry.inChannels {
        for tap in 0..<taps { body(input, tap, outs) }
      }
    }
  }
}
