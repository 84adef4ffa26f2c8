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
  package private(set) var current: VersionStore.Version
  /// Of its directory, taken before its bytes were compared with its record; nil where that could not be said.
  private var stamp: VersionStamp?
  package let configuration: ModelConfiguration
  /// Numbers in the model's tensors.
  package let parameters: Int
  package let dataset: Dataset
  package let description: DatasetDescription
  /// Held-out rows that are no training rows; ascending.
  package let heldout: [Int]
  package let fingerprint: DataFingerprint
  /// Keys the digests of this model's rows and ids.
  package let salt: [UInt8]
  /// Where its first version came from when it was opened; nil where the ledger knew one.
  package let first: FirstVersion?
  /// What will disappoint about the data: sentences with their mends.
  package let findings: [String]

  package init(
    settings: ModelSettings, store: VersionStore, current: VerifiedVersion, configuration: ModelConfiguration,
    parameters: Int, dataset: Dataset, description: DatasetDescription, heldout: [Int], fingerprint: DataFingerprint,
    salt: [UInt8], first: FirstVersion?, findings: [String]
  ) {
    self.settings = settings
    self.store = store
    self.current = current.version
    stamp = current.stamp
    self.configuration = configuration
    self.parameters = parameters
    self.dataset = dataset
    self.description = description
    self.heldout = heldout
    self.fingerprint = fingerprint
    self.salt = salt
    self.first = first
    self.findings = findings
  }

  /// The same with what its data look like.
  func with(_ fingerprint: DataFingerprint) -> LoadedModel {
    LoadedModel(
      settings: settings, store: store, current: VerifiedVersion(version: current, stamp: stamp),
      configuration: configuration, parameters: parameters, dataset: dataset, description: description,
      heldout: heldout, fingerprint: fingerprint, salt: salt, first: first, findings: findings)
  }

  package var name: String { settings.name }
  package var labels: ClassLabels { configuration.labels }
}

/// Where a model's first version came from.
package enum FirstVersion: Sendable {
  /// The configured directory.
  case copied(from: String)
  /// It was served already, and the ledger that knew it is lost.
  case served
}

/// A version whose every byte was compared with its record, and what its directory looked like before that.
package struct VerifiedVersion: Sendable {
  package let version: VersionStore.Version
  package let stamp: VersionStamp?

  package init(version: VersionStore.Version, stamp: VersionStamp?) {
    self.version = version
    self.stamp = stamp
  }
}

extension VersionStore {
  /// - Throws: also where its record is not the one that the ledger has, or any byte not the one on record.
  package func verified(_ number: Int, recordDigest: String?) throws(CheckpointError) -> VerifiedVersion {
    let stamp = stamp(number)
    return VerifiedVersion(version: try verifyDigests(number, recordDigest: recordDigest), stamp: stamp)
  }

  /// Nil where it is gone, or is not what was sealed. Whatever else keeps it from being read says neither, and is an error.
  package func verifiedIfWhole(_ number: Int, recordDigest: String?) throws(CheckpointError) -> VerifiedVersion? {
    do {
      return try verified(number, recordDigest: recordDigest)
    } catch {
      guard error.isDamage else { throw error }
      return nil
    }
  }

  /// Whether nobody has written to the version's files since they were compared with its record. What could not be looked at
  /// then, or cannot now, may have been written to.
  package func isUntouched(_ verified: VerifiedVersion) -> Bool {
    verified.stamp != nil && verified.stamp == stamp(verified.version.number)
  }
}

extension LoadedModel {
  /// A version of this process's own making is served from now on: its digests were taken from what was read back.
  mutating func serve(_ version: VersionStore.Version) {
    current = version
    stamp = store.stamp(version.number)
  }

  var isStillWhatWasVerified: Bool { store.isUntouched(VerifiedVersion(version: current, stamp: stamp)) }
}

/// What became of opening a model.
package enum OpenedModel: Sendable {
  case ready(LoadedModel)
  /// The data are not those that row numbers were given for: one sentence, and the model as it would be with them.
  case dataChanged(String, LoadedModel)
}

/// Why a model could not be opened: a sentence with the mend, for the journal and `hamuctl check`.
package struct ModelTrouble: Error, Sendable, Equatable, CustomStringConvertible {
  package let sentence: String
  /// The data are not those that row numbers were given for, and cannot even be opened as they are now.
  package let isOfChangedData: Bool
  /// The version that is served is not what was sealed.
  package let isDamage: Bool

  package init(_ sentence: String, isOfChangedData: Bool = false, isDamage: Bool = false) {
    self.sentence = sentence
    self.isOfChangedData = isOfChangedData
    self.isDamage = isDamage
  }
  package var description: String { sentence }

  package init(_ error: CheckpointError) { self.init("\(error)", isDamage: error.isDamage) }
  package init(_ error: DatasetError) { self.init("\(error)") }
  package init(_ error: LedgerError) { self.init("\(error)") }
}
