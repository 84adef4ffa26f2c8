/// A convolution over a micro-batch, forwards and backwards, tile by tile so that a tile is finished (shift, ReLU,
/// residual; mask, column sums) while it lies in the cache.
///
/// x [images, inHeight, inWidth, in], y [images, outHeight, outWidth, out], weights [kernel, kernel, in, out], [out, in]
/// with the direct lowering, or what `Winograd` makes of them (`FoldedWeights`).
package struct Convolution<S: Scalar> {
  package let geometry: ConvolutionGeometry
  package let images: Int
  /// At least `scratchCount` elements.
  package let scratch: UnsafeMutablePointer<S>

  package init(_ geometry: ConvolutionGeometry, images: Int, scratch: UnsafeMutablePointer<S>) {
    self.geometry = geometry
    self.images = images
    self.scratch = scratch
  }

  /// Elements of scratch that all passes of a convolution over `images` images need.
  package static func scratchCount(_ geometry: ConvolutionGeometry, images: Int) -> Int {
    if let winograd = winograd(geometry) {
      return max(
        winograd.scratchCount(geometry, images: images), winograd.scratchCount(geometry.transposed, images: images))
    }
    return max(geometry.tileScratch, geometry.transposed.tileScratch)
  }

  /// nil where the convolution goes another way.
  package static func winograd(_ geometry: ConvolutionGeometry) -> Winograd? {
    geometry.suitsWinograd ? S.winograd : nil
  }

  /// y = x * weights (+ y when `adding`), each tile of y handed to `finish` as soon as it is complete.
  package func forward<F: TileFinish>(
    y: UnsafeMutablePointer<S>, x: UnsafePointer<S>, weights: UnsafePointer<S>, adding: Bool = false, finish: F
  ) where F.S == S {
    if let winograd = Self.winograd(geometry) {
      winograd.convolve(self, y: y, x: x, weights: weights, adding: adding, parts: finish.parts)
    } else if geometry.lowering == .rows {
      forwardByRows(y: y, x: x, weights: weights, adding: adding, finish: finish)
    } else {
      forwardByPatches(y: y, x: x, weights: weights, adding: adding, finish: finish)
    }
  }

  /// dx = dy * turned weights (+ dx when `adding`). `turned` is [kernel, kernel, out, in], rotated by half a turn
  /// (`FoldedWeights`), for stride 1; for other strides it is `weights` as they are.
  package func backwardData<F: TileFinish>(
    dx: UnsafeMutablePointer<S>, dy: UnsafePointer<S>, turned: UnsafePointer<S>, adding: Bool = false, finish: F
  ) where F.S == S {
    if geometry.lowering == .direct {
      backwardDirect(dx: dx, dy: dy, weights: turned, adding: adding, finish: finish)
    } else if geometry.stride == 1 {
      Convolution(geometry.transposed, images: images, scratch: scratch)
        .forward(y: dx, x: dy, weights: turned, adding: adding, finish: finish)
    } else {
      backwardStrided(dx: dx, dy: dy, weights: turned, adding: adding, finish: finish)
    }
  }

  /// dweights += xᵀ dy, [kernel, kernel, in, out]; with the direct lowering its transpose dyᵀ x, [out, in], which is how
  /// files have it.
  package func backwardWeights(
    dweights: UnsafeMutablePointer<S>, x: UnsafePointer<S>, dy: UnsafePointer<S>
  ) {
    let g = geometry
    if let winograd = Self.winograd(g) { return winograd.correlate(self, dweights: dweights, x: x, dy: dy) }
    if g.lowering == .rows { return weightsByRows(dweights: dweights, x: x, dy: dy) }
    if g.lowering == .direct { return weightsDirect(dweights: dweights, x: x, dy: dy) }
    forEachTile { pixels in
      let columns = columns(of: pixels, x: x)
      var product = Product(
        (m: g.depth, n: g.outChannels, k: pixels.count), left: (columns, g.depth),
        right: (dy + pixels.lowerBound * g.outChannels, g.outChannels), out: (dweights, g.outChannels), keep: 1)
      product.leftTransposed = true
      S.multiply(product)
    }
  }

  private func weightsDirect(dweights: UnsafeMutablePointer<S>, x: UnsafePointer<S>, dy: UnsafePointer<S>) {
    let g = geometry
    forEachTile { pixels in
      var product = Product(
        (m: g.outChannels, n: g.inChannels, k: pixels.count),
        left: (dy + pixels.lowerBound * g.outChannels, g.outChannels),
        right: (x + pixels.lowerBound * g.inChannels, g.inChannels), out: (dweights, g.inChannels), keep: 1)
      product.leftTransposed = true
      S.multiply(product)
    }
  }

  // MARK: by patches

  @inline(__always)
  private func forEachTile(_ body: (Range<Int>) -> Void) {
    let pixels = images * geometry.outPixels
    var start = 0
    while start < pixels {
      let end = min(pixels, start + geometry.tile)
      body(start..<end)
      start = end
    }
  }

  /// The matrix of the tile's patches: copied, or the activations themselves.
  @inline(__always)
  private func columns(of pixels: Range<Int>, x: UnsafePointer<S>) -> UnsafePointer<S> {
    if geometry.lowering == .direct { return x + pixels.lowerBound * geometry.inChannels }
    Lowering.patches(geometry, pixels: pixels, x: x, into: scratch)
    return UnsafePointer(scratch)
  }

  private func forwardByPatches<F: TileFinish>(
    y: UnsafeMutablePointer<S>, x: UnsafePointer<S>, weights: UnsafePointer<S>, adding: Bool, finish: F
  ) where F.S == S {
    let g = geometry
    forEachTile { pixels in
      let columns = columns(of: pixels, x: x)
      var product = Product(
        (m: pixels.count, n: g.outChannels, k: g.depth), left: (columns, g.depth), right: (weights, g.outChannels),
        out: (y + pixels.lowerBound * g.outChannels, g.outChannels), keep: adding ? 1 : 0)
      if g.keepsFileOrder {
        product.rightTransposed = true
        product.rightStride = g.depth
      }
      S.multiply(product)
      finish.finish(y, rows: pixels)
    }
  }

  private func backwardDirect<F: TileFinish>(
    dx: UnsafeMutablePointer<S>, dy: UnsafePointer<S>, weights: UnsafePointer<S>, adding: Bool, finish: F
  ) where F.S == S {
    let g = geometry
    forEachTile { pixels in
      let product = Product(
        (m: pixels.count, n: g.inChannels, k: g.outChannels),
        left: (dy + pixels.lowerBound * g.outChannels, g.outChannels), right: (weights, g.inChannels),
        out: (dx + pixels.lowerBound * g.inChannels, g.inChannels), keep: adding ? 1 : 0)
      S.multiply(product)
      finish.finish(dx, rows: pixels)
    }
  }

  /// Patches' gradients scattered back: for the few layers with a stride, where dx is no plain convolution of dy.
  private func backwardStrided<F: TileFinish>(
    dx: UnsafeMutablePointer<S>, dy: UnsafePointer<S>, weights: UnsafePointer<S>, adding: Bool, finish: F
  ) where F.S == S {
    let g = geometry
    let rows = images * g.inPixels
    if !adding { Lowering.fill(dx, count: rows * g.inChannels) }
    forEachTile { pixels in
      var product = Product(
        (m: pixels.count, n: g.depth, k: g.outChannels),
        left: (dy + pixels.lowerBound * g.outChannels, g.outChannels), right: (weights, g.outChannels),
        out: (scratch, g.depth), keep: 0)
      product.rightTransposed = true
      S.multiply(product)
      Lowering.addPatches(g, pixels: pixels, patches: scratch, into: dx)
    }
    finish.finish(dx, rows: 0..<rows)
  }
}
