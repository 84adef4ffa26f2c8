import Networks
import Testing

/// Every way (direct, by rows, by patches, by minimal filtering) against the definition, at sizes with several tiles, tiles that end in
/// the middle of an image, borders wider than the image, and channels that fill no vector.
@Suite struct ConvolutionTests {
  static let cases: [NaiveConvolution] = [
    NaiveConvolution(input: (5, 7, 3), outChannels: 4, kernel: 3, stride: 1, images: 2),
    NaiveConvolution(input: (32, 32, 16), outChannels: 16, kernel: 3, stride: 1, images: 2),
    NaiveConvolution(input: (33, 20, 5), outChannels: 7, kernel: 3, stride: 1, images: 2),
    NaiveConvolution(input: (16, 16, 17), outChannels: 32, kernel: 3, stride: 2, images: 3),
    NaiveConvolution(input: (15, 13, 6), outChannels: 8, kernel: 3, stride: 2, images: 2),
    NaiveConvolution(input: (8, 8, 64), outChannels: 48, kernel: 3, stride: 1, images: 5),
    NaiveConvolution(input: (7, 11, 16), outChannels: 32, kernel: 3, stride: 1, images: 3),
    NaiveConvolution(input: (8, 8, 40), outChannels: 24, kernel: 3, stride: 1, images: 5),
    NaiveConvolution(input: (20, 20, 3), outChannels: 8, kernel: 7, stride: 2, images: 2),
    NaiveConvolution(input: (14, 14, 3), outChannels: 8, kernel: 7, stride: 1, images: 1),
    NaiveConvolution(input: (9, 9, 20), outChannels: 33, kernel: 1, stride: 1, images: 3),
    NaiveConvolution(input: (9, 8, 12), outChannels: 10, kernel: 1, stride: 2, images: 2),
    NaiveConvolution(input: (1, 1, 53), outChannels: 5, kernel: 1, stride: 1, images: 9),
    NaiveConvolution(input: (1, 1, 6), outChannels: 4, kernel: 3, stride: 2, images: 3),
    NaiveConvolution(input: (2, 1, 6), outChannels: 4, kernel: 3, stride: 1, images: 2),
  ]

  @Test(arguments: cases.indices)
  func convolution_inFloat64_equalsItsDefinition(_ index: Int) {
    check(Self.cases[index], Double.self, bound: 1e-12)
  }

  @Test(arguments: cases.indices)
  func convolution_inFloat32_isWithinRoundingOfItsDefinition(_ index: Int) {
    check(Self.cases[index], Float.self, bound: 1e-5)
  }

  private func check<S: Scalar>(_ naive: NaiveConvolution, _ type: S.Type, bound: Double) {
    let geometry = ConvolutionGeometry(
      input: naive.input, outChannels: naive.outChannels, kernel: naive.kernel, stride: naive.stride)
    var numbers = Numbers(7)
    let x: [S] = numbers.array(naive.xCount)
    let weights: [S] = numbers.array(naive.weightCount)
    let dy: [S] = numbers.array(naive.yCount)
    let before: [S] = numbers.array(naive.xCount)

    let y = LayerRun.forward(geometry, images: naive.images, x: x, weights: weights)
    let expected = naive.backward(
      dy: dy.map { Double($0) }, x: x.map { Double($0) }, weights: weights.map { Double($0) })
    #expect(
      relativeLargest(y, naive.forward(x: x.map { Double($0) }, weights: weights.map { Double($0) })) < bound)
    let dweights = LayerRun.backwardWeights(geometry, images: naive.images, x: x, dy: dy)
    #expect(relativeLargest(dweights, ordered(expected.dweights, geometry)) < bound)
    let dx = LayerRun.backwardData(geometry, images: naive.images, dy: dy, weights: weights, adding: nil)
    #expect(relativeLargest(dx, expected.dx) < bound)
    let added = LayerRun.backwardData(geometry, images: naive.images, dy: dy, weights: weights, adding: before)
    #expect(relativeLargest(added, zip(expected.dx, before).map { $0 + Double($1) }) < bound)
  }

  /// [in, out] as [out, in] where the layer keeps the files' order.
  private func ordered(_ dweights: [Double], _ geometry: ConvolutionGeometry) -> [Double] {
    guard geometry.keepsFileOrder else { return dweights }
    return (0..<geometry.outChannels).flatMap { out in
      (0..<geometry.inChannels).map { dweights[$0 * geometry.outChannels + out] }
    }
  }
}
