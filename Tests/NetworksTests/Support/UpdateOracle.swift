import Networks

/// The update's loops in plain Swift: eight float64 lanes, element i in lane i mod 8, lanes added from the first to the
/// last.
struct UpdateOracle {
  typealias Lanes = SIMD8<Double>

  let retain: HalfGradients
  let forget: HalfGradients
  let lastStep: FlatBuffer

  /// Eight elements of a buffer from a flat place on; zero behind `end`.
  private func lanes(_ buffer: FlatBuffer, _ place: Int, _ end: Int) -> Lanes {
    buffer.withFloats { floats in
      var lanes = Lanes.zero
      for lane in 0..<min(8, end - place) { lanes[lane] = Double(floats[place + lane]) }
      return lanes
    }
  }

  private func side(_ half: HalfGradients, _ place: Int, _ end: Int) -> (even: Lanes, odd: Lanes, both: Lanes) {
    let (even, odd) = (lanes(half.even, place, end), lanes(half.odd, place, end))
    return (even, odd, even * half.evenShare + odd * half.oddShare)
  }

  /// The products of a chunk, and of each the sum of its terms' magnitudes, which bounds its rounding error.
  func sums(over range: Range<Int>) -> (sums: [Double], magnitudes: [Double]) {
    var sums = Array(repeating: Lanes.zero, count: 7)
    var magnitudes = sums
    for place in stride(from: range.lowerBound, to: range.upperBound, by: 8) {
      let (a, b) = (side(retain, place, range.upperBound), side(forget, place, range.upperBound))
      let d = lanes(lastStep, place, range.upperBound)
      let terms = [
        a.both * a.both, b.both * b.both, a.both * b.both, a.even * a.odd, b.even * b.odd, a.both * d, b.both * d,
      ]
      for (index, term) in terms.enumerated() {
        sums[index] += term
        magnitudes[index] += term.replacing(with: -term, where: term .< 0)
      }
    }
    return (sums.map { $0.sum() }, magnitudes.map { $0.sum() })
  }

  /// d of a chunk in float32.
  func step(over range: Range<Int>, _ coefficients: BlockCoefficients) -> [Float] {
    let (alpha, beta) = (coefficients.retain, coefficients.forget)
    return stride(from: range.lowerBound, to: range.upperBound, by: 8).flatMap { place in
      let (a, b) = (side(retain, place, range.upperBound), side(forget, place, range.upperBound))
      let step =
        (a.even * (alpha * retain.evenShare) + a.odd * (alpha * retain.oddShare))
        + (b.even * (beta * forget.evenShare) + b.odd * (beta * forget.oddShare))
      return (0..<min(8, range.upperBound - place)).map { Float(step[$0]) }
    }
  }

  func differenceSquared(over range: Range<Int>, ratio: Double) -> Double {
    var sum = Lanes.zero
    for place in stride(from: range.lowerBound, to: range.upperBound, by: 8) {
      let difference =
        side(retain, place, range.upperBound).both - side(forget, place, range.upperBound).both * ratio
      sum += difference * difference
    }
    return sum.sum()
  }

  static func square(_ weights: [Float]) -> Double {
    var sum = Lanes.zero
    for (index, weight) in weights.enumerated() { sum[index % 8] += Double(weight) * Double(weight) }
    return sum.sum()
  }
}

extension BlockSums {
  /// In the order of `UpdateOracle.sums`.
  var products: [Double] {
    [retainSquared, forgetSquared, kappa, retainHalves, forgetHalves, retainLastStep, forgetLastStep]
  }
}
