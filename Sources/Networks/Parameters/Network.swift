/// An architecture with its numbers: names and sizes checked once, so that nobody behind it has to.
package final class Network: Sendable {
  package let architecture: Architecture
  /// Every float tensor, in the architecture's order.
  package let specs: [ParameterSpec]
  /// The trainable ones: the blocks.
  package let layout: FlatLayout
  /// The numbers of `specs[i]`.
  package let storage: [any ParameterStorage]
  /// The numbers of `layout.blocks[i]`.
  package let blockStorage: [any ParameterStorage]

  /// Parameters that the architecture does not name are left alone.
  package init(architecture: Architecture, parameters: [String: any ParameterStorage]) throws(NetworksError) {
    try architecture.validate()
    let specs = architecture.parameters
    var storage: [any ParameterStorage] = []
    for spec in specs {
      guard let found = parameters[spec.name] else { throw .missingParameter(spec.name) }
      guard found.count == spec.count else {
        throw .wrongCount(name: spec.name, shape: spec.shape, found: found.count)
      }
      storage.append(found)
    }
    self.architecture = architecture
    self.specs = specs
    self.storage = storage
    layout = FlatLayout(specs)
    blockStorage = zip(specs, storage).filter { $0.0.trains }.map { $0.1 }
  }

  /// All parameters on the heap, zero (running variances 1): for training from the start, and for tests.
  package convenience init(onHeap architecture: Architecture) throws(NetworksError) {
    try architecture.validate()
    var parameters: [String: any ParameterStorage] = [:]
    for spec in architecture.parameters {
      let buffer = FlatBuffer(count: spec.count)
      if spec.name.hasSuffix(".running_var") { buffer.start.update(repeating: 1, count: spec.count) }
      parameters[spec.name] = buffer
    }
    try self.init(architecture: architecture, parameters: parameters)
  }

  /// The storage of a tensor by its Hugging Face name.
  package func parameter(_ name: String) -> (any ParameterStorage)? {
    specs.firstIndex { $0.name == name }.map { storage[$0] }
  }
}
