import Networks

/// Convolution, BatchNorm, residual and ReLU of one fixture case through the layers, both ways of BatchNorm.
struct UnitRun {
  struct Result {
    var y: [Float] = []
    /// dy behind ReLU: also the residual's gradient.
    var dz: [Float] = []
    var dx: [Float] = []
    var dweight: [Float] = []
    var dgamma: [Float] = []
    var dbeta: [Float] = []
  }

  private let given: PyTorchCase
  private let geometry: ConvolutionGeometry
  private let images: Int
  private let rectified: Bool
  let residual: [Float]?

  init(_ given: PyTorchCase, kernel: Int, stride: Int, rectified: Bool) {
    let (x, y) = (given.shape("x"), given.shape("y"))
    self.given = given
    self.rectified = rectified
    images = x[0]
    geometry = ConvolutionGeometry(input: (x[2], x[3], x[1]), outChannels: y[1], kernel: kernel, stride: stride)
    let values = given.channelsLast("residual")
    residual = values.isEmpty ? nil : values
  }

  private var rows: Int { images * geometry.outPixels }
  private var outputs: Int { geometry.outChannels }

  private func channels() -> [Folding<Float>.Channel] {
    (0..<outputs).map { out in
      Folding<Float>.Channel(
        weight: Double(given.floats("gamma")[out]), bias: Double(given.floats("beta")[out]),
        mean: Double(given.floats("mean")[out]), variance: Double(given.floats("variance")[out]))
    }
  }

  private func packed(_ scales: [Float]) -> [Float] {
    var weights = [Float](repeating: 0, count: geometry.weightCount)
    Folding<Float>(geometry).pack(given.floats("weight"), scales: scales, forward: &weights, turned: nil)
    return geometry.keepsFileOrder ? LayerRun.transposed(weights, rows: outputs) : weights
  }

  private func finish(_ y: inout [Float], shift: [Float]) {
    let count = rows
    withOptional(residual) { residual in
      shift.withUnsafeBufferPointer { shift in
        guard let base = shift.baseAddress else { return }
        ForwardFinish(channels: outputs, shift: base, residual: residual, rectified: rectified)
          .finish(&y, rows: 0..<count)
      }
    }
  }

  private func masked(_ y: [Float], sums: inout [Double]) -> [Float] {
    var dz = given.channelsLast("dy")
    let count = rows
    withOptional(rectified ? y : nil) { y in
      BackwardFinish(channels: outputs, activation: y, sums: &sums).finish(&dz, rows: 0..<count)
    }
    return dz
  }

  /// Arrays of one length, side by side in memory while `body` runs.
  private func withPointers(_ arrays: [[Float]], _ body: ([UnsafePointer<Float>]) -> Void) {
    let count = arrays[0].count
    Array(arrays.joined()).withUnsafeBufferPointer { all in
      guard let base = all.baseAddress else { return }
      body(arrays.indices.map { base + $0 * count })
    }
  }

  private func withOptional(_ values: [Float]?, _ body: (UnsafePointer<Float>?) -> Void) {
    guard let values else { return body(nil) }
    values.withUnsafeBufferPointer { body($0.baseAddress) }
  }

  func frozen() -> Result {
    let channels = channels()
    let x = given.channelsLast("x")
    let weights = packed(channels.map { Float($0.scale) })
    var result = Result()
    result.y = LayerRun.forward(geometry, images: images, x: x, weights: weights)
    finish(&result.y, shift: channels.map { Float($0.shift) })
    var sums = [Double](repeating: 0, count: outputs)
    result.dz = masked(result.y, sums: &sums)
    result.dx = LayerRun.backwardData(geometry, images: images, dy: result.dz, weights: weights, adding: nil)
    let products = LayerRun.backwardWeights(geometry, images: images, x: x, dy: result.dz)
    result.dweight = [Float](repeating: 0, count: geometry.weightCount)
    var dots = [Double](repeating: 0, count: outputs)
    Folding<Float>(geometry).unpack(
      products: products, weight: given.floats("weight"), channels: channels, dweight: &result.dweight, dots: &dots)
    result.dbeta = sums.map { Float($0) }
    result.dgamma = (0..<outputs).map { Float(channels[$0].inverse * (dots[$0] - channels[$0].mean * sums[$0])) }
    return result
  }

  func training() -> (Result, [Moments]) {
    let x = given.channelsLast("x")
    let weights = packed([Float](repeating: 1, count: outputs))
    let convolved = LayerRun.forward(geometry, images: images, x: x, weights: weights)
    let moments = moments(convolved)
    let (mean, inverse) = (moments.map { Float($0.mean) }, moments.map { Float($0.inverse) })
    let (gamma, beta) = (given.floats("gamma"), given.floats("beta"))
    var result = Result()
    result.y = [Float](repeating: .nan, count: convolved.count)
    var (sums, dots) = ([Double](repeating: 0, count: outputs), [Double](repeating: 0, count: outputs))
    var dconvolved = result.y
    let (count, outputs) = (rows, outputs)
    withPointers([mean, inverse, gamma, beta]) { pointers in
      let norm = BatchNormTraining(
        channels: outputs, mean: pointers[0], inverse: pointers[1], weight: pointers[2])
      withOptional(residual) { residual in
        norm.forward(
          y: &result.y, x: convolved, rows: 0..<count,
          finish: ForwardFinish(
            channels: outputs, shift: pointers[3], residual: residual, rectified: rectified))
      }
      result.dz = masked(result.y, sums: &sums)
      sums = [Double](repeating: 0, count: outputs)
      norm.backwardSums(dz: result.dz, x: convolved, rows: 0..<count, sums: &sums, dots: &dots)
      withPointers([sums, dots].map { $0.map { Float($0 / Double(count)) } }) { means in
        norm.backwardData(
          dx: &dconvolved, dz: result.dz, x: convolved, rows: 0..<count, means: (means[0], means[1]))
      }
    }
    result.dx = LayerRun.backwardData(geometry, images: images, dy: dconvolved, weights: weights, adding: nil)
    let products = LayerRun.backwardWeights(geometry, images: images, x: x, dy: dconvolved)
    result.dweight = unpacked(products)
    (result.dbeta, result.dgamma) = (sums.map { Float($0) }, dots.map { Float($0) })
    return (result, moments)
  }

  /// Taken in three uneven parts and joined, as workers do.
  private func moments(_ convolved: [Float]) -> [Moments] {
    var all = [Moments](repeating: Moments(), count: outputs)
    for part in [0..<(rows / 5), (rows / 5)..<(rows / 2), (rows / 2)..<rows] {
      var (mean, squares) = ([Double](repeating: 0, count: outputs), [Double](repeating: 0, count: outputs))
      BatchNormTraining<Float>.moments(convolved, rows: part, channels: outputs, mean: &mean, squares: &squares)
      for out in 0..<outputs { all[out].join(rows: part.count, mean: mean[out], squares: squares[out]) }
    }
    return all
  }

  private func unpacked(_ products: [Float]) -> [Float] {
    var dweight = [Float](repeating: 0, count: geometry.weightCount)
    Folding<Float>(geometry).unpack(products: products, dweight: &dweight)
    return dweight
  }
}
