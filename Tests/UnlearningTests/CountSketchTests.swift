import Testing
import Unlearning

@Suite struct CountSketchTests {
  private let x: [Float]
  private let y: [Float]
  private var exact: Double { dot(x.map(Double.init), y.map(Double.init)) }

  /// Two vectors of 5000 numbers with a cosine of about 0.45.
  init() {
    var numbers = TestNumbers(7)
    let first = (0..<5000).map { _ in Float(numbers.normal()) }
    x = first
    y = first.map { 0.5 * $0 + Float(numbers.normal()) }
  }

  private func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }

  /// Mean within four of its standard errors, spread as the paper has it.
  @Test(arguments: [64, 1024]) func innerProducts_overSeeds_areUnbiasedAndAsNearAsPromised(width: Int) {
    let found = (0..<200).map { seed in
      let sketch = CountSketch(seed: UInt64(seed), width: width)
      return dot(sketch.of(x), sketch.of(y))
    }
    let mean = found.reduce(0, +) / Double(found.count)
    let spread = (found.reduce(0) { $0 + ($1 - exact) * ($1 - exact) } / Double(found.count)).squareRoot()
    let (xx, yy) = (dot(x.map(Double.init), x.map(Double.init)), dot(y.map(Double.init), y.map(Double.init)))
    let promised = ((xx * yy + exact * exact) / Double(width)).squareRoot()
    #expect(abs(mean - exact) < 4 * promised / Double(found.count).squareRoot())
    #expect(spread < 1.2 * promised && spread > 0.8 * promised)
  }

  @Test func sketch_isLinear() {
    let sketch = CountSketch(seed: 3, width: 100)
    let sums = zip(sketch.of(x), sketch.of(y)).map { $0 + $1 }
    for (sum, whole) in zip(sums, sketch.of(zip(x, y).map { $0 + $1 })) { #expect(abs(sum - whole) < 1e-3) }
  }

  /// What is kept is only worth something as long as it can be drawn again.
  @Test func places_ofASeed_neverChange() {
    let sketch = CountSketch(seed: 42, width: 5)
    let found = sketch.of([1, 2, 4, 8, 16, 32, 64, 128])
    #expect(found == [0, 0, -34, 64, 27])
    #expect(found != CountSketch(seed: 43, width: 5).of([1, 2, 4, 8, 16, 32, 64, 128]))
  }
}
