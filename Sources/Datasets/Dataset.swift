import Synchronization

/// A model's data, opened: two splits of rows, who they belong to, and how they are normalised.
package final class Dataset: Sendable {
  package let train: Split
  package let heldout: Split
  /// Ids and subjects of training rows.
  package let identifiers: Identifiers
  /// [C, H, W] for pictures, [F] for tables.
  package let sampleShape: [Int]
  /// 1 + the largest label of both splits, or the number of class names where there are more.
  package let classCount: Int
  /// By label: the words of a CSV, or what CIFAR-10's labels mean; nil where labels are mere numbers.
  package let classNames: [String]?
  /// A table's feature columns; empty for pictures and tensors.
  package let features: [String]
  package let normalization: Normalization
  /// The files as they were opened: training, held-out, identifiers, each in the order in which its rows are counted.
  let files: [RoledFile]

  /// What `honestHeldoutRows` found, once.
  let honestHeldout = Mutex<[Int]?>(nil)

  init(_ splits: OpenedSplits, identifiers: Identifiers, files: [RoledFile]) {
    train = Split(rows: splits.train)
    heldout = Split(rows: splits.heldout)
    self.identifiers = identifiers
    sampleShape = splits.contents.sampleShape
    classNames = splits.contents.classNames
    let largest = Int(max(train.labels.max() ?? 0, heldout.labels.max() ?? 0))
    classCount = max(1 + largest, splits.contents.classNames?.count ?? 0)
    features = splits.contents.features
    normalization = splits.contents.normalization
    self.files = files
  }

  /// Numbers in one sample.
  package var sampleElements: Int { sampleShape.reduce(1, *) }

  /// Opens the files and reads labels, ids and, for a table, every line once. Blocking: seconds for gigabytes.
  ///
  /// - Parameter known: what the model that the data are for was trained with.
  package static func open(
    _ description: DatasetDescription, for known: Preparation = .unknown
  ) throws(DatasetError) -> Dataset {
    let paths = try DataPaths(description)
    let splits = try open(description, paths, for: known)
    var files = splits.trainFiles.map { RoledFile(role: .train, file: $0) }
    files += splits.heldoutFiles.map { RoledFile(role: .heldout, file: $0) }
    guard let path = paths.identifiers else { return Dataset(splits, identifiers: splits.identifiers, files: files) }
    let file = try OpenFile(path: path)
    let identifiers = try IdentifierFile.read(file, trainCount: splits.train.labels.count)
    return Dataset(splits, identifiers: identifiers, files: files + [RoledFile(role: .identifiers, file: file)])
  }

  private static func open(
    _ description: DatasetDescription, _ paths: DataPaths, for known: Preparation
  ) throws(DatasetError) -> OpenedSplits {
    let train = try paths.train.map { (path) throws(DatasetError) in try OpenFile(path: path) }
    let heldout = try paths.heldout.map { (path) throws(DatasetError) in try OpenFile(path: path) }
    let given = description.normalization ?? known.normalization
    switch description.source {
    case .cifar10:
      return try CIFAR10Format.open(train: train, heldout: heldout, normalization: given ?? .cifar10)
    case .idx:
      return try IDXFormat.open(train: .init(train), heldout: .init(heldout), normalization: given ?? .none)
    case .csv(_, _, let columns):
      return try CSVFormat.open(train: train, heldout: heldout, columns: columns, normalization: given, for: known)
    case .safetensors:
      return try SafetensorsFormat.open(train: train, heldout: heldout, normalization: given ?? .none)
    }
  }
}
