/// Copies that turn a convolution into matrix products, and the way back.
enum Lowering {
  /// Patches of the output pixels `pixels` (counted through all images) of x: [pixels, kernel, kernel, in].
  static func patches<S: Scalar>(
    _ geometry: ConvolutionGeometry, pixels: Range<Int>, x: UnsafePointer<S>, into patches: UnsafeMutablePointer<S>
  ) {
    let g = geometry
    let span = g.kernel * g.inChannels
    var out = patches
    var cursor = PixelCursor(g, at: pixels.lowerBound)
    for _ in pixels {
      let image = x + cursor.image * g.inPixels * g.inChannels
      let left = cursor.column * g.stride - g.padding
      let top = cursor.row * g.stride - g.padding
      for row in top..<(top + g.kernel) {
        if row < 0 || row >= g.inHeight {
          fill(out, count: span)
        } else {
          copyRun(image + row * g.inWidth * g.inChannels, left: left, geometry: g, into: out)
        }
        out += span
      }
      cursor.advance()
    }
  }

  /// The input rows from `top` (which may be -padding) on, `count` of them, each pixel with its neighbours left and
  /// right: [count, inWidth, kernel, in]. Rows outside the image are zeros. Stride 1.
  static func rows<S: Scalar>(
    _ geometry: ConvolutionGeometry, from top: Int, count: Int, image: UnsafePointer<S>,
    into rows: UnsafeMutablePointer<S>
  ) {
    let g = geometry
    let span = g.kernel * g.inChannels
    var out = rows
    for row in top..<(top + count) {
      guard row >= 0, row < g.inHeight else {
        fill(out, count: g.inWidth * span)
        out += g.inWidth * span
        continue
      }
      let source = image + row * g.inWidth * g.inChannels
      let inner = g.padding..<max(g.padding, g.inWidth - g.padding)
      for column in 0..<min(g.padding, g.inWidth) {
        copyRun(source, left: column - g.padding, geometry: g, into: out + column * span)
      }
      copyRuns(source, columns: inner, geometry: g, into: out)
      for column in max(g.padding, inner.upperBound)..<max(g.inWidth, g.padding) where column < g.inWidth {
        copyRun(source, left: column - g.padding, geometry: g, into: out + column * span)
      }
      out += g.inWidth * span
    }
  }

  /// Adds patches' gradients back to the pixels they were copied from: the reverse of `patches`.
  static func addPatches<S: Scalar>(
    _ geometry: ConvolutionGeometry, pixels: Range<Int>, patches: UnsafePointer<S>, into dx: UnsafeMutablePointer<S>
  ) {
    let g = geometry
    let span = g.kernel * g.inChannels
    var source = patches
    var cursor = PixelCursor(g, at: pixels.lowerBound)
    for _ in pixels {
      let image = dx + cursor.image * g.inPixels * g.inChannels
      let left = cursor.column * g.stride - g.padding
      let first = max(0, -left)
      let last = min(g.kernel, g.inWidth - left)
      let top = cursor.row * g.stride - g.padding
      for row in top..<(top + g.kernel) {
        if row >= 0 && row < g.inHeight && first < last {
          let target = image + (row * g.inWidth + left + first) * g.inChannels
          add(source + first * g.inChannels, count: (last - first) * g.inChannels, to: target)
        }
        source += span
      }
      cursor.advance()
    }
  }

  /// One pixel's run of `kernel` pixels from `left` on, zeros outside the row.
  @inline(__always)
  private static func copyRun<S: Scalar>(
    _ row: UnsafePointer<S>, left: Int, geometry g: ConvolutionGeometry, into out: UnsafeMutablePointer<S>
  ) {
    let first = max(0, -left)
    let last = min(g.kernel, g.inWidth - left)
    guard first < last else { return fill(out, count: g.kernel * g.inChannels) }
    if first > 0 { fill(out, count: first * g.inChannels) }
    out.advanced(by: first * g.inChannels).update(
      from: row + (left + first) * g.inChannels, count: (last - first) * g.inChannels)
    if last < g.kernel { fill(out + last * g.inChannels, count: (g.kernel - last) * g.inChannels) }
  }

  /// Whole runs, for the pixels that have all their neighbours. Channels by sixteens avoid a call for each copy.
  @inline(__always)
  private static func copyRuns<S: Scalar>(
    _ row: UnsafePointer<S>, columns: Range<Int>, geometry g: ConvolutionGeometry, into out: UnsafeMutablePointer<S>
  ) {
    let span = g.kernel * g.inChannels
    guard span % 16 == 0 else {
      for column in columns {
        (out + column * span).update(from: row + (column - g.padding) * g.inChannels, count: span)
      }
      return
    }
    for column in columns {
      let source = UnsafeRawPointer(row + (column - g.padding) * g.inChannels)
      let target = UnsafeMutableRawPointer(out + column * span)
      var offset = 0
      while offset < span * MemoryLayout<S>.stride {
        target.storeBytes(
          of: source.loadUnaligned(fromByteOffset: offset, as: SIMD16<S>.self), toByteOffset: offset,
          as: SIMD16<S>.self)
        offset += MemoryLayout<SIMD16<S>>.stride
      }
    }
  }

  @inline(__always)
  static func fill<S: Scalar>(_ out: UnsafeMutablePointer<S>, count: Int) {
    out.update(repeating: 0, count: count)
  }

  @inline(__always)
  private static func add<S: Scalar>(_ source: UnsafePointer<S>, count: Int, to target: UnsafeMutablePointer<S>) {
    for index in 0..<count { target[index] += source[index] }
  }
}

/// Walks output pixels through rows and images without dividing.
struct PixelCursor {
  private(set) var image: Int
  private(set) var row: Int
  private(set) var column: Int
  private let height: Int
  private let width: Int

  init(_ geometry: ConvolutionGeometry, at pixel: Int) {
    height = geometry.outHeight
    width = geometry.outWidth
    image = pixel / (height * width)
    row = pixel % (height * width) / width
    column = pixel % width
  }

  @inline(__always)
  mutating func advance() {
    column += 1
    if column == width {
      column = 0
      row += 1
      if row == height {
        row = 0
        image += 1
      }
    }
  }
}
