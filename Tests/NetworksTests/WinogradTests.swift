import Networks
import Testing

/// Each instruction set that this machine has, with every way to finish, against the definition.
@Suite struct WinogradTests {
  /// Whole tiles, cut tiles, a row of tiles wider than a block, blocks that end between images, and panels of 16 and
  /// of 32 channels.
  static let cases: [NaiveConvolution] = [
    NaiveConvolution(input: (8, 8, 16), outChannels: 16, kernel: 3, stride: 1, images: 9),
    NaiveConvolution(input: (3, 5, 32), outChannels: 16, kernel: 3, stride: 1, images: 2),
    NaiveConvolution(input: (7, 9, 48), outChannels: 32, kernel: 3, stride: 1, images: 3),
    NaiveConvolution(input: (6, 133, 16), outChannels: 48, kernel: 3, stride: 1, images: 1),
    NaiveConvolution(input: (10, 16, 16), outChannels: 64, kernel: 3, stride: 1, images: 5),
  ]

  static let sets = InstructionSet.allCases.filter { Winograd($0) != nil }

  /// Twice the rounding of the direct sum is what the transforms are made for; in the largest element some more.
  private let bound = 1e-5

  private struct Case {
    let naive: NaiveConvolution
    let geometry: ConvolutionGeometry
    let (x, taps, dy, before, residual, mask): ([Float], [Float], [Float], [Float], [Float], [Float])
    let shift: [Float]

    init(_ naive: NaiveConvolution) {
      self.naive = naive
      geometry = ConvolutionGeometry(
        input: naive.input, outChannels: naive.outChannels, kernel: naive.kernel, stride: naive.stride)
      var numbers = Numbers(11)
      x = numbers.array(naive.xCount)
      taps = numbers.array(naive.weightCount)
      dy = numbers.array(naive.yCount)
      before = numbers.array(naive.yCount)
      residual = numbers.array(naive.yCount)
      mask = numbers.array(naive.yCount)
      shift = numbers.array(naive.outChannels)
    }

    var exact: [Double] { naive.forward(x: x.map { Double($0) }, weights: taps.map { Double($0) }) }
  }

  @Test(arguments: sets, cases.indices)
  func convolve_shiftedWithResidualAndRectified_equalsTheDefinition(_ set: InstructionSet, _ index: Int) throws {
    let given = Case(Self.cases[index])
    let outputs = given.geometry.outChannels
    for (hasResidual, rectified) in [(false, false), (false, true), (true, false), (true, true)] {
      let y = try convolve(given, set) { given, base in
        FinishParts(shift: base.shift, residual: hasResidual ? base.residual : nil, rectified: rectified)
      }.y
      let expected = given.exact.enumerated().map { at, value in
        let sum = value + Double(given.shift[at % outputs]) + (hasResidual ? Double(given.residual[at]) : 0)
        return rectified ? max(sum, 0) : sum
      }
      #expect(relativeLargest(y, expected) < bound)
    }
  }

  @Test(arguments: sets, cases.indices)
  func convolve_addedMaskedAndSummed_equalsTheDefinition(_ set: InstructionSet, _ index: Int) throws {
    let given = Case(Self.cases[index])
    let outputs = given.geometry.outChannels
    for (adding, masked) in [(false, false), (false, true), (true, false), (true, true)] {
      let (y, sums) = try convolve(given, set, adding: adding) { given, base in
        FinishParts(mask: masked ? base.mask : nil, sums: base.sums)
      }
      let expected = given.exact.enumerated().map { at, value in
        !masked || given.mask[at] > 0 ? value + (adding ? Double(given.before[at]) : 0) : 0
      }
      #expect(relativeLargest(y, expected) < bound)
      var expectedSums = [Double](repeating: 1, count: outputs)
      for (at, value) in expected.enumerated() { expectedSums[at % outputs] += value }
      #expect(relativeLargest(sums.map { Float($0) }, expectedSums) < bound)
    }
  }

  @Test(arguments: sets, cases.indices)
  func correlate_addsTheGradientOfTheTaps(_ set: InstructionSet, _ index: Int) throws {
    let given = Case(Self.cases[index])
    let winograd = try #require(Winograd(set))
    var dweights = given.taps
    with(given, winograd) { convolution, base in
      dweights.withUnsafeMutableBufferPointer { dweights in
        guard let dweights = dweights.baseAddress else { return }
        winograd.correlate(convolution, dweights: dweights, x: base.x, dy: base.dy)
      }
    }
    let expected = given.naive.backward(
      dy: given.dy.map { Double($0) }, x: given.x.map { Double($0) }, weights: given.taps.map { Double($0) })
    #expect(relativeLargest(dweights, zip(expected.dweights, given.taps).map { $0 + Double($1) }) < bound)
  }

  @Test(arguments: sets)
  func convolve_withoutANumber_hasNone(_ set: InstructionSet) throws {
    let naive = NaiveConvolution(input: (4, 4, 16), outChannels: 16, kernel: 3, stride: 1, images: 1)
    let given = Case(naive)
    let y = try convolve(given, set, spoiled: true) { _, base in
      FinishParts(shift: base.shift, rectified: true)
    }.y
    #expect(y.contains { $0.isNaN })
  }

  // MARK: - arrays as pointers

  private struct Bases {
    let (x, dy): (UnsafePointer<Float>, UnsafePointer<Float>)
    let (shift, residual, mask): (UnsafePointer<Float>, UnsafePointer<Float>, UnsafePointer<Float>)
    let sums: UnsafeMutablePointer<Double>
  }

  private func convolve(
    _ given: Case, _ set: InstructionSet, adding: Bool = false, spoiled: Bool = false,
    _ parts: (Case, Bases) -> FinishParts<Float>
  ) throws -> (y: [Float], sums: [Double]) {
    let winograd = try #require(Winograd(set))
    var taps = given.taps
    if spoiled { taps[5] = .nan }
    let count = winograd.weightCount(given.geometry)
    var weights = [Float](repeating: .nan, count: count) + taps
    weights.withUnsafeMutableBufferPointer { weights in
      if let base = weights.baseAddress { winograd.transform(taps: count, given.geometry, weights: base) }
    }
    var y = adding ? given.before : [Float](repeating: .nan, count: given.naive.yCount)
    let sums = with(given, winograd) { convolution, base in
      y.withUnsafeMutableBufferPointer { y in
        weights.withUnsafeBufferPointer { weights in
          guard let y = y.baseAddress, let weights = weights.baseAddress else { return }
          winograd.convolve(
            convolution, y: y, x: base.x, weights: weights, adding: adding, parts: parts(given, base))
        }
      }
    }
    return (y, sums)
  }

  /// Sums start at 1.
  @discardableResult
  private func with(
    _ given: Case, _ winograd: Winograd, _ body: (Convolution<Float>, Bases) -> Void
  ) -> [Double] {
    let needed = winograd.scratchCount(given.geometry, images: given.naive.images)
    let scratch = UnsafeMutablePointer<Float>.allocate(capacity: needed)
    defer { scratch.deallocate() }
    scratch.initialize(repeating: .nan, count: needed)
    let sums = UnsafeMutablePointer<Double>.allocate(capacity: given.shift.count)
    defer { sums.deallocate() }
    sums.initialize(repeating: 1, count: given.shift.count)
    let arrays = [given.x, given.dy, given.shift, given.residual, given.mask]
    let offsets = arrays.indices.map { arrays[..<$0].reduce(0) { $0 + $1.count } }
    Array(arrays.joined()).withUnsafeBufferPointer { all in
      guard let base = all.baseAddress else { return }
      body(
        Convolution(given.geometry, images: given.naive.images, scratch: scratch),
        Bases(
          x: base, dy: base + offsets[1], shift: base + offsets[2], residual: base + offsets[3],
          mask: base + offsets[4], sums: sums))
    }
    return Array(UnsafeBufferPointer(start: sums, count: given.shift.count))
  }
}
