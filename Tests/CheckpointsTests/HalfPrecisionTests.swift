import Checkpoints
import Testing

@Suite struct HalfPrecisionTests {
  /// Rounds by search: the two neighbours in the narrow type, the nearer, of two as near the even one. Slow, and free
  /// of the tricks of what it checks.
  private func nearest(_ value: Float, largest: UInt16, widen: (UInt16) -> Float) -> UInt16 {
    let sign: UInt16 = value.sign == .minus ? 0x8000 : 0
    let magnitude = Double(value.magnitude)
    var low: UInt16 = 0
    var high = largest
    while low < high {
      let middle = low + (high - low + 1) / 2
      if Double(widen(middle)) <= magnitude { low = middle } else { high = middle - 1 }
    }
    let below = Double(widen(low))
    // Beyond the largest value the next step of the grid stands for infinity, as IEEE 754 says.
    let above = low == largest ? below + (below - Double(widen(low - 1))) : Double(widen(low + 1))
    let up = magnitude - below > above - magnitude || (magnitude - below == above - magnitude && low % 2 == 1)
    return sign | (up ? low + 1 : low)
  }

  private func interesting(count: Int, seed: UInt64) -> [Float] {
    var generator = SeededGenerator(seed: seed)
    let special: [Float] = [
      0, -0.0, 1, -1, .pi, 65_504, 65_519.996, 65_520, -65_520, 1e-8, 5.9604645e-8, 2.9802322e-8, 2.9802326e-8, 6.1e-5,
      6.0975552e-5, 6.103515625e-5, .greatestFiniteMagnitude, .leastNonzeroMagnitude, .leastNormalMagnitude,
      3.3895314e38, 3.3961775e38, 1.00390625, 1.01171875, 2.9387359e-39,
    ]
    let random = (0..<count).map { _ in Float(bitPattern: UInt32.random(in: 0...UInt32.max, using: &generator)) }
    let nearHalf = (0..<count).map { _ in
      Float(Float16(bitPattern: UInt16.random(in: 0...0x7bff, using: &generator)))
        * (1 + Float.random(in: -1e-3...1e-3))
    }
    return special + (random + nearHalf).filter(\.isFinite)
  }

  @Test func bfloat16_roundsToNearestTiesToEven() {
    for value in interesting(count: 20_000, seed: 11) {
      let expected = nearest(value, largest: 0x7f7f) { HalfPrecision.widen(bfloat16: $0) }
      #expect(HalfPrecision.bfloat16(value) == expected, "\(value)")
    }
  }

  @Test func float16_roundsToNearestTiesToEven() {
    for value in interesting(count: 20_000, seed: 12) {
      let expected = nearest(value, largest: 0x7bff) { Float(Float16(bitPattern: $0)) }
      #expect(HalfPrecision.float16(value) == expected, "\(value)")
    }
  }

  @Test func everyNarrowNumber_survivesTheRoundTrip() {
    for bits in UInt16.min...UInt16.max {
      let brain = HalfPrecision.widen(bfloat16: bits)
      let half = HalfPrecision.widen(float16: bits)
      if brain.isNaN {
        #expect(HalfPrecision.widen(bfloat16: HalfPrecision.bfloat16(brain)).isNaN)
      } else {
        #expect(HalfPrecision.bfloat16(brain) == bits)
      }
      if half.isNaN {
        #expect(HalfPrecision.widen(float16: HalfPrecision.float16(half)).isNaN)
      } else {
        #expect(HalfPrecision.float16(half) == bits)
      }
    }
  }

  @Test func infinityAndNaN_stayWhatTheyAre() {
    #expect(HalfPrecision.bfloat16(.infinity) == 0x7f80)
    #expect(HalfPrecision.bfloat16(-.infinity) == 0xff80)
    #expect(HalfPrecision.float16(.infinity) == 0x7c00)
    #expect(HalfPrecision.float16(-.infinity) == 0xfc00)
    // A NaN whose payload lies where it is cut off must not become infinity.
    let low = Float(bitPattern: 0x7f80_0001)
    #expect(HalfPrecision.widen(bfloat16: HalfPrecision.bfloat16(low)).isNaN)
    #expect(HalfPrecision.widen(float16: HalfPrecision.float16(low)).isNaN)
    #expect(HalfPrecision.bfloat16(3.4e38) == 0x7f80)
    #expect(HalfPrecision.float16(65_520) == 0x7c00)
    #expect(HalfPrecision.float16(65_519) == 0x7bff)
  }
}
