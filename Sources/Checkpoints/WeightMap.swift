import Platform

/// The weights of a model as a run holds them.
///
/// float32 tensors that train lie in a private, copy-on-write map of their file: a page costs memory once it was
/// written to, and the file never changes. All others lie in a shared, read-only map. Tensors of another float type are
/// widened into a float32 copy (a frozen one when it is first used); so are float32 tensors that the file does not align
/// to 4 bytes.
package final class WeightMap: Sendable {
  package let model: ModelDirectory
  /// The float tensors, in the order of the files and of the bytes in each.
  package let tensors: [MappedFloats]
  private let byName: [String: Int]

  private init(model: ModelDirectory, tensors: [MappedFloats]) {
    self.model = model
    self.tensors = tensors
    byName = Dictionary(
      tensors.enumerated().map { ($0.element.name, $0.offset) }, uniquingKeysWith: { first, _ in first })
  }

  /// Maps a model that hamud owns: a version or a candidate.
  ///
  /// A directory that belongs to others must be read instead: a mapped file that somebody truncates kills the reader.
  /// - Throws: also where a tensor that is to train is not of a float type.
  package static func map(
    _ model: ModelDirectory, trainable: (String) -> Bool
  ) throws(CheckpointError) -> WeightMap {
    var tensors: [MappedFloats] = []
    for file in model.weights {
      var maps = FileMaps(path: model.path(of: file), header: file.header)
      for tensor in file.header.tensors {
        guard let isTrainable = try trains(tensor, trainable) else { continue }
        let storage = try maps.storage(of: tensor, isTrainable: isTrainable)
        tensors.append(MappedFloats(tensor, isTrainable: isTrainable, storage: storage))
      }
    }
    return WeightMap(model: model, tensors: tensors)
  }

  /// Reads a model that belongs to others into memory.
  package static func read(
    _ model: ModelDirectory, trainable: (String) -> Bool
  ) throws(CheckpointError) -> WeightMap {
    var tensors: [MappedFloats] = []
    for file in model.weights {
      let source = try SafetensorsFile(model.path(of: file), expecting: file.header)
      for tensor in file.header.tensors {
        guard let isTrainable = try trains(tensor, trainable) else { continue }
        let copy = try source.floats(of: tensor)
        tensors.append(MappedFloats(tensor, isTrainable: isTrainable, storage: .copy(copy)))
      }
    }
    return WeightMap(model: model, tensors: tensors)
  }

  /// A float tensor by its name.
  package func tensor(_ name: String) -> MappedFloats? { byName[name].map { tensors[$0] } }

  /// The tensors that train, in the order of `tensors`.
  package var trainable: [MappedFloats] { tensors.filter(\.isTrainable) }

  /// True when publishing changes the weights: a tensor that trains is kept in a narrower type than float32.
  package var isRoundedWhenPublished: Bool { tensors.contains(where: \.isRounded) }

  /// The weights as they read back after being published. Tensors that publishing does not round are shared with this
  /// map, so neither may be trained while the other is in use.
  package func rounded() -> WeightMap {
    WeightMap(model: model, tensors: tensors.map { $0.isRounded ? $0.rounded() : $0 })
  }

  /// Whether a float tensor trains; nil for a tensor of another type, which is kept and never looked into.
  private static func trains(
    _ tensor: TensorEntry, _ trainable: (String) -> Bool
  ) throws(CheckpointError) -> Bool? {
    let trains = trainable(tensor.name)
    if tensor.type.isFloat { return trains }
    guard !trains else {
      throw .model(
        "the tensor \(CheckpointError.quoted(tensor.name)) is \(tensor.type.rawValue) and cannot train;"
          + " save the model in float32, float16 or bfloat16")
    }
    return nil
  }
}

/// The maps of one file, made when they are first needed.
private struct FileMaps {
  let path: String
  let header: SafetensorsHeader
  private var shared: MappedFile?
  private var own: MappedFile?

  init(path: String, header: SafetensorsHeader) {
    self.path = path
    self.header = header
  }

  mutating func storage(
    of tensor: TensorEntry, isTrainable: Bool
  ) throws(CheckpointError) -> MappedFloats.Storage {
    let range = header.fileRange(of: tensor)
    if tensor.type == .float32, range.lowerBound.isMultiple(of: MemoryLayout<Float>.alignment) {
      return .map(isTrainable ? try privateMap() : try sharedMap(), offset: range.lowerBound)
    }
    let map = try sharedMap()
    let widen: @Sendable () -> FloatCopy = {
      FloatCopy(count: tensor.count) { target in
        map.withUnsafeBytes { bytes in
          HalfPrecision.widen(tensor.type, UnsafeRawBufferPointer(rebasing: bytes[range]), into: target)
        }
      }
    }
    return isTrainable ? .copy(widen()) : .widened(LazyFloatCopy(widen))
  }

  private mutating func sharedMap() throws(CheckpointError) -> MappedFile {
    if let shared { return shared }
    let map = try map(.shared)
    shared = map
    return map
  }

  private mutating func privateMap() throws(CheckpointError) -> MappedFile {
    if let own { return own }
    let map = try map(.privateCopyOnWrite)
    own = map
    return map
  }

  private func map(_ access: MappedFile.Access) throws(CheckpointError) -> MappedFile {
    let map = try system { () throws(PlatformError) in try MappedFile(path: path, access: access) }
    guard map.count == header.fileSize else {
      throw .inFile(path, .header(.changed))
    }
    return map
  }
}
