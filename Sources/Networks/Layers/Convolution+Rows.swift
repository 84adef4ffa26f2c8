/// Lowering by rows: [rows, width, kernel, in] once, then one product for each row of the kernel.
extension Convolution {
  /// Calls `body` with each tile of output rows of each image.
  @inline(__always)
  private func forEachRowTile(_ body: (_ image: Int, _ rows: Range<Int>) -> Void) {
    for image in 0..<images {
      var start = 0
      while start < geometry.outHeight {
        let end = min(geometry.outHeight, start + geometry.tile)
        body(image, start..<end)
        start = end
      }
    }
  }

  @inline(__always)
  private func lower(_ image: Int, _ rows: Range<Int>, x: UnsafePointer<S>) {
    Lowering.rows(
      geometry, from: rows.lowerBound - geometry.padding, count: rows.count + geometry.kernel - 1,
      image: x + image * geometry.inPixels * geometry.inChannels, into: scratch)
  }

  func forwardByRows<F: TileFinish>(
    y: UnsafeMutablePointer<S>, x: UnsafePointer<S>, weights: UnsafePointer<S>, adding: Bool, finish: F
  ) where F.S == S {
    let g = geometry
    let span = g.kernel * g.inChannels
    forEachRowTile { image, rows in
      lower(image, rows, x: x)
      let first = (image * g.outHeight + rows.lowerBound) * g.outWidth
      for row in 0..<g.kernel {
        let shifted = UnsafePointer(scratch + row * g.inWidth * span)
        let taps = weights + row * span * g.outChannels
        let keep: S = adding || row > 0 ? 1 : 0
        S.multiply(
          Product(
            (m: rows.count * g.outWidth, n: g.outChannels, k: span), left: (shifted, span),
            right: (taps, g.outChannels), out: (y + first * g.outChannels, g.outChannels), keep: keep))
      }
      finish.finish(y, rows: first..<(first + rows.count * g.outWidth))
    }
  }

  func weightsByRows(dweights: UnsafeMutablePointer<S>, x: UnsafePointer<S>, dy: UnsafePointer<S>) {
    let g = geometry
    let span = g.kernel * g.inChannels
    forEachRowTile { image, rows in
      lower(image, rows, x: x)
      let first = (image * g.outHeight + rows.lowerBound) * g.outWidth
      for row in 0..<g.kernel {
        let shifted = UnsafePointer(scratch + row * g.inWidth * span)
        let taps = dweights + row * span * g.outChannels
        var product = Product<S>(
          (m: span, n: g.outChannels, k: rows.count * g.outWidth), left: (shifted, span),
          right: (dy + first * g.outChannels, g.outChannels), out: (taps, g.outChannels), keep: 1)
        product.leftTransposed = true
        S.multiply(product)
      }
    }
  }
}
