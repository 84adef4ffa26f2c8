/// A model's data, opened: two splits of rows, who they belong to, and how they are normalised.
package final class Dataset: Sendable {
  package let train: Split
  package let heldout: Split
  /// Ids and subjects of training rows.
  package let identifiers: Identifiers
  /// [C, H, W] for pictures, [F] for tables.
  package let sampleShape: [Int]
  /// 1 + the largest label of both splits.
  package let classCount: Int
  /// The label words of a CSV in the order of their numbers; nil where labels are numbers.
  package let classNames: [String]?
  /// A table's feature columns; empty for pictures and tensors.
  package let features: [String]
  package let normalization: Normalization
  /// The files as they were opened: training, held-out, identifiers, each in the order in which its rows are counted.
  let files: [OpenFile]

  init(train: Split, heldout: Split, identifiers: Identifiers, contents: Contents, files: [OpenFile]) {
    self.train = train
    self.heldout = heldout
    self.identifiers = identifiers
    sampleShape = contents.sampleShape
    classCount = 1 + Int(max(train.labels.max() ?? 0, heldout.labels.max() ?? 0))
    classNames = contents.classNames
    features = contents.features
    normalization = contents.normalization
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
    preconditionFailure()
  }
}
