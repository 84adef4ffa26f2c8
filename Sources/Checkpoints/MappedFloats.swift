/// The float32 numbers of one tensor, wherever they lie: in a map of the model's file or in a copy.
package final class MappedFloats: Sendable {
  package let name: String
  package let shape: [Int]
  /// What the file keeps the numbers in.
  package let type: ElementType
  package let isTrainable: Bool

  init(name: String, shape: [Int], type: ElementType, isTrainable: Bool) {
    self.name = name
    self.shape = shape
    self.type = type
    self.isTrainable = isTrainable
  }

  /// Elements.
  package var count: Int { shape.reduce(1, *) }

  package func withFloats<R>(_ body: (UnsafeBufferPointer<Float>) throws -> R) rethrows -> R {
    preconditionFailure()
  }

  /// Only for a trainable tensor, and only while nobody else reads or writes it.
  package func withMutableFloats<R>(_ body: (UnsafeMutableBufferPointer<Float>) throws -> R) rethrows -> R {
    preconditionFailure()
  }
}
