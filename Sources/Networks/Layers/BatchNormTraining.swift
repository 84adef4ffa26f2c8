/// BatchNorm with the batch's own statistics, over rows [rows, channels] that several workers share: each takes the
/// moments of its rows, the moments are joined (`Moments`), and each goes on with its rows.
///
///     xhat = (x - mean) / sqrt(variance + eps)      y = relu(weight * xhat + bias + residual)
package struct BatchNormTraining<S: Scalar> {
  package static var epsilon: Double { 1e-5 }

  package let channels: Int
  /// Of the whole batch, one value a channel: mean, and 1/sqrt(variance + eps) with the biased variance.
  package let mean: UnsafePointer<S>
  package let inverse: UnsafePointer<S>
  package let weight: UnsafePointer<S>

  package init(
    channels: Int, mean: UnsafePointer<S>, inverse: UnsafePointer<S>, weight: UnsafePointer<S>
  ) {
    self.channels = channels
    self.mean = mean
    self.inverse = inverse
    self.weight = weight
  }

  /// Mean and sum of squared distances from it, per channel, of the rows alone; two passes over them.
  package static func moments(
    _ x: UnsafePointer<S>, rows: Range<Int>, channels: Int, mean: UnsafeMutablePointer<Double>,
    squares: UnsafeMutablePointer<Double>
  ) {
    let columns = Columns(rows: rows, channels: channels)
    for channel in 0..<channels { (mean[channel], squares[channel]) = (0, 0) }
    columns.addSums(to: mean) { Vector.load(x + $2, $1) }
    for channel in 0..<channels { mean[channel] /= Double(max(1, rows.count)) }
    columns.addSums(to: squares) { channel, count, index in
      var center = SIMD16<S>()
      for lane in 0..<count { center[lane] = S(mean[channel + lane]) }
      let distance = S.difference(Vector.load(x + index, count), center)
      return S.product(distance, distance)
    }
    // The centre was rounded to S: what that added is known exactly.
    for channel in 0..<channels {
      let rounding = Double(S(mean[channel])) - mean[channel]
      squares[channel] -= rounding * rounding * Double(rows.count)
    }
  }

  /// y = weight * xhat, then `finish`, which adds the bias.
  package func forward(
    y: UnsafeMutablePointer<S>, x: UnsafePointer<S>, rows: Range<Int>, finish: ForwardFinish<S>
  ) {
    let columns = Columns(rows: rows, channels: channels)
    columns.forEachGroup { channel, count in
      let mean = Vector.load(mean + channel, count)
      let scale = S.product(Vector.load(inverse + channel, count), Vector.load(weight + channel, count))
      columns.forEachRow(channel) { index in
        let centered = S.difference(Vector.load(x + index, count), mean)
        Vector.store(S.product(centered, scale), y + index, count)
      }
    }
    finish.finish(y, rows: rows)
  }

  /// sums += column sums of dz (the gradient of bias), dots += those of dz * xhat (the gradient of weight); dz is dy
  /// already masked by ReLU.
  package func backwardSums(
    dz: UnsafePointer<S>, x: UnsafePointer<S>, rows: Range<Int>, sums: UnsafeMutablePointer<Double>,
    dots: UnsafeMutablePointer<Double>
  ) {
    let columns = Columns(rows: rows, channels: channels)
    columns.addSums(to: sums) { Vector.load(dz + $2, $1) }
    columns.addSums(to: dots) { channel, count, index in
      let centered = S.difference(Vector.load(x + index, count), Vector.load(mean + channel, count))
      return S.product(
        Vector.load(dz + index, count), S.product(centered, Vector.load(inverse + channel, count)))
    }
  }

  /// dx = weight * inverse * (dz - meanSum - xhat * meanDot), where the means are `sums` and `dots` of the whole batch
  /// over its rows.
  package func backwardData(
    dx: UnsafeMutablePointer<S>, dz: UnsafePointer<S>, x: UnsafePointer<S>, rows: Range<Int>,
    means: (sum: UnsafePointer<S>, dot: UnsafePointer<S>)
  ) {
    let columns = Columns(rows: rows, channels: channels)
    columns.forEachGroup { channel, count in
      let mean = Vector.load(mean + channel, count)
      let inverse = Vector.load(inverse + channel, count)
      let scale = S.product(inverse, Vector.load(weight + channel, count))
      let slope = S.product(inverse, Vector.load(means.dot + channel, count))
      let level = Vector.load(means.sum + channel, count)
      columns.forEachRow(channel) { index in
        let along = S.product(S.difference(Vector.load(x + index, count), mean), slope)
        let rest = S.difference(S.difference(Vector.load(dz + index, count), level), along)
        Vector.store(S.product(rest, scale), dx + index, count)
      }
    }
  }
}

/// The moments of one channel, of some rows; joined in a fixed order they are those of the batch.
package struct Moments: Sendable {
  package private(set) var rows = 0.0
  package private(set) var mean = 0.0
  /// Sum of squared distances from the mean.
  package private(set) var squares = 0.0

  package init() {}

  /// Chan, Golub and LeVeque's update.
  package mutating func join(rows others: Int, mean other: Double, squares otherSquares: Double) {
    guard others > 0 else { return }
    let all = rows + Double(others)
    let distance = other - mean
    squares += otherSquares + distance * distance * rows * Double(others) / all
    mean += distance * Double(others) / all
    rows = all
  }

  /// Divided by n: what normalises the batch.
  package var variance: Double { squares / max(1, rows) }
  /// Divided by n - 1: what the running variance takes in.
  package var unbiasedVariance: Double { squares / max(1, rows - 1) }
  package var inverse: Double { 1 / (variance + BatchNormTraining<Double>.epsilon).squareRoot() }
}
