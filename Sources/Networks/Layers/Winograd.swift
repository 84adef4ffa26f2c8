import CKernels

/// Convolutions of 3x3 by minimal filtering F(4x4, 3x3), from `CKernels`, for one instruction set. float32.
///
/// `@unchecked Sendable`: a table of functions that never changes.
package struct Winograd: @unchecked Sendable {
  /// Channels come in multiples of this.
  static let channels = Int(ck_winograd_channels)
  /// Pairs of channels above which the transformed weights (36 for each) outgrow the caches.
  static let largest = 256 * 256

  private let kernels: ck_winograd_kernels

  /// nil where this processor lacks the instructions.
  package init?(_ set: InstructionSet) {
    guard let kernels = ck_winograd(set.code) else { return nil }
    self.kernels = kernels.pointee
  }

  static let fastest = Winograd(.fastest)

  /// Floats of the transformed weights.
  package func weightCount(_ geometry: ConvolutionGeometry) -> Int {
    kernels.weight_count(geometry.inChannels, geometry.outChannels)
  }

  /// Floats of scratch for either pass over `images` images.
  package func scratchCount(_ geometry: ConvolutionGeometry, images: Int) -> Int {
    kernels.scratch_count(Self.shape(geometry, images))
  }

  /// Transforms the taps [3, 3, in, out] that lie `taps` elements behind the start of `weights`.
  package func transform<S: Scalar>(
    taps: Int, _ geometry: ConvolutionGeometry, weights: UnsafeMutablePointer<S>
  ) {
    let weights = Self.floats(weights)
    kernels.transform(weights, weights + taps, geometry.inChannels, geometry.outChannels)
  }

  /// y = x * weights, or y += , finished while it is written.
  package func convolve<S: Scalar>(
    _ convolution: Convolution<S>, y: UnsafeMutablePointer<S>, x: UnsafePointer<S>, weights: UnsafePointer<S>,
    adding: Bool, parts: FinishParts<S>
  ) {
    let finish = ck_winograd_finish(
      adding: adding ? 1 : 0, shift: parts.shift.map(Self.floats), residual: parts.residual.map(Self.floats),
      rectified: parts.rectified ? 1 : 0, mask: parts.mask.map(Self.floats), sums: parts.sums)
    kernels.convolve(
      Self.shape(convolution.geometry, convolution.images), Self.floats(y), Self.floats(x), Self.floats(weights),
      finish, Self.floats(convolution.scratch))
  }

  /// dweights [3, 3, in, out] += the products of x, shifted by each tap, with dy.
  package func correlate<S: Scalar>(
    _ convolution: Convolution<S>, dweights: UnsafeMutablePointer<S>, x: UnsafePointer<S>, dy: UnsafePointer<S>
  ) {
    kernels.correlate(
      Self.shape(convolution.geometry, convolution.images), Self.floats(dweights), Self.floats(x), Self.floats(dy),
      Self.floats(convolution.scratch))
  }

  private static func shape(_ geometry: ConvolutionGeometry, _ images: Int) -> ck_winograd_shape {
    ck_winograd_shape(
      images: images, height: geometry.inHeight, width: geometry.inWidth, in: geometry.inChannels,
      out: geometry.outChannels)
  }

  // Only `Float.winograd` is not nil, so S is Float wherever these are reached.
  private static func floats<S: Scalar>(_ pointer: UnsafePointer<S>) -> UnsafePointer<Float> {
    UnsafeRawPointer(pointer).assumingMemoryBound(to: Float.self)
  }

  private static func floats<S: Scalar>(_ pointer: UnsafeMutablePointer<S>) -> UnsafeMutablePointer<Float> {
    UnsafeMutableRawPointer(pointer).assumingMemoryBound(to: Float.self)
  }
}
