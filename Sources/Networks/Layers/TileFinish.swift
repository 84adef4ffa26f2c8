/// What is done to rows of a matrix [rows, channels] as soon as a tile of them is complete.
package protocol TileFinish {
  associatedtype S: Scalar
  func finish(_ out: UnsafeMutablePointer<S>, rows: Range<Int>)
}

/// Nothing: the gradient gets further contributions, or needs none of this.
package struct Unfinished<S: Scalar>: TileFinish {
  package init() {}

  @inline(__always)
  package func finish(_ out: UnsafeMutablePointer<S>, rows: Range<Int>) {}
}

/// y = relu(y + shift + residual): what BatchNorm with frozen statistics leaves to do once its scale is in the
/// weights. A value that is not a number stays one, so that a ruined network shows.
package struct ForwardFinish<S: Scalar>: TileFinish {
  let channels: Int
  let shift: UnsafePointer<S>
  let residual: UnsafePointer<S>?
  let rectified: Bool

  package init(channels: Int, shift: UnsafePointer<S>, residual: UnsafePointer<S>?, rectified: Bool) {
    self.channels = channels
    self.shift = shift
    self.residual = residual
    self.rectified = rectified
  }

  package func finish(_ out: UnsafeMutablePointer<S>, rows: Range<Int>) {
    if channels % 16 == 0 {
      finishBySixteens(out, rows: rows)
      return
    }
    for row in rows {
      for channel in 0..<channels {
        let index = row * channels + channel
        var value = out[index] + shift[channel]
        if let residual { value += residual[index] }
        out[index] = rectified && value < 0 ? 0 : value
      }
    }
  }

  @inline(__always)
  private func finishBySixteens(_ out: UnsafeMutablePointer<S>, rows: Range<Int>) {
    if let residual {
      if rectified {
        sweep(out, rows: rows) { value, index in (value + Vector.load(residual + index)).rectified }
      } else {
        sweep(out, rows: rows) { value, index in value + Vector.load(residual + index) }
      }
    } else if rectified {
      sweep(out, rows: rows) { value, _ in value.rectified }
    } else {
      sweep(out, rows: rows) { value, _ in value }
    }
  }

  @inline(__always)
  private func sweep(
    _ out: UnsafeMutablePointer<S>, rows: Range<Int>, _ body: (SIMD16<S>, Int) -> SIMD16<S>
  ) {
    for channel in stride(from: 0, to: channels, by: 16) {
      let shift = Vector.load(shift + channel)
      var index = rows.lowerBound * channels + channel
      for _ in rows {
        Vector.store(body(Vector.load(out + index) + shift, index), out + index)
        index += channels
      }
    }
  }
}

/// dz = dy where y > 0 (ReLU's mask, from its own output), and sums += the column sums of dz: the gradient of the
/// shift. Sums over some hundred rows in S, beyond that in float64.
package struct BackwardFinish<S: Scalar>: TileFinish {
  let channels: Int
  let activation: UnsafePointer<S>?
  let sums: UnsafeMutablePointer<Double>?

  package init(channels: Int, activation: UnsafePointer<S>?, sums: UnsafeMutablePointer<Double>?) {
    self.channels = channels
    self.activation = activation
    self.sums = sums
  }

  package func finish(_ out: UnsafeMutablePointer<S>, rows: Range<Int>) {
    var start = rows.lowerBound
    while start < rows.upperBound {
      let end = min(rows.upperBound, start + 256)
      finishPart(out, rows: start..<end)
      start = end
    }
  }

  @inline(__always)
  private func finishPart(_ out: UnsafeMutablePointer<S>, rows: Range<Int>) {
    if channels % 16 == 0 {
      for channel in stride(from: 0, to: channels, by: 16) {
        let sum = sweep(out, rows: rows, channel: channel)
        if let sums { for lane in 0..<16 { sums[channel + lane] += Double(sum[lane]) } }
      }
      return
    }
    for channel in 0..<channels {
      var sum: S = 0
      for row in rows {
        let index = row * channels + channel
        if let activation, !(activation[index] > 0) { out[index] = 0 }
        sum += out[index]
      }
      if let sums { sums[channel] += Double(sum) }
    }
  }

  @inline(__always)
  private func sweep(_ out: UnsafeMutablePointer<S>, rows: Range<Int>, channel: Int) -> SIMD16<S> {
    var sum = SIMD16<S>(repeating: 0)
    var index = rows.lowerBound * channels + channel
    guard let activation else {
      for _ in rows {
        sum += Vector.load(out + index)
        index += channels
      }
      return sum
    }
    for _ in rows {
      let gradient = Vector.load(out + index)
      let masked = SIMD16<S>(repeating: 0).replacing(with: gradient, where: Vector.load(activation + index) .> 0)
      Vector.store(masked, out + index)
      sum += masked
      index += channels
    }
    return sum
  }
}

/// Sixteen values at a time, at any address.
enum Vector {
  @inline(__always)
  static func load<S: Scalar>(_ address: UnsafePointer<S>) -> SIMD16<S> {
    UnsafeRawPointer(address).loadUnaligned(as: SIMD16<S>.self)
  }

  @inline(__always)
  static func load<S: Scalar>(_ address: UnsafeMutablePointer<S>) -> SIMD16<S> {
    UnsafeRawPointer(address).loadUnaligned(as: SIMD16<S>.self)
  }

  @inline(__always)
  static func store<S: Scalar>(_ value: SIMD16<S>, _ address: UnsafeMutablePointer<S>) {
    UnsafeMutableRawPointer(address).storeBytes(of: value, as: SIMD16<S>.self)
  }
}

extension SIMD16 where Scalar: Networks.Scalar {
  @inline(__always)
  var rectified: SIMD16<Scalar> { replacing(with: 0, where: self .< 0) }
}
