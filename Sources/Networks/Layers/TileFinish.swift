/// What is done to rows of a matrix [rows, channels] as soon as a tile of them is complete.
package protocol TileFinish {
  associatedtype S: Scalar
  func finish(_ out: UnsafeMutablePointer<S>, rows: Range<Int>)
  /// The same as a kernel takes it that finishes its output while it writes it.
  var parts: FinishParts<S> { get }
}

/// What a finish consists of: y + shift + residual, rectified, masked by the sign of `mask`, summed by column.
package struct FinishParts<S: Scalar> {
  package var shift: UnsafePointer<S>?
  package var residual: UnsafePointer<S>?
  package var rectified = false
  package var mask: UnsafePointer<S>?
  package var sums: UnsafeMutablePointer<Double>?

  package init(
    shift: UnsafePointer<S>? = nil, residual: UnsafePointer<S>? = nil, rectified: Bool = false,
    mask: UnsafePointer<S>? = nil, sums: UnsafeMutablePointer<Double>? = nil
  ) {
    (self.shift, self.residual, self.rectified, self.mask, self.sums) = (shift, residual, rectified, mask, sums)
  }
}

/// Nothing: the gradient gets further contributions, or needs none of this.
package struct Unfinished<S: Scalar>: TileFinish {
  package init() {}

  @inline(__always)
  package func finish(_ out: UnsafeMutablePointer<S>, rows: Range<Int>) {}

  package var parts: FinishParts<S> { FinishParts() }
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

  package var parts: FinishParts<S> { FinishParts(shift: shift, residual: residual, rectified: rectified) }

  package func finish(_ out: UnsafeMutablePointer<S>, rows: Range<Int>) {
    if let residual {
      if rectified {
        sweep(out, rows) { S.rectified(S.sum($0, Vector.load(residual + $1, $2))) }
      } else {
        sweep(out, rows) { S.sum($0, Vector.load(residual + $1, $2)) }
      }
    } else if rectified {
      sweep(out, rows) { value, _, _ in S.rectified(value) }
    } else {
      sweep(out, rows) { value, _, _ in value }
    }
  }

  @inline(__always)
  private func sweep(
    _ out: UnsafeMutablePointer<S>, _ rows: Range<Int>,
    _ body: (_ shifted: SIMD16<S>, _ index: Int, _ count: Int) -> SIMD16<S>
  ) {
    let columns = Columns(rows: rows, channels: channels)
    columns.forEachGroup { channel, count in
      let shift = Vector.load(shift + channel, count)
      columns.forEachRow(channel) { index in
        Vector.store(body(S.sum(Vector.load(out + index, count), shift), index, count), out + index, count)
      }
    }
  }
}

/// dz = dy where y > 0 (ReLU's mask, from its own output), and sums += the column sums of dz: the gradient of the
/// shift.
package struct BackwardFinish<S: Scalar>: TileFinish {
  let channels: Int
  let activation: UnsafePointer<S>?
  let sums: UnsafeMutablePointer<Double>?

  package init(channels: Int, activation: UnsafePointer<S>?, sums: UnsafeMutablePointer<Double>?) {
    self.channels = channels
    self.activation = activation
    self.sums = sums
  }

  package var parts: FinishParts<S> { FinishParts(mask: activation, sums: sums) }

  package func finish(_ out: UnsafeMutablePointer<S>, rows: Range<Int>) {
    let columns = Columns(rows: rows, channels: channels)
    guard let activation else {
      if let sums { columns.addSums(to: sums) { Vector.load(out + $2, $1) } }
      return
    }
    if let sums {
      columns.addSums(to: sums) { _, count, index in masked(out, activation, index, count) }
    } else {
      columns.forEachGroup { channel, count in
        columns.forEachRow(channel) { _ = masked(out, activation, $0, count) }
      }
    }
  }

  @inline(__always)
  private func masked(
    _ out: UnsafeMutablePointer<S>, _ activation: UnsafePointer<S>, _ index: Int, _ count: Int
  ) -> SIMD16<S> {
    let gradient = S.masked(Vector.load(out + index, count), where: Vector.load(activation + index, count))
    Vector.store(gradient, out + index, count)
    return gradient
  }
}
