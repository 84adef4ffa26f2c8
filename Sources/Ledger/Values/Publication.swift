package import Platform
package import Requests

/// How a run ended well, for some or all requests of its batch.
package struct Publication: Sendable {
  package let batch: Int
  /// `PlannedRun.generation`.
  package let generation: Int
  /// Nil: nothing was published; the requests had nothing to forget, and the current version serves them.
  package let version: NewVersion?
  package let endings: [Ending]
  /// Requests that a run with a version went on without.
  package var setAside: [SetAside] = []
  /// By how much the run lowered the accuracy on held-out rows of the classes that are kept; below 0 where it rose.
  package var heldoutFall: Double?
  /// What is kept of the batch for a later look without its rows.
  package var imprint: [UInt8]?

  package init(batch: Int, generation: Int, version: NewVersion?, endings: [Ending]) {
    self.batch = batch
    self.generation = generation
    self.version = version
    self.endings = endings
  }

  /// A request that the run went on without: it becomes `held`, in a batch of its own with the others that did.
  package struct SetAside: Sendable {
    package let request: RequestID
    package let reason: Reason
    package let detail: String
    package let evidence: Evidence

    package init(request: RequestID, reason: Reason, detail: String, evidence: Evidence) {
      self.request = request
      self.reason = reason
      self.detail = detail
      self.evidence = evidence
    }
  }

  /// One request's end: it becomes `forgotten`.
  package struct Ending: Sendable {
    package let request: RequestID
    /// `target` with a version, `nothing_to_forget` without (or beside) one.
    package let reason: Reason
    package let detail: String?
    package let evidence: Evidence
    /// Exactly one for each row that the run had to forget.
    package let forgotten: [ForgottenRow]

    package init(
      request: RequestID, reason: Reason, detail: String? = nil, evidence: Evidence, forgotten: [ForgottenRow]
    ) {
      self.request = request
      self.reason = reason
      self.detail = detail
      self.evidence = evidence
      self.forgotten = forgotten
    }
  }
}

/// A version that is sealed on disk and about to be the current one.
package struct NewVersion: Equatable, Sendable {
  package let number: Int
  package let parent: Int?
  /// Of the bytes of its hamud.json.
  package let record: SHA256Digest

  package init(number: Int, parent: Int?, record: SHA256Digest) {
    self.number = number
    self.parent = parent
    self.record = record
  }
}

/// A row that the published version has forgotten.
package struct ForgottenRow: Equatable, Sendable {
  package let mark: RowMark
  package let label: Int
  /// The row's phi in the version that forgot it; for rows of a class request.
  package let phi: Double?

  package var row: Int { mark.row }

  package init(mark: RowMark, label: Int, phi: Double? = nil) {
    self.mark = mark
    self.label = label
    self.phi = phi
  }
}
