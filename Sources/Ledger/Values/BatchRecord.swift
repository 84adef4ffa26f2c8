package import Platform
package import Requests

/// Where a batch is in its life.
///
///     scheduled -> running -> published
///     running -> held | failed       held -> scheduled (resume, retry)      failed -> scheduled | held
///     any but published -> discarded: no request is left in it
///
/// `published` says that its requests ended well, also where they had nothing to forget and no version was made.
package enum BatchState: String, CaseIterable, Sendable {
  case scheduled, running, held, failed, published, discarded

  package var isEnded: Bool { self == .published || self == .discarded }
}

/// The requests served together.
package struct BatchRecord: Equatable, Sendable {
  package let number: Int
  package let model: String
  package let kind: RequestKind
  package let state: BatchState
  package let createdAt: Timestamp
  /// In the order of acceptance; those that left it (cancelled, forgotten before) are not among them.
  package let requests: [RequestID]
  /// Failures in a row.
  package let failures: Int
  /// When a failed batch is to be scheduled again.
  package let retryAt: Timestamp?
  /// The version that its last run started from.
  package let parentVersion: Int?
  package let acceptedRetainCost: Double?
}

/// What one unlearning of a batch has to do: what `startRun` decides and an interrupted run goes on with.
package struct PlannedRun: Equatable, Sendable {
  package let batch: Int
  package let model: String
  package let kind: RequestKind
  /// The version to start from: the model's current one.
  package let parentVersion: Int
  /// Of the model's row numbers; `publish` refuses a run that began before they changed.
  package let generation: Int
  /// Rises each time the batch has to start over. Progress is saved with this number, and gone on from only when it
  /// was saved under the same one: what was saved under another started from other weights or forgot other rows.
  package let take: Int
  /// Takes the place of `retain_budget`, counted from `before`.
  package let acceptedRetainCost: Double?
  /// Steps taken under this `take` when the batch was last held; the run may take `max_steps` beyond them.
  package let stepsBefore: Int
  /// Failures in a row before this try.
  package let failures: Int
  package let requests: [Request]

  package struct Request: Equatable, Sendable {
    package let id: RequestID
    package let digest: SHA256Digest
    package let saltedDigest: SaltedDigest
    /// What is left to forget; never empty.
    package let rows: RowSet
    package let labels: [Int]
    package let onHardness: OnHardness?
  }
}

/// What `createBatch` made of the requests.
package struct CreatedBatch: Equatable, Sendable {
  /// Nil: every request was forgotten before.
  package let number: Int?
  package let scheduled: [RequestID]
  /// Ended just now: none of their rows was left.
  package let alreadyForgotten: [RequestID]
}

/// Why a run is held, for all its requests.
package struct BatchHold: Sendable {
  package let batch: Int
  package let reason: Reason
  /// One sentence for a person, of each request: it names the command that goes on with that one.
  package let detail: @Sendable (RequestID) -> String
  /// Steps taken since `before` was measured.
  package let steps: Int
  /// Whether saved progress may be resumed from.
  package let keepsProgress: Bool
  /// For each request that the run knows.
  package let evidence: [RequestID: Evidence]
  /// Where a request's reason and sentence are others than the batch's.
  package var own: [RequestID: (reason: Reason, detail: String)] = [:]

  package init(
    batch: Int, reason: Reason, steps: Int, keepsProgress: Bool = true,
    evidence: [RequestID: Evidence] = [:], detail: @escaping @Sendable (RequestID) -> String
  ) {
    self.batch = batch
    self.reason = reason
    self.detail = detail
    self.steps = steps
    self.keepsProgress = keepsProgress
    self.evidence = evidence
  }
}

/// What follows a failure.
package enum FailureOutcome: Equatable, Sendable {
  case retry(at: Timestamp)
  /// The retries are spent; a person decides.
  case held
}
