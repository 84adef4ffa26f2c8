/// One float tensor of a network: its Hugging Face name, its shape, and whether steps move it.
package struct ParameterSpec: Sendable, Equatable {
  package let name: String
  /// As in the file: convolution [out, in, height, width], linear [out, in], everything else [n].
  package let shape: [Int]
  /// False for BatchNorm's running statistics, which are data of the network and not weights.
  package let trains: Bool

  package init(name: String, shape: [Int], trains: Bool) {
    self.name = name
    self.shape = shape
    self.trains = trains
  }

  package var count: Int { shape.reduce(1, *) }
}
