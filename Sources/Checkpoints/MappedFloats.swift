import Platform

/// The float32 numbers of one tensor, wherever they lie: in a map of the model's file or in a copy.
///
/// Any number of threads may read at once. Who writes keeps all others away: a run's steps stand between its passes.
package final class MappedFloats: Sendable {
  enum Storage: Sendable {
    /// In a map, from this byte on, which is a multiple of 4.
    case map(MappedFile, offset: Int)
    case copy(FloatCopy)
    /// Frozen, in a type other than float32.
    case widened(LazyFloatCopy)
  }

  package let name: String
  package let shape: [Int]
  /// What the file keeps the numbers in.
  package let type: ElementType
  package let isTrainable: Bool
  /// Elements.
  package let count: Int
  private let storage: Storage

  init(_ tensor: TensorEntry, isTrainable: Bool, storage: Storage) {
    name = tensor.name
    shape = tensor.shape
    type = tensor.type
    count = tensor.count
    self.isTrainable = isTrainable
    self.storage = storage
  }

  private init(copying other: MappedFloats, storage: Storage) {
    name = other.name
    shape = other.shape
    type = other.type
    count = other.count
    isTrainable = other.isTrainable
    self.storage = storage
  }

  package func withFloats<R>(_ body: (UnsafeBufferPointer<Float>) -> R) -> R {
    switch storage {
    case .map(let file, let offset):
      file.withUnsafeBytes { bytes in
        body(
          UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + 4 * count]).bindMemory(to: Float.self))
      }
    case .copy(let copy): copy.withFloats { body(UnsafeBufferPointer($0)) }
    case .widened(let lazy): lazy.copy.withFloats { body(UnsafeBufferPointer($0)) }
    }
  }

  /// Only for a trainable tensor: that another is asked for is a mistake in the program.
  package func withMutableFloats<R>(_ body: (UnsafeMutableBufferPointer<Float>) -> R) -> R {
    precondition(isTrainable, "a frozen tensor is read-only")
    switch storage {
    case .map(let file, let offset):
      return file.withUnsafeMutableBytes { bytes in
        body(
          UnsafeMutableRawBufferPointer(rebasing: bytes[offset..<offset + 4 * count]).bindMemory(to: Float.self))
      }
    case .copy(let copy): return copy.withFloats(body)
    case .widened(let lazy): return lazy.copy.withFloats(body)
    }
  }

  /// True where writing to the file's type loses digits.
  var isRounded: Bool { isTrainable && (type == .float16 || type == .bfloat16) }

  /// A copy of the numbers as they read back from the file's type.
  func rounded() -> MappedFloats {
    let copy = withFloats { source in
      FloatCopy(count: count) { target in
        for index in target.indices { target[index] = HalfPrecision.rounded(source[index], to: type) }
      }
    }
    return MappedFloats(copying: self, storage: .copy(copy))
  }
}
