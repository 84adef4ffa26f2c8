package import Datasets

/// Shifts a picture by up to 4 pixels each way and mirrors every other one: the usual augmentation of CIFAR-10 (He et
/// al., 2016, 4.2). What comes in at the edges is black.
package struct Augmentation: Sendable {
  package static let shift = 4

  private let shape: [Int]
  /// By channel: what a black pixel becomes by normalisation.
  private let black: [Float]
  private let seed: UInt64

  /// nil for what is no picture.
  package init?(_ data: Dataset, seed: UInt64) {
    guard data.sampleShape.count == 3 else { return nil }
    let (mean, deviation) = (data.normalization.mean, data.normalization.deviation)
    self.init(
      shape: data.sampleShape,
      black: (0..<data.sampleShape[0]).map { channel in
        if mean.isEmpty { return 0 }
        return mean.count == 1 ? Float(-mean[0] / deviation[0]) : Float(-mean[channel] / deviation[channel])
      }, seed: seed)
  }

  package init(shape: [Int], black: [Float], seed: UInt64) {
    self.shape = shape
    self.black = black
    self.seed = seed
  }

  /// How one picture is changed.
  package struct Change: Equatable {
    /// In -4 ... 4: pixel (y, x) comes from (y + down, x + right) of the mirrored or plain picture.
    package let down: Int
    package let right: Int
    package let isMirrored: Bool

    package init(down: Int, right: Int, isMirrored: Bool) {
      self.down = down
      self.right = right
      self.isMirrored = isMirrored
    }
  }

  /// The same for the same row and epoch, whoever asks and when.
  package func change(row: Int, epoch: Int) -> Change {
    var generator = SeededGenerator(seed: seed, .augmentation, UInt64(row) << 20 ^ UInt64(epoch))
    let span = 2 * Self.shift + 1
    return Change(
      down: generator.below(span) - Self.shift, right: generator.below(span) - Self.shift,
      isMirrored: generator.below(2) == 1)
  }

  /// - Parameter picture: [C, H, W], changed in place.
  package func apply(_ change: Change, to picture: UnsafeMutableBufferPointer<Float>) {
    let (height, width) = (shape[1], shape[2])
    let source = Array(picture)
    for channel in 0..<shape[0] {
      let plane = channel * height * width
      for y in 0..<height {
        let fromY = y + change.down
        for x in 0..<width {
          let shifted = x + change.right
          let fromX = change.isMirrored ? width - 1 - shifted : shifted
          let isInside = fromY >= 0 && fromY < height && fromX >= 0 && fromX < width
          picture[plane + y * width + x] = isInside ? source[plane + fromY * width + fromX] : black[channel]
        }
      }
    }
  }
}
