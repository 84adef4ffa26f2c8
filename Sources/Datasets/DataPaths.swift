/// A description's patterns as the paths that match now, in the order in which their rows are counted.
struct DataPaths {
  let train: [String]
  let heldout: [String]
  let identifiers: String?

  init(_ description: DatasetDescription) throws(DatasetError) {
    switch description.source {
    case .cifar10(let train, let heldout), .csv(let train, let heldout, _), .safetensors(let train, let heldout):
      self.train = try PathPattern.expand(train)
      self.heldout = try PathPattern.expand(heldout)
    case .idx(let train, let heldout):
      self.train = try Self.pairs(train)
      self.heldout = try Self.pairs(heldout)
    }
    identifiers = description.identifiers
    if case .csv(_, _, let columns) = description.source, identifiers != nil,
      columns.id != nil || columns.subject != nil
    {
      throw .unfit("`ids` names a file and the CSV has `id` or `subject` columns; keep one of the two")
    }
  }

  /// With what each is for, as a fingerprint lists them.
  var all: [(role: DataFingerprint.Role, path: String)] {
    train.map { (.train, $0) } + heldout.map { (.heldout, $0) } + (identifiers.map { [(.identifiers, $0)] } ?? [])
  }

  /// Images and labels in turns: the first file of images belongs to the first of labels.
  private static func pairs(_ files: DatasetDescription.ImageFiles) throws(DatasetError) -> [String] {
    let images = try PathPattern.expand(files.images)
    let labels = try PathPattern.expand(files.labels)
    guard images.count == labels.count else {
      throw .unfit(
        "\(files.images) matches \(images.count) files and \(files.labels) \(labels.count); "
          + "give as many labels as images"
      )
    }
    return zip(images, labels).flatMap { [$0, $1] }
  }
}
