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
/// A linear layer is the same with s = 1, t = bias.
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

  /// Packs `weight` [out, in, kernel, kernel] times its channel's scale as [kernel, kernel, in, out], and, when asked,
  /// rotated by half a turn as [kernel, kernel, out, in] for the data gradient.
  package func pack<P: Scalar>(
    _ weight: UnsafePointer<P>, scales: UnsafePointer<S>, forward: UnsafeMutablePointer<S>,
    turned: UnsafeMutablePointer<S>?
  ) {
    let (inputs, outputs, taps) = (geometry.inChannels, geometry.outChannels, geometry.kernel * geometry.kernel)
    for out in 0..<outputs {
      let scale = scales[out]
      for input in 0..<inputs {
        let source = weight + (out * inputs + input) * taps
        for tap in 0..<taps {
          let value = S(source[tap]) * scale
          forward[(tap * inputs + input) * outputs + out] = value
          if let turned { turned[((taps - 1 - tap) * outputs + out) * inputs + input] = value }
        }
      }
    }
  }

  /// dweight [out, in, kernel, kernel] = scale * products, and the sum over W of W P for each channel into `dots`.
  package func unpack<P: Scalar, G: Scalar>(
    products: UnsafePointer<S>, weight: UnsafePointer<P>, channels: UnsafePointer<Channel>,
    dweight: UnsafeMutablePointer<G>, dots: UnsafeMutablePointer<Double>
  ) {
    let (inputs, outputs, taps) = (geometry.inChannels, geometry.outChannels, geometry.kernel * geometry.kernel)
    for out in 0..<outputs {
      let scale = channels[out].scale
      var dot = 0.0
      for input in 0..<inputs {
        let base = (out * inputs + input) * taps
        for tap in 0..<taps {
          let product = Double(products[(tap * inputs + input) * outputs + out])
          dot += Double(weight[base + tap]) * product
          dweight[base + tap] = G(scale * product)
        }
      }
      dots[out] = dot
    }
  }
}
