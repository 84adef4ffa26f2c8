/// A convolution as its definition says, in float64: the oracle of `Convolution`.
struct NaiveConvolution {
  let input: (height: Int, width: Int, channels: Int)
  let outChannels: Int
  let kernel: Int
  let stride: Int
  let images: Int

  var padding: Int { kernel / 2 }
  var outHeight: Int { (input.height + 2 * padding - kernel) / stride + 1 }
  var outWidth: Int { (input.width + 2 * padding - kernel) / stride + 1 }
  var xCount: Int { images * input.height * input.width * input.channels }
  var yCount: Int { images * outHeight * outWidth * outChannels }
  var weightCount: Int { kernel * kernel * input.channels * outChannels }

  /// Calls `body` with the indices into x, weights [kernel, kernel, in, out] and y of every term of every sum.
  private func forEachTerm(_ body: (_ x: Int, _ w: Int, _ y: Int) -> Void) {
    for image in 0..<images {
      for row in 0..<outHeight {
        for column in 0..<outWidth {
          for out in 0..<outChannels {
            let y = ((image * outHeight + row) * outWidth + column) * outChannels + out
            for tapRow in 0..<kernel {
              for tapColumn in 0..<kernel {
                let (r, c) = (row * stride - padding + tapRow, column * stride - padding + tapColumn)
                guard r >= 0, r < input.height, c >= 0, c < input.width else { continue }
                for channel in 0..<input.channels {
                  let x = ((image * input.height + r) * input.width + c) * input.channels + channel
                  body(x, ((tapRow * kernel + tapColumn) * input.channels + channel) * outChannels + out, y)
                }
              }
            }
          }
        }
      }
    }
  }

  func forward(x: [Double], weights: [Double]) -> [Double] {
    var y = [Double](repeating: 0, count: yCount)
    forEachTerm { y[$2] += x[$0] * weights[$1] }
    return y
  }

  func backward(dy: [Double], x: [Double], weights: [Double]) -> (dx: [Double], dweights: [Double]) {
    var dx = [Double](repeating: 0, count: xCount)
    var dweights = [Double](repeating: 0, count: weightCount)
    forEachTerm {
      dx[$0] += weights[$1] * dy[$2]
      dweights[$1] += x[$0] * dy[$2]
    }
    return (dx, dweights)
  }
}
