import Glibc

/// `count` float32 values in one allocation aligned to 64 bytes, zero at first; freed with the object. The heap's
/// `ParameterStorage`, a flat gradient, and the last step.
///
/// `@unchecked Sendable`: the memory is written by one caller at a time, or by workers in disjoint ranges between two
/// barriers of their team; reading while somebody writes is the caller's mistake, as with any pointer.
package final class FlatBuffer: ParameterStorage, @unchecked Sendable {
  package let count: Int
  let start: UnsafeMutablePointer<Float>

  package init(count: Int) {
    precondition(count >= 0)
    self.count = count
    start = AlignedMemory.allocate(Float.self, count: count)
    start.initialize(repeating: 0, count: count)
  }

  package convenience init(_ values: [Float]) {
    self.init(count: values.count)
    for (index, value) in values.enumerated() { start[index] = value }
  }

  deinit {
    free(start)
  }

  package func withFloats<R>(_ body: (UnsafeBufferPointer<Float>) -> R) -> R {
    defer { withExtendedLifetime(self) {} }
    return body(UnsafeBufferPointer(start: start, count: count))
  }

  package func withMutableFloats<R>(_ body: (UnsafeMutableBufferPointer<Float>) -> R) -> R {
    defer { withExtendedLifetime(self) {} }
    return body(UnsafeMutableBufferPointer(start: start, count: count))
  }

  /// A copy as an array, for files and tests.
  package var values: [Float] { withFloats { Array($0) } }

  package func zero() {
    start.update(repeating: 0, count: count)
  }
}
