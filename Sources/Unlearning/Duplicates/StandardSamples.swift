import Datasets

/// Training rows with every feature in its own unit: less its mean, over its standard deviation. A feature that is
/// constant among the rows that these were taken from stays in the data's unit: where it differs after all, it tells.
struct StandardSamples {
  let elements: Int
  private let split: Split
  private let reader: RowReader
  /// Of a line of a picture [C, H, W]; 0 for everything else.
  private let width: Int
  private let mean: [Float]
  private let scale: [Float]

  var isOfPictures: Bool { width > 0 }

  /// - Parameter rows: training rows to take means and deviations over; read in blocks.
  init(_ dataset: Dataset, over rows: [Int], blockRows: Int, _ reader: RowReader) throws(Interruption) {
    split = dataset.train
    self.reader = reader
    width = dataset.sampleShape.count == 3 ? dataset.sampleShape[2] : 0
    let elements = dataset.sampleElements
    self.elements = elements
    var origin: [Float] = []
    var sums = [Double](repeating: 0, count: elements)
    var squares = sums
    var samples = [Float](repeating: 0, count: min(blockRows, rows.count) * elements)
    for start in stride(from: 0, to: rows.count, by: blockRows) {
      let block = rows[start..<min(start + blockRows, rows.count)]
      try reader.read(split, block, into: &samples)
      if origin.isEmpty { origin = Array(samples.prefix(elements)) }
      for index in block.indices {
        let offset = (index - start) * elements
        for feature in 0..<elements {
          // From the first row on, so that a constant is exactly that, whatever its size.
          let value = Double(samples[offset + feature] - origin[feature])
          sums[feature] += value
          squares[feature] += value * value
        }
      }
    }
    let count = Double(max(1, rows.count))
    mean = (0..<elements).map { rows.isEmpty ? 0 : origin[$0] + Float(sums[$0] / count) }
    scale = (0..<elements).map { feature in
      let variance = squares[feature] / count - (sums[feature] / count) * (sums[feature] / count)
      return variance > 0 ? Float(1 / variance.squareRoot()) : 1
    }
  }

  /// The rows one after the other, [rows, elements], into the front of `samples`.
  func read(_ rows: some Collection<Int>, mirrored: Bool = false, into samples: inout [Float]) throws(Interruption) {
    try reader.read(split, rows, into: &samples)
    let count = rows.count
    samples.withUnsafeMutableBufferPointer { samples in
      if mirrored { mirror(samples, lines: count * elements / width) }
      mean.withUnsafeBufferPointer { mean in
        scale.withUnsafeBufferPointer { scale in
          for row in 0..<count {
            let sample = UnsafeMutableBufferPointer(rebasing: samples[row * elements..<(row + 1) * elements])
            for feature in 0..<mean.count { sample[feature] = (sample[feature] - mean[feature]) * scale[feature] }
          }
        }
      }
    }
  }

  /// Left for right in every line of every channel.
  private func mirror(_ samples: UnsafeMutableBufferPointer<Float>, lines: Int) {
    for line in 0..<lines { samples[line * width..<(line + 1) * width].reverse() }
  }
}
