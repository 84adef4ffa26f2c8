/// A linear map of long vectors to short ones that keeps inner products (Charikar, Chen, Farach-Colton 2002): each coordinate
/// is added to one of `width` places, with a sign; place and sign are drawn by the seed.
///
/// Over the seeds the expected value of <S x, S y> is <x, y>, and its standard error is at most about
/// sqrt((|x|^2 |y|^2 + <x, y>^2) / width). Being linear, <S d, S x> - <S d, S y> = <S d, S (x - y)>: a difference need not be
/// known when the first of the two is sketched.
package struct CountSketch: Sendable, Equatable {
  package let seed: UInt64
  package let width: Int

  package init(seed: UInt64, width: Int) {
    // Safe: a width is `Imprint.width`'s, never below `imprintLeastWidth`, or a kept one's, which is read as 1 or more.
    precondition(width > 0)
    self.seed = seed
    self.width = width
  }

  /// Of the coordinates from `first` on: what they add to each place. Sketches of the parts of a vector add up to its own.
  func add(_ values: UnsafeBufferPointer<Float>, from first: Int, to places: inout [Double]) {
    for (offset, value) in values.enumerated() {
      var generator = SeededGenerator(seed: seed, purpose: .imprint, step: first + offset)
      let drawn = generator.next()
      let place = Int((drawn >> 1).multipliedFullWidth(by: UInt64(width) << 1).high)
      places[place] += drawn & 1 == 0 ? Double(value) : -Double(value)
    }
  }

  /// Of a whole vector.
  package func of(_ values: [Float]) -> [Double] {
    var places = [Double](repeating: 0, count: width)
    values.withUnsafeBufferPointer { add($0, from: 0, to: &places) }
    return places
  }
}
