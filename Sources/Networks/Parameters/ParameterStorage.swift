/// Where the numbers of one tensor lie: a mapped file, or the heap. The owner keeps the memory alive as long as the
/// object lives; pointers never outlive the closure.
///
/// Not safe for writing while an engine runs over the same network: a run alternates between gradients and steps.
package protocol ParameterStorage: AnyObject, Sendable {
  var count: Int { get }
  func withFloats<R>(_ body: (UnsafeBufferPointer<Float>) -> R) -> R
  func withMutableFloats<R>(_ body: (UnsafeMutableBufferPointer<Float>) -> R) -> R
}
