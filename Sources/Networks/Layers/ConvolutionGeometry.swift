/// Sizes of one convolution: kernel x kernel, padded by kernel/2 zeros on each side, the same stride both ways.
/// Activations are [images, height, width, channels], weights [kernel, kernel, in, out], flat.
package struct ConvolutionGeometry: Sendable, Equatable {
  package let inHeight: Int
  package let inWidth: Int
  package let inChannels: Int
  package let outChannels: Int
  package let kernel: Int
  package let stride: Int

  package init(
    input: (height: Int, width: Int, channels: Int), outChannels: Int, kernel: Int, stride: Int
  ) {
    (inHeight, inWidth, inChannels) = input
    self.outChannels = outChannels
    self.kernel = kernel
    self.stride = stride
  }

  package var padding: Int { kernel / 2 }
  package var outHeight: Int { (inHeight + 2 * padding - kernel) / stride + 1 }
  package var outWidth: Int { (inWidth + 2 * padding - kernel) / stride + 1 }
  package var inPixels: Int { inHeight * inWidth }
  package var outPixels: Int { outHeight * outWidth }
  /// Inputs to one output value: the inner length of the matrix product.
  package var depth: Int { kernel * kernel * inChannels }
  /// Elements of the weights.
  package var weightCount: Int { depth * outChannels }

  /// The convolution that takes dy to dx, its weights turned by half a turn; only for stride 1, where it is one.
  package var transposed: ConvolutionGeometry {
    ConvolutionGeometry(
      input: (outHeight, outWidth, outChannels), outChannels: inChannels, kernel: kernel, stride: 1)
  }

  /// How patches reach the matrix product.
  enum Lowering: Equatable {
    /// 1x1 of stride 1: the activations are the matrix already.
    case direct
    /// Stride 1 and few channels: a pixel's neighbours in its row are laid side by side (`kernel` copies) and each
    /// row of the kernel is a product of its own, shifted by a row of pixels. A third of the copying of `patches`.
    case rows
    /// The whole patch of each pixel (`kernel` squared copies); tiles run across images, so small images fill them.
    case patches
  }

  var lowering: Lowering {
    if kernel == 1 && stride == 1 { return .direct }
    return stride == 1 && inChannels <= 32 && outWidth >= 12 ? .rows : .patches
  }

  /// 3x3 of stride 1 with whole vectors of channels: Winograd's filtering takes a quarter of the products, where the
  /// image is large enough to fill its tiles and the transformed weights still lie in a shared cache.
  var suitsWinograd: Bool {
    kernel == 3 && stride == 1 && min(inHeight, inWidth) >= 3
      && inChannels % Winograd.channels == 0 && outChannels % Winograd.channels == 0
      && inChannels * outChannels <= Winograd.largest
  }

  /// Weights and their gradients are as files have them, [out, in], and not [kernel, kernel, in, out].
  package var keepsFileOrder: Bool { lowering == .direct }

  /// Floats of a tile of patches or rows that still lie in a core's own cache while the product reads them.
  static let tileElements = 64 * 1024

  /// Output rows (`rows`) or output pixels (`patches`, `direct`) of one tile.
  var tile: Int {
    switch lowering {
    case .rows:
      let row = inWidth * kernel * inChannels
      return min(outHeight, max(4, Self.tileElements / row - (kernel - 1)))
    case .direct, .patches:
      return max(64, Self.tileElements / depth / 16 * 16)
    }
  }

  /// Elements of scratch that one tile needs.
  var tileScratch: Int {
    switch lowering {
    case .direct: 0
    case .rows: (tile + kernel - 1) * inWidth * kernel * inChannels
    case .patches: tile * depth
    }
  }
}
