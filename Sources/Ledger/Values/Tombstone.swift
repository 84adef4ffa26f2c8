package import Platform
package import Requests

/// What is known of a forgotten sample's place.
package enum TombstoneStatus: String, CaseIterable, Sendable {
  /// In the data, at its row: a guard, and never retained.
  case active
  /// Not in the data (found so by `rematch`); the model may still have to be guarded by its class.
  case gone
  /// A model was trained without it (`import`); nothing to guard. Comes back to life if it shows up in the data.
  case settled
  /// An imported model was trained on it: its request waits again. Never retained, no guard.
  case reopened
}

/// A row of the current data that was forgotten and has to stay so. One for each row, whichever requests named it.
package struct Tombstone: Equatable, Sendable {
  package let row: Int
  /// Nil, like `batch`, where no run forgot it: a retrained model was made without it first.
  package let label: Int?
  /// How it was asked for; `classes` where both kinds of requests named it.
  package let kind: RequestKind
  package let batch: Int?
  /// The version that has forgotten it, or was made without it.
  package let version: Int
  /// Its phi in that version; for rows of class requests.
  package let phi: Double?
}

/// A class that was erased, as a class.
package struct ErasedClass: Equatable, Sendable {
  package let label: Int
  /// The newest, where several requests named it.
  package let batch: Int
  package let version: Int
  /// Its tombstoned rows in the current data; empty when the data no longer hold any.
  package let rows: RowSet
}

/// A tombstone as `rematch` and `import` have to look for it.
package struct MarkedTombstone: Equatable, Sendable {
  /// The ledger's own name for it.
  package let key: Int64
  package let request: RequestID
  /// Where it was last; nil when it was not in the data.
  package let row: Int?
  package let content: SHA256Digest
  package let id: SHA256Digest?
  package let status: TombstoneStatus
}

/// A waiting request of rows and the marks of what it selects.
package struct MarkedRequest: Equatable, Sendable {
  package let request: RequestID
  package let marks: [RowMark]
}

/// Where everything is in changed data.
package struct Relocation: Sendable {
  package let model: String
  /// Of the new data, as the caller writes it (JSON).
  package let fingerprint: String
  /// A row for each tombstone that was found; those that are missing here are gone from the data.
  package let tombstones: [Int64: Int]
  /// Tombstones whose id is another row's now: they are looked for by their contents alone from now on.
  package let disproved: Set<Int64>
  /// Selections of waiting requests in the new data; those that are missing here keep the rows they have.
  package let requests: [RequestID: Resolution]
  /// Waiting requests that cannot be served in the new data: held, `error`.
  package let lost: [RequestID: Lost]

  package init(
    model: String, fingerprint: String, tombstones: [Int64: Int], disproved: Set<Int64> = [],
    requests: [RequestID: Resolution] = [:], lost: [RequestID: Lost] = [:]
  ) {
    self.model = model
    self.fingerprint = fingerprint
    self.tombstones = tombstones
    self.disproved = disproved
    self.requests = requests
    self.lost = lost
  }

  /// A request of which rows are not in the new data.
  package struct Lost: Sendable {
    /// For the receipt.
    package let sentence: String
    /// Of all its rows: those that are there at their new places, the others as they were last. Of a request of classes none.
    package let marks: [RowMark]

    package init(_ sentence: String, marks: [RowMark] = []) {
      self.sentence = sentence
      self.marks = marks
    }
  }
}

/// A retrained model that was brought in.
package struct ImportedVersion: Sendable {
  package let version: NewVersion
  /// Its training data, which are the model's data from now on. A tombstone that is found there may be remembered by the
  /// new model, so its request waits again.
  package let trainingData: Relocation

  package init(version: NewVersion, trainingData: Relocation) {
    self.version = version
    self.trainingData = trainingData
  }
}

/// What an import changed.
package struct ImportOutcome: Equatable, Sendable {
  /// Tombstones that the model was trained without.
  package let settled: Int
  /// Requests that are accepted again.
  package let reopened: [RequestID]
  /// Requests that had lost rows and go on with those that the model was trained on.
  package let back: [RequestID]
}
