/// The `data` section of a model: its rows. Paths may hold `*`, which stands for the files that match.
package struct DataSettings: Equatable, Sendable {
  package let source: Source
  /// A file with the header `row,id,subject`.
  package let ids: String?
  /// Of x/255 for images, of the columns for CSV; nil: the format's default.
  package let normalize: Normalize?

  package init(source: Source, ids: String? = nil, normalize: Normalize? = nil) {
    self.source = source
    self.ids = ids
    self.normalize = normalize
  }

  package enum Source: Equatable, Sendable {
    case cifar10(train: String, heldout: String)
    case idx(train: ImageFiles, heldout: ImageFiles)
    case csv(train: String, heldout: String, columns: Columns)
    case safetensors(train: String, heldout: String)
  }

  package enum Format: String, CaseIterable, Sendable { case cifar10, idx, csv, safetensors }

  package struct ImageFiles: Equatable, Sendable {
    package let images: String
    package let labels: String

    package init(images: String, labels: String) {
      self.images = images
      self.labels = labels
    }
  }

  package struct Columns: Equatable, Sendable {
    package let label: String
    package let id: String?
    package let subject: String?
    /// Nil: every other column, in the header's order.
    package let features: [String]?

    package init(label: String, id: String? = nil, subject: String? = nil, features: [String]? = nil) {
      self.label = label
      self.id = id
      self.subject = subject
      self.features = features
    }
  }

  /// One number a channel or column; as many of the one as of the other, deviations above 0.
  package struct Normalize: Equatable, Sendable {
    package let mean: [Double]
    package let std: [Double]

    package init(mean: [Double], std: [Double]) {
      self.mean = mean
      self.std = std
    }

    /// CIFAR-10's usual ones, of x/255.
    package static let cifar10 = Normalize(mean: [0.4914, 0.4822, 0.4465], std: [0.2023, 0.1994, 0.2010])
  }

  package var format: Format {
    switch source {
    case .cifar10: .cifar10
    case .idx: .idx
    case .csv: .csv
    case .safetensors: .safetensors
    }
  }
}
