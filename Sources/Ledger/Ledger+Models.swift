package import Platform

extension Ledger {
  /// The model's record; made, with a new salt, when it was not known.
  package func ensureModel(_ name: String, at now: Timestamp) throws(LedgerError) -> ModelRecord {
    preconditionFailure()
  }

  package func model(_ name: String) throws(LedgerError) -> ModelRecord? { preconditionFailure() }

  /// In byte order of the names.
  package func models() throws(LedgerError) -> [ModelRecord] { preconditionFailure() }

  /// Pauses a model, or changes the sentence of a pause that is there.
  /// - Returns: whether it was not paused for this reason before.
  @discardableResult
  package func pause(
    _ model: String, _ reason: PauseReason, detail: String, by uid: UInt32? = nil, at now: Timestamp
  ) throws(LedgerError) -> Bool {
    preconditionFailure()
  }

  /// Lifts one reason; others stay.
  /// - Returns: whether the model was paused for it.
  @discardableResult
  package func unpause(
    _ model: String, _ reason: PauseReason, by uid: UInt32? = nil, at now: Timestamp
  ) throws(LedgerError) -> Bool {
    preconditionFailure()
  }

  /// Notes what the data look like: at the first start, and when files were touched without a change of content.
  package func setFingerprint(_ fingerprint: String, of model: String, at now: Timestamp) throws(LedgerError) {
    preconditionFailure()
  }

  /// Version 1, copied from the configured directory.
  package func recordInitialVersion(
    _ version: NewVersion, of model: String, at now: Timestamp
  ) throws(LedgerError) {
    preconditionFailure()
  }

  /// Oldest first.
  package func versions(of model: String) throws(LedgerError) -> [VersionEntry] { preconditionFailure() }
}

// MARK: - What was forgotten, what waits to be

extension Ledger {
  /// Rows of the current data with a tombstone: never in a retain set.
  package func forgottenRows(of model: String) throws(LedgerError) -> RowSet { preconditionFailure() }

  /// Rows of every request that waits (accepted, scheduled, unlearning, held, failed), but those of one batch: not to be
  /// retained either.
  package func pendingRows(of model: String, excludingBatch batch: Int?) throws(LedgerError) -> RowSet {
    preconditionFailure()
  }

  /// Rows that a run has to guard, ascending; rows of reopened requests are not among them.
  package func tombstones(of model: String) throws(LedgerError) -> [Tombstone] { preconditionFailure() }

  /// Ascending by label.
  package func erasedClasses(of model: String) throws(LedgerError) -> [ErasedClass] { preconditionFailure() }
}

// MARK: - Other data, another model

extension Ledger {
  /// Every tombstone of the model, also settled ones: to be looked for in other data. Ascending by key.
  package func markedTombstones(of model: String) throws(LedgerError) -> [MarkedTombstone] { preconditionFailure() }

  /// Waiting requests of rows with their marks, in the order of acceptance. (Those of classes are found by their labels.)
  package func markedRequests(of model: String) throws(LedgerError) -> [MarkedRequest] { preconditionFailure() }

  /// Takes changed data for the model's data: rows that moved are followed, those that are gone are marked so, waiting
  /// requests get their new rows, saved progress is void, and the pause `data_changed` is lifted.
  package func rematch(_ relocation: Relocation, at now: Timestamp) throws(LedgerError) { preconditionFailure() }

  /// Makes a retrained model the current version. Tombstones that are not in its training data are settled; the others'
  /// requests are accepted again. The pause `data_changed` is lifted.
  package func importVersion(_ version: ImportedVersion, at now: Timestamp) throws(LedgerError) -> ImportOutcome {
    preconditionFailure()
  }
}
