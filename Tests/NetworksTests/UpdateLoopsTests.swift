import Networks
import Testing

extension UpdateLoops: CustomTestStringConvertible {
  public var testDescription: String { "\(instructions)" }
}

/// Every variant of the update's loops that this machine runs, against the plain Swift ones.
///
/// Tolerances: a sum of n terms in eight chains, joined, makes at most n/8 + 8 roundings of 2^-53 of what has been
/// added up so far; a term itself has up to four. A product fused with its sum has one rounding less. So two such sums
/// differ by at most 2 (n/8 + 12) 2^-53 of the sum of the terms' magnitudes.
@Suite struct UpdateLoopsTests {
  /// One block of `count` weights, gradients behind it zero.
  private struct Case {
    let retain: HalfGradients
    let forget: HalfGradients
    let lastStep: FlatBuffer
    let weights: [Float]
    let range: Range<Int>

    init(_ count: Int, seed: UInt64) {
      let layout = FlatLayout([ParameterSpec(name: "w", shape: [count], trains: true)])
      (retain, forget) = (HalfGradients(layout: layout), HalfGradients(layout: layout))
      lastStep = FlatBuffer(count: layout.count)
      range = 0..<count
      var numbers = Numbers(seed)
      for buffer in [retain.even, retain.odd, forget.even, forget.odd, lastStep] {
        buffer.withMutableFloats { out in for index in 0..<count { out[index] = Float(numbers.uniform() - 0.4) } }
      }
      weights = numbers.array(count)
      (retain.evenShare, retain.oddShare) = (0.6, 0.4)
      (forget.evenShare, forget.oddShare) = (0.51, 0.49)
    }

    func pair(_ loops: UpdateLoops) -> GradientPair {
      GradientPair(retain: retain, forget: forget, lastStep: lastStep, loops: loops)
    }

    var oracle: UpdateOracle { UpdateOracle(retain: retain, forget: forget, lastStep: lastStep) }
    var bound: Double { 2 * Double(range.count / 8 + 12) / Double(1 << 53) }
    static let coefficients = BlockCoefficients(retain: -0.03, forget: 0.007)

    /// Takes the step on weights at an address that is a multiple of 4 only; returns |w|^2, the weights and what lay
    /// behind them.
    func step(_ loops: UpdateLoops) -> (square: Double, weights: [Float], behind: [Float]) {
      let memory = FlatBuffer([7] + weights + Array(repeating: 7, count: 8))
      let square = memory.withMutableFloats { floats in
        floats.baseAddress.map { pair(loops).step($0 + 1, over: range, Self.coefficients) } ?? .nan
      }
      let after = memory.values
      return (square, Array(after[1...range.count]), [after[0]] + after[(range.count + 1)...])
    }
  }

  private static let counts = [1, 3, 7, 8, 9, 16, 23, 255, 256, 257, 300, 4099, 16 * 1024]

  @Test(arguments: UpdateLoops.all, counts) func products_areThePlainOnes(_ loops: UpdateLoops, _ count: Int) {
    let given = Case(count, seed: UInt64(count))
    let found = given.pair(loops).sums(over: given.range).products
    let (sums, magnitudes) = given.oracle.sums(over: given.range)
    for index in sums.indices { #expect(abs(found[index] - sums[index]) <= given.bound * magnitudes[index]) }
    let ratio = 0.7
    let plain = given.oracle.differenceSquared(over: given.range, ratio: ratio)
    // The difference's own rounding is relative to its parts, which are at most 1.3 here, not to itself.
    #expect(
      abs(given.pair(loops).differenceSquared(over: given.range, ratio: ratio) - plain)
        <= given.bound * plain + Double(count) * 16 / Double(1 << 53))
  }

  /// The largest is past the caches.
  @Test(arguments: UpdateLoops.all, counts + [1 << 20 + 5]) func step_isThePlainOne(_ loops: UpdateLoops, _ count: Int)
  {
    let given = Case(count, seed: UInt64(count) + 1)
    let (square, weights, behind) = given.step(loops)
    let kept = given.lastStep.values
    let plain = given.oracle.step(over: given.range, Case.coefficients)
    // Rounded to float32 from float64 sums that differ in their last bits: the neighbouring float32 at the most.
    #expect(zip(kept, plain).allSatisfy { abs($0 - $1) <= max($0.ulp, 0x1p-60) })
    #expect(zip(kept, plain).count { $0 != $1 } <= count / 10_000 + 1)
    #expect(weights == zip(given.weights, kept).map { $0 + $1 })
    #expect(behind.allSatisfy { $0 == 7 } && kept[count...].allSatisfy { $0 == 0 })
    let exact = UpdateOracle.square(weights)
    #expect(abs(square - exact) <= given.bound * exact)
    let measured = weights.withUnsafeBufferPointer { $0.baseAddress.map { given.pair(loops).square($0, count: count) } }
    #expect(measured == square)
  }

  #if arch(x86_64)
    @Test(arguments: counts) func baseline_hasTheBitsOfThePlainOnes(_ count: Int) {
      let given = Case(count, seed: UInt64(count) + 2)
      let baseline = UpdateLoops.all[0]
      #expect(given.pair(baseline).sums(over: given.range).products == given.oracle.sums(over: given.range).sums)
      let plain = given.oracle.step(over: given.range, Case.coefficients)
      let (square, weights, _) = given.step(baseline)
      #expect(Array(given.lastStep.values[given.range]) == plain)
      #expect(square == UpdateOracle.square(weights))
    }
  #endif

  @Test(arguments: counts) func variantsThatFuse_haveTheSameBits(_ count: Int) {
    let fused = UpdateLoops.all.dropFirst()
    guard fused.count > 1, let last = fused.last else {
      return print("SKIPPED: this processor has fewer than two of the variants that fuse products and sums")
    }
    let given = Case(count, seed: UInt64(count) + 3)
    let expected = given.pair(last).sums(over: given.range)
    let difference = given.pair(last).differenceSquared(over: given.range, ratio: 0.7)
    let step = given.step(last)
    let kept = given.lastStep.values
    for loops in fused.dropLast() {
      let again = Case(count, seed: UInt64(count) + 3)
      #expect(again.pair(loops).sums(over: given.range) == expected)
      #expect(again.pair(loops).differenceSquared(over: given.range, ratio: 0.7) == difference)
      #expect(again.step(loops) == step)
      #expect(again.lastStep.values == kept)
    }
  }
}
