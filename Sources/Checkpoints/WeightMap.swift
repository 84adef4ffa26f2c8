/// The weights of a model as a run holds them.
///
/// float32 tensors that train lie in a private, copy-on-write map of their file: a page costs memory once it was
/// written to, and the file never changes. All others lie in a shared, read-only map. Tensors of another float type are
/// widened into a float32 copy; so are float32 tensors that the file does not align to 4 bytes.
package final class WeightMap: Sendable {
  package let model: ModelDirectory
  /// The float tensors, in the order of the files and of the bytes in each.
  package let tensors: [MappedFloats]

  init(model: ModelDirectory, tensors: [MappedFloats]) {
    self.model = model
    self.tensors = tensors
  }

  /// Maps a model that hamud owns: a version or a candidate.
  ///
  /// A directory that belongs to others must be read instead: a mapped file that somebody truncates kills the reader.
  package static func map(
    _ model: ModelDirectory, trainable: (String) -> Bool
  ) throws(CheckpointError) -> WeightMap {
    preconditionFailure()
  }

  /// Reads a model that belongs to others into memory.
  package static func read(
    _ model: ModelDirectory, trainable: (String) -> Bool
  ) throws(CheckpointError) -> WeightMap {
    preconditionFailure()
  }

  /// A float tensor by its name.
  package func tensor(_ name: String) -> MappedFloats? { preconditionFailure() }

  /// The tensors that train, in the order of `tensors`.
  package var trainable: [MappedFloats] { tensors.filter(\.isTrainable) }

  /// True when publishing changes the weights: a tensor that trains is kept in a narrower type than float32.
  package var isRoundedWhenPublished: Bool { preconditionFailure() }

  /// The weights as they read back after being published. Tensors that publishing does not round are shared with this
  /// map, so neither may be trained while the other is in use.
  package func rounded() -> WeightMap { preconditionFailure() }
}
