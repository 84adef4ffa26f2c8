/// Max-pool 3x3 of stride 2 padded by 1 (the ImageNet stem), and the mean over all pixels; channels last.
package struct Pooling<S: Scalar> {
  package let height: Int
  package let width: Int
  package let channels: Int
  package let images: Int

  package init(height: Int, width: Int, channels: Int, images: Int) {
    (self.height, self.width, self.channels, self.images) = (height, width, channels, images)
  }

  package static func pooled(_ size: Int) -> Int { (size - 1) / 2 + 1 }

  /// y [images, pooled height, pooled width, channels] = the largest of each 3x3 window inside the image.
  package func maximumForward(y: UnsafeMutablePointer<S>, x: UnsafePointer<S>) {
    forEachWindow { out, window in
      let y = y + out * channels
      y.update(from: x + window.first * channels, count: channels)
      window.forEach { pixel in
        let x = x + pixel * channels
        for channel in 0..<channels where x[channel] > y[channel] || x[channel].isNaN { y[channel] = x[channel] }
      }
    }
  }

  /// dx += dy at the first largest pixel of each window, in reading order, as PyTorch takes it.
  package func maximumBackward(
    dx: UnsafeMutablePointer<S>, dy: UnsafePointer<S>, x: UnsafePointer<S>, y: UnsafePointer<S>
  ) {
    forEachWindow { out, window in
      for channel in 0..<channels {
        let largest = y[out * channels + channel]
        var found = false
        window.forEach { pixel in
          let index = pixel * channels + channel
          if !found && x[index] == largest {
            found = true
            dx[index] += dy[out * channels + channel]
          }
        }
      }
    }
  }

  /// y [images, channels] = mean over the pixels.
  package func averageForward(y: UnsafeMutablePointer<S>, x: UnsafePointer<S>) {
    let pixels = height * width
    for image in 0..<images {
      for channel in 0..<channels {
        var sum: Double = 0
        for pixel in 0..<pixels { sum += Double(x[(image * pixels + pixel) * channels + channel]) }
        y[image * channels + channel] = S(sum / Double(pixels))
      }
    }
  }

  /// dx = dy / pixels at every pixel.
  package func averageBackward(dx: UnsafeMutablePointer<S>, dy: UnsafePointer<S>) {
    let pixels = height * width
    let share = 1 / S(pixels)
    for image in 0..<images {
      for pixel in 0..<pixels {
        let dx = dx + (image * pixels + pixel) * channels
        for channel in 0..<channels { dx[channel] = dy[image * channels + channel] * share }
      }
    }
  }

  /// The pixels of one window that lie inside the image.
  private struct Window {
    let rows: Range<Int>
    let columns: Range<Int>
    /// Index of the image's first pixel, and pixels of a row.
    let base: Int
    let width: Int

    var first: Int { base + rows.lowerBound * width + columns.lowerBound }

    @inline(__always)
    func forEach(_ body: (Int) -> Void) {
      for row in rows {
        for column in columns { body(base + row * width + column) }
      }
    }
  }

  @inline(__always)
  private func forEachWindow(_ body: (_ out: Int, Window) -> Void) {
    var out = 0
    for image in 0..<images {
      for row in 0..<Self.pooled(height) {
        let rows = max(0, 2 * row - 1)..<min(height, 2 * row + 2)
        for column in 0..<Self.pooled(width) {
          let columns = max(0, 2 * column - 1)..<min(width, 2 * column + 2)
          body(out, Window(rows: rows, columns: columns, base: image * height * width, width: width))
          out += 1
        }
      }
    }
  }
}
