/// What config.json says a model is, checked against the tensors beside it.
///
/// Only the keys that hamud computes with are looked at. All others stay in the file's bytes, which every version keeps.
package enum ModelConfiguration: Sendable, Equatable {
  case resnet(ResNetConfiguration)
  case mlp(MLPConfiguration)

  /// Classes that the model tells apart (K).
  package var classCount: Int {
    switch self {
    case .resnet(let resnet): resnet.labels.count
    case .mlp(let mlp): mlp.labels.count
    }
  }

  package var labels: ClassLabels {
    switch self {
    case .resnet(let resnet): resnet.labels
    case .mlp(let mlp): mlp.labels
    }
  }

  /// Parses config.json.
  ///
  /// - Parameter tensors: of the model's safetensors files; they tell a ResNet's stem and the number of classes.
  /// - Throws: `CheckpointError.json` or `.model`, without the file's name.
  package static func parse(
    _ bytes: [UInt8], tensors: [TensorEntry]
  ) throws(CheckpointError) -> ModelConfiguration {
    guard bytes.count <= CheckpointLimits.configurationBytes else {
      throw .tooLarge(bytes: bytes.count, limit: CheckpointLimits.configurationBytes)
    }
    let fields = ConfigurationFields(try RecordValue.parse(bytes))
    switch try fields.text("model_type", default: nil) {
    case "resnet": return .resnet(try ResNetConfiguration(fields, tensors: tensors))
    case "mlp": return .mlp(try MLPConfiguration(fields))
    case let other:
      throw .model(
        "model_type is \(CheckpointError.quoted(other)); hamud knows resnet and mlp: convert the model to one of them")
    }
  }

  /// A config.json for a new model: what `parse` reads back, with the keys that Hugging Face's own classes write.
  package func render() -> [UInt8] {
    switch self {
    case .resnet(let resnet): Array((resnet.document.render() + "\n").utf8)
    case .mlp(let mlp): Array((mlp.document.render() + "\n").utf8)
    }
  }
}

/// The names of a model's classes (`id2label`).
package struct ClassLabels: Sendable, Equatable {
  /// One for each class, in the order of their numbers; the number as text where the model names none.
  package let names: [String]

  package init(names: [String]) { self.names = names }

  /// Classes without names.
  package init(count: Int) { names = (0..<count).map(String.init) }

  package var count: Int { names.count }

  /// The numbers of the classes of this name: none, one, or several, since models exist that use a name twice.
  package func numbers(named name: String) -> [Int] { names.indices.filter { names[$0] == name } }
}

/// A feed-forward network of `layers.count - 1` linear layers with a ReLU between them.
package struct MLPConfiguration: Sendable, Equatable {
  /// Widths from the input (features) to the output (classes): `[d0, d1, .., K]`.
  package let layers: [Int]
  package let labels: ClassLabels

  package init(layers: [Int], labels: ClassLabels? = nil) {
    self.layers = layers
    self.labels = labels ?? ClassLabels(count: layers.last ?? 0)
  }

  init(_ fields: ConfigurationFields) throws(CheckpointError) {
    layers = try fields.sizes("layers", default: nil)
    guard layers.count >= 2, let classes = layers.last else {
      throw .model("layers must list at least the number of features and the number of classes, as in [53, 128, 5]")
    }
    try fields.requireReLU()
    labels = try fields.labels(count: classes, of: "the last of layers")
  }

  var document: RecordValue {
    .object([
      ("model_type", .text("mlp")),
      ("layers", .list(layers.map(RecordValue.integer))),
      ("hidden_act", .text("relu")),
      ("id2label", labels.document),
      ("dtype", .text("float32")),
    ])
  }
}

extension ClassLabels {
  var document: RecordValue {
    .map(names.enumerated().map { RecordValue.Member(String($0.offset), .text($0.element)) })
  }

  /// `label2id`; of two classes with one name the first stands, as JSON has no key twice.
  var inverseDocument: RecordValue {
    .map(
      names.enumerated().filter { names.firstIndex(of: $0.element) == $0.offset }.map {
        RecordValue.Member($0.element, .integer($0.offset))
      })
  }
}
