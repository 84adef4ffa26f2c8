package import Datasets

extension DatasetDescription {
  /// The `data:` section of a model in the words of the room that opens it.
  package init(_ settings: DataSettings) {
    let source: Source =
      switch settings.source {
      case .cifar10(let train, let heldout): .cifar10(train: train, heldout: heldout)
      case .idx(let train, let heldout):
        .idx(
          train: ImageFiles(images: train.images, labels: train.labels),
          heldout: ImageFiles(images: heldout.images, labels: heldout.labels))
      case .csv(let train, let heldout, let columns):
        .csv(
          train: train, heldout: heldout,
          columns: Columns(label: columns.label, id: columns.id, subject: columns.subject, features: columns.features))
      case .safetensors(let train, let heldout): .safetensors(train: train, heldout: heldout)
      }
    self.init(
      source: source, identifiers: settings.ids,
      normalization: settings.normalize.map { Normalization(mean: $0.mean, deviation: $0.std) })
  }
}
