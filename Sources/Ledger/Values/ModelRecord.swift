package import Platform

/// Why a model is paused; each reason is lifted on its own.
package enum PauseReason: String, CaseIterable, Sendable {
  /// A person said so.
  case person = "operator"
  /// Row numbers mean nothing until `rematch` or `import`.
  case dataChanged = "data_changed"
  /// The ledger is an older one than what was told to people: see `hamuctl recover`.
  case restored
  /// Held-out accuracy has fallen by more than `damage_budget` since the last full training.
  case damageBudget = "damage_budget"
  /// Its configuration, files or data cannot be used.
  case unusable
  /// The version that is served is not what was sealed.
  case damaged
}

package struct Pause: Equatable, Sendable {
  package let reason: PauseReason
  /// One sentence for a person.
  package let detail: String
  package let since: Timestamp
}

/// What the ledger knows of a model.
package struct ModelRecord: Equatable, Sendable {
  package let name: String
  /// Keys the digests of this model's rows and ids.
  package let salt: [UInt8]
  /// Nil until version 1 is there.
  package let currentVersion: Int?
  /// The version that goes on being served while requests that a rollback brought back are replayed; nil where it is the
  /// current one, from which runs start.
  package let servedVersion: Int?
  /// As the caller wrote it (JSON); nil until it was taken.
  package let fingerprint: String?
  /// Rises whenever row numbers or the model change under a run.
  package let generation: Int
  /// In the order of `PauseReason`; empty when the model is not paused.
  package let pauses: [Pause]

  package var isPaused: Bool { !pauses.isEmpty }

  /// What `current` on the disk is to name.
  package var serving: Int? { servedVersion ?? currentVersion }
}

/// A version, as published, and what it still remembers.
package struct VersionEntry: Equatable, Sendable {
  package enum Origin: String, CaseIterable, Sendable { case initial, run, imported }

  package let model: String
  package let number: Int
  package let origin: Origin
  package let parent: Int?
  package let batch: Int?
  package let record: SHA256Digest
  package let publishedAt: Timestamp
  /// Nil for the current one.
  package let replacement: Replacement?
  /// Forgotten rows that this version still remembers.
  package let rememberedRows: Int
  /// By how much its run lowered the accuracy on held-out rows; nil where no run made it, or none was measured.
  package let heldoutFall: Double?

  /// When its purge began, and when it was gone.
  package let purgeBeganAt: Timestamp?
  package let purgedAt: Timestamp?
}
