package import Checkpoints
package import Datasets
package import Ledger

/// A model that can be worked on: its data open, its current version known, all checked against each other.
///
/// A value: a run keeps the one it started with, whatever is reloaded meanwhile.
package struct LoadedModel: Sendable {
  package let settings: ModelSettings
  package let store: VersionStore
  /// The version that is served, and that the next run starts from.
  package var current: VersionStore.Version
  package let configuration: ModelConfiguration
  package let dataset: Dataset
  package let description: DatasetDescription
  /// Held-out rows that are no training rows; ascending.
  package let heldout: [Int]
  package let fingerprint: DataFingerprint
  /// Keys the digests of this model's rows and ids.
  package let salt: [UInt8]
  /// The directory that was copied as version 1 when it was opened; nil where there was a version.
  package let copiedFrom: String?
  /// What will disappoint about the data: sentences with their mends.
  package let findings: [String]

  package var name: String { settings.name }
  package var labels: ClassLabels { configuration.labels }
}

/// What became of opening a model.
package enum OpenedModel: Sendable {
  case ready(LoadedModel)
  /// The data are not those that row numbers were given for: one sentence, and the model as it would be with them.
  case dataChanged(String, LoadedModel)
}

/// Why a model could not be opened: a sentence with the mend, for the journal and `hamuctl check`.
package struct ModelTrouble: Error, Sendable, Equatable {
  package let sentence: String
  /// The data are not those that row numbers were given for, and cannot even be opened as they are now.
  package let isOfChangedData: Bool

  package init(_ sentence: String, isOfChangedData: Bool = false) {
    self.sentence = sentence
    self.isOfChangedData = isOfChangedData
  }
  package init(_ error: CheckpointError) { self.init("\(error)") }
  package init(_ error: DatasetError) { self.init("\(error)") }
  package init(_ error: LedgerError) { self.init("\(error)") }
}

extension LoadedModel {
  /// Numbers in the model's tensors.
  package var parameters: Int {
    ((try? current.open())?.tensors ?? []).reduce(0) { $0 + $1.shape.reduce(1, *) }
  }
}
