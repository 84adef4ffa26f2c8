import Synchronization

/// Floats in memory of their own.
final class FloatCopy: Sendable {
  /// Allocated in `init`, freed in `deinit`, never replaced, and handed out only within a call on the living object: a
  /// pointer that was taken out of it would not keep it. Whoever writes through it has the tensor to itself
  /// (`MappedFloats.withMutableFloats`).
  private nonisolated(unsafe) let buffer: UnsafeMutableBufferPointer<Float>

  /// - Parameter fill: sets every element.
  init<Failure: Error>(
    count: Int, fill: (UnsafeMutableBufferPointer<Float>) throws(Failure) -> Void
  ) throws(Failure) {
    buffer = .allocate(capacity: count)
    buffer.initialize(repeating: 0)
    try fill(buffer)
  }

  deinit { buffer.deallocate() }

  func withFloats<R>(_ body: (UnsafeMutableBufferPointer<Float>) -> R) -> R {
    withExtendedLifetime(self) { body(buffer) }
  }
}

/// A copy that is made when it is first asked for: widening every tensor of a 16-bit model at once would take twice the
/// file's size, and most of them may never be needed.
final class LazyFloatCopy: Sendable {
  private let made = Mutex<FloatCopy?>(nil)
  private let make: @Sendable () -> FloatCopy

  init(_ make: @escaping @Sendable () -> FloatCopy) { self.make = make }

  var copy: FloatCopy {
    made.withLock { made in
      if let made { return made }
      let copy = make()
      made = copy
      return copy
    }
  }
}
