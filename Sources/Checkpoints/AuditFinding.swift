package import Platform

/// Something that is not as it was written, or not as something else says: where, what, and how to mend it.
package struct AuditFinding: Sendable, Equatable {
  package enum Severity: String, Sendable {
    /// Damage, or a contradiction.
    case error
    /// Nothing is wrong, and somebody may want to know.
    case note
  }

  package let severity: Severity
  /// A path, or what else has a name.
  package let place: String
  package let problem: String
  package let mend: String

  package init(_ place: String, _ problem: String, mend: String, severity: Severity = .error) {
    self.place = place
    self.problem = problem
    self.mend = mend
    self.severity = severity
  }
}

/// What the ledger, or whoever knows, says of a model's store.
package struct StoreExpectation: Sendable {
  /// A version on record.
  package struct Version: Sendable {
    package let number: Int
    package let parent: Int?
    package let batch: Int?
    /// `sha256:` and the hex digest of hamud.json's bytes.
    package let record: String
    package var presence = Presence.kept
    /// The ledger did not see it made: the batch that its record names is another ledger's, or none.
    package var isFromOutside = false
    /// The bytes of hamud.json of a version that was purged, or is about to be; nil where they were damaged by then.
    package var keptRecord: [UInt8]?

    package init(number: Int, parent: Int?, batch: Int?, record: String) {
      self.number = number
      self.parent = parent
      self.batch = batch
      self.record = record
    }
  }

  /// Whether a version should be on disk.
  package enum Presence: Sendable, Equatable {
    case kept
    /// A purge of it has begun.
    case purging
    case purged
  }

  /// Nil: nobody knows; then the records of the versions are only compared with each other.
  package var versions: [Version]?
  /// What `current` should name.
  package var current: Int?
  /// Whether `current` was published a moment ago: then the link may be about to be swapped.
  package var isFresh = false
  /// Those that may have signed a record; none: signatures are not looked at.
  package var keys: [VerifyingKey] = []
  /// Batches whose runs may have saved progress.
  package var openBatches: Set<Int> = []

  package init(versions: [Version]?, current: Int?) {
    self.versions = versions
    self.current = current
  }
}

/// What an audit of a store saw.
package struct StoreReport: Sendable {
  package var findings: [AuditFinding] = []
  /// Records that could be read, by version.
  package var records: [Int: VersionRecord] = [:]
  /// Of these, how many are of purged versions.
  package var purged = 0
  package var files = 0
  package var bytes = 0
  /// Versions whose record was written before there were signatures.
  package var unsigned: [Int] = []
}
