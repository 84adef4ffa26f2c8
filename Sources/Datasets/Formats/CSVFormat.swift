/// A table: one sample a line, numbers and a label.
enum CSVFormat {
  static func open(
    train: [OpenFile], heldout: [OpenFile], columns: DatasetDescription.Columns, normalization given: Normalization?,
    for known: Preparation
  ) throws(DatasetError) -> OpenedSplits {
    let features = try featureColumns(columns, known)
    var words = CSVLabels()
    var trainIndex = CSVIndex(columns: columns, features: features, isTraining: true)
    for file in train { try trainIndex.add(file, &words) }
    try refuseEmpty(trainIndex, train)
    var heldoutIndex = CSVIndex(columns: columns, features: trainIndex.features, isTraining: false)
    for file in heldout { try heldoutIndex.add(file, &words) }
    try refuseEmpty(heldoutIndex, heldout)
    let meaning = try words.meaning(known: known.classNames, column: columns.label)
    let names = trainIndex.features ?? []
    let normalization = given ?? measured(trainIndex)
    try normalization.check(channels: names.count, called: "feature columns")
    func rows(_ index: CSVIndex) -> CSVRows {
      CSVRows(
        segments: index.segments, labels: index.labels.map { meaning.classes[Int($0)] }, labelTexts: meaning.texts,
        normalization: normalization)
    }
    return OpenedSplits(
      train: rows(trainIndex), heldout: rows(heldoutIndex),
      contents: Contents(
        sampleShape: [names.count], classNames: meaning.names, features: names, normalization: normalization),
      trainFiles: train, heldoutFiles: heldout, identifiers: trainIndex.owners.identifiers)
  }

  /// What the model was trained on decides the columns and their order; a configuration that says otherwise is refused.
  private static func featureColumns(
    _ columns: DatasetDescription.Columns, _ known: Preparation
  ) throws(DatasetError) -> [String]? {
    guard !known.features.isEmpty else { return columns.features }
    guard let wanted = columns.features, wanted != known.features else { return known.features }
    throw .unfit(
      "the configuration lists \(wanted.count) features and the model was trained on \(known.features.count), or in "
        + "another order; leave `features` out, or list them as hamud-data.json in the model's directory does")
  }

  private static func refuseEmpty(_ index: CSVIndex, _ files: [OpenFile]) throws(DatasetError) {
    guard index.labels.isEmpty, let file = files.first else { return }
    throw .format(path: file.path, .empty)
  }

  private static func measured(_ index: CSVIndex) -> Normalization {
    let pairs = index.moments.map(\.normalization)
    return Normalization(mean: pairs.map(\.mean), deviation: pairs.map(\.deviation))
  }
}
