/// Where a model's data are and how they are to be read: the `data:` section of a model's configuration.
///
/// Paths are absolute. A `*` stands for any characters within one component; the files that match are taken in byte
/// order of their names when the data set is opened, and their rows are counted through.
package struct DatasetDescription: Sendable, Equatable {
  /// What the files are, with the patterns of their paths.
  package enum Source: Sendable, Equatable {
    /// Rows of one label byte and 3 x 32 x 32 bytes.
    case cifar10(train: String, heldout: String)
    case idx(train: ImageFiles, heldout: ImageFiles)
    case csv(train: String, heldout: String, columns: Columns)
    /// Tensors `x` (N x ...) and `y` (N).
    case safetensors(train: String, heldout: String)
  }

  /// The two files of one split in IDX.
  package struct ImageFiles: Sendable, Equatable {
    package let images: String
    package let labels: String

    package init(images: String, labels: String) {
      self.images = images
      self.labels = labels
    }
  }

  /// What the columns of a CSV are, by their names in the header.
  package struct Columns: Sendable, Equatable {
    package let label: String
    package let id: String?
    package let subject: String?
    /// In the order of the model's inputs; nil: every other column, in the order of the header.
    package let features: [String]?

    package init(label: String, id: String? = nil, subject: String? = nil, features: [String]? = nil) {
      self.label = label
      self.id = id
      self.subject = subject
      self.features = features
    }
  }

  package let source: Source
  /// ids.csv with the header `row,id,subject`, absolute, if there is one.
  package let identifiers: String?
  /// What the configuration says; nil: the format's default, or what the model was trained with.
  package let normalization: Normalization?

  package init(source: Source, identifiers: String? = nil, normalization: Normalization? = nil) {
    self.source = source
    self.identifiers = identifiers
    self.normalization = normalization
  }
}

extension DatasetDescription.Source {
  /// The word for `format:`.
  package var format: String {
    switch self {
    case .cifar10: "cifar10"
    case .idx: "idx"
    case .csv: "csv"
    case .safetensors: "safetensors"
    }
  }
}
