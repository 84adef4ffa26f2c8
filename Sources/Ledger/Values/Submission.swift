package import Platform
package import Requests

/// A parsed manifest on its way into the ledger, with what its selectors stand for.
package struct Submission: Sendable {
  package let manifest: Manifest
  /// The manifest as it was read; the ledger keeps it, so that `accepted/ID.yaml` can be made after a crash too.
  package let bytes: [UInt8]
  /// Of `bytes`.
  package let digest: SHA256Digest
  package let submitter: Submitter
  /// The user whose quotas it is counted against: the submitter, or who owns that uid.
  package let countedFor: UInt32
  package let receivedAt: Timestamp
  /// Nil: nobody can say which rows these are. Either the model is no longer configured (the request is held,
  /// `no_model`) or, with `awaitsModel`, it cannot be looked at for now.
  package let resolution: Resolution?
  /// Without a resolution: the request waits as `accepted`, in no batch, until `resolve`.
  package let awaitsModel: Bool

  package init(
    manifest: Manifest, bytes: [UInt8], submitter: Submitter, countedFor: UInt32? = nil, receivedAt: Timestamp,
    resolution: Resolution?, awaitsModel: Bool = false
  ) {
    self.manifest = manifest
    self.bytes = bytes
    self.digest = SHA256Digest.of(bytes)
    self.submitter = submitter
    self.countedFor = countedFor ?? submitter.uid
    self.receivedAt = receivedAt
    self.resolution = resolution
    self.awaitsModel = awaitsModel
  }
}

/// Who dropped it.
package struct Submitter: Hashable, Sendable {
  package let uid: UInt32
  /// What the receipt calls them: the user's name, or the uid in digits where it has none.
  package let name: String

  package init(uid: UInt32, name: String) {
    self.uid = uid
    self.name = name
  }
}

/// Whether a request names rows or classes; never both.
package enum RequestKind: String, CaseIterable, Sendable { case rows, classes }

/// What a selection stands for in the model's data.
package struct Resolution: Sendable {
  /// Every row that the selection matches, those forgotten before too.
  package let rows: RowSet
  /// The labels of a class request, ascending; empty for a request of rows.
  package let labels: [Int]
  /// Of each row of a row request, so that it can be followed when the data change while the request waits.
  package let marks: [RowMark]
  /// Rows of the training split, those forgotten before too.
  package let trainingRows: Int
  /// The model's `max_forget_share`.
  package let maxForgetShare: Double

  package init(rows: RowSet, labels: [Int] = [], marks: [RowMark] = [], trainingRows: Int, maxForgetShare: Double) {
    self.rows = rows
    self.labels = labels
    self.marks = marks
    self.trainingRows = trainingRows
    self.maxForgetShare = maxForgetShare
  }
}

/// What finds a row again in other data: salted digests (`ModelRecord.salt`), never content.
package struct RowMark: Hashable, Sendable {
  package let row: Int
  /// Of the row's bytes.
  package let content: SHA256Digest
  /// Of the row's id, where the data have ids.
  package let id: SHA256Digest?

  package init(row: Int, content: SHA256Digest, id: SHA256Digest? = nil) {
    self.row = row
    self.content = content
    self.id = id
  }

  package var withoutID: RowMark { RowMark(row: row, content: content) }
}

/// `quotas` of hamud.yaml, for each submitting user and day (UTC); 0: none.
package struct Quotas: Hashable, Sendable {
  package let requestsPerDay: Int
  package let rowsPerDay: Int

  package static let none = Quotas(requestsPerDay: 0, rowsPerDay: 0)

  package init(requestsPerDay: Int, rowsPerDay: Int) {
    self.requestsPerDay = requestsPerDay
    self.rowsPerDay = rowsPerDay
  }
}

/// What became of a submission.
package enum AcceptOutcome: Equatable, Sendable {
  /// It is in the ledger now, durably: `accepted`, or `held` or `forgotten` at once, as its receipt says.
  case accepted(RequestRecord)
  /// The same id with the same content was there already; nothing was changed.
  case existing(RequestRecord)
  /// Nothing was changed either; the rejected receipt and `recordRefusal` are the caller's.
  case refused(AcceptRefusal)
}

/// Why the ledger does not take a submission.
package enum AcceptRefusal: Equatable, Sendable {
  /// The id has other content.
  case idTaken(RequestID)
  /// Asked together with what the user has sent today, it is more than allowed.
  case requestQuota(asked: Int, allowed: Int, comeBackAt: Timestamp)
  case rowQuota(rows: Int, asked: Int, allowed: Int, comeBackAt: Timestamp)
  case tooManyWaiting(waiting: Int, allowed: Int)
}
