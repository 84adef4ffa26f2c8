import Networks

extension Network {
  /// Multiplications and additions of one row's forward pass, convolutions and linear layers alone. The basic ResNets
  /// measured here halve height and width at the beginning of each stage but the first.
  private func forwardOperations(_ spec: ParameterSpec, of image: [Int]) -> Double {
    guard spec.shape.count >= 2 else { return 0 }
    var operations = 2 * Double(spec.count)
    guard spec.shape.count == 4, image.count == 3 else { return operations }
    var stage = 0
    if let found = spec.name.firstRange(of: "stages.") {
      stage = Int(spec.name[found.upperBound...].prefix { $0.isNumber }) ?? 0
    }
    for size in image.dropFirst() { operations *= Double((size + (1 << stage) - 1) >> stage) }
    return operations
  }

  func forwardOperations(of image: [Int]) -> Double {
    specs.reduce(0) { $0 + forwardOperations($1, of: image) }
  }

  /// Forwards, and backwards twice as much: the weights' gradient and the input's, but not that of the rows themselves.
  func gradientOperations(of image: [Int]) -> Double {
    let first = specs.first.map { forwardOperations($0, of: image) } ?? 0
    return 3 * forwardOperations(of: image) - first
  }
}
