package import Checkpoints

/// What a model knows about its inputs and outputs, so that data opened for it mean what they meant in training.
package struct Preparation: Sendable, Equatable {
  /// nil: the configuration's, else the format's default, else (CSV) the training split's mean and deviation.
  package let normalization: Normalization?
  /// A table's feature columns in the order of the inputs; empty: unknown.
  package let features: [String]
  /// The classes' names in the order of their numbers (`id2label`); empty: unknown. A CSV's label words are looked up
  /// here when they are among the names, so that a label keeps its number whatever the sorted order would be.
  package let classNames: [String]

  package init(normalization: Normalization? = nil, features: [String] = [], classNames: [String] = []) {
    self.normalization = normalization
    self.features = features
    self.classNames = classNames
  }

  /// From what lies in a model's directory.
  package init(record: DataRecord?, labels: ClassLabels?) {
    self.init(
      normalization: record.map { Normalization(mean: $0.mean, deviation: $0.deviation) },
      features: record?.features ?? [], classNames: labels?.names ?? [])
  }

  /// Nothing is known: a model that is yet to be trained.
  package static let unknown = Preparation()
}

extension Dataset {
  /// What a model trained on these data has to keep beside its weights.
  package var record: DataRecord {
    DataRecord(features: features, mean: normalization.mean, deviation: normalization.deviation)
  }
}
