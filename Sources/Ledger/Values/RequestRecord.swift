package import Platform
package import Requests

/// A request in one line: what lists show and batches are made from.
package struct RequestSummary: Equatable, Sendable {
  /// The order of acceptance, from 1, with gaps.
  package let sequence: Int64
  package let id: RequestID
  package let model: String
  package let kind: RequestKind
  package let state: RequestState
  package let reason: Reason?
  package let version: Int?
  package let batch: Int?
  /// Rows left to forget; of a forgotten one: rows that the run had to forget.
  package let rows: Int
  package let acceptedAt: Timestamp
  package let deadline: Deadline?
  package let priority: Priority
  package let submitter: UInt32
}

/// All that the ledger knows of a request, but its rows (`rows(of:)`) and its manifest (`manifest(of:)`).
package struct RequestRecord: Equatable, Sendable {
  package let summary: RequestSummary
  /// Of the manifest's bytes: for the requester, who has them, and for the ledger itself.
  package let digest: SHA256Digest
  /// For everybody else.
  package let saltedDigest: SaltedDigest
  package let detail: String?
  package let submitterName: String
  package let receivedAt: Timestamp
  package let expectedAt: Timestamp?
  package let finishedAt: Timestamp?
  package let alreadyForgotten: Int
  package let labels: [Int]
  package let onHardness: OnHardness?
  package let evidence: Evidence
  /// Of the bytes of the version's hamud.json.
  package let versionRecord: SHA256Digest?
  /// Versions older than the one that forgot which were purged since the request was accepted, oldest first.
  package internal(set) var purged: [PurgedVersion] = []

  package var id: RequestID { summary.id }
  package var state: RequestState { summary.state }
  package var model: String { summary.model }
}

/// A manifest's digest, salted with its model's secret: what the journal, the audit chain and the records of versions
/// say of a request.
///
/// A manifest is a few lines of a known form. Whoever has its plain digest writes down the form with one subject after the
/// other, until one fits: for certain, and also when the manifest is long gone. With this one only who has the ledger, where
/// the salt is, can do that, or see which request a record means.
package struct SaltedDigest: Hashable, Sendable, CustomStringConvertible {
  /// A word and a zero byte come first; what is digested of rows and ids under the same salt begins with other words.
  private let keyed: SHA256Digest

  package init(_ manifest: SHA256Digest, salt: [UInt8]) {
    keyed = SHA256Digest.salted(Array("manifest\0".utf8) + manifest.bytes, salt: salt)
  }

  /// Not to be taken for the digest that the receipt has.
  package var description: String { "hmac-sha256:" + keyed.hex }
}

/// What a run measured for a request, in the receipt's own terms.
package struct Evidence: Equatable, Sendable {
  package var steps: Int?
  package var judged: Receipt.Judged?
  package var before: Receipt.Figures?
  package var after: Receipt.Figures?
  package var hardness: Receipt.Hardness?
  /// Only when held after a run.
  package var goingOn: Receipt.GoingOn?
  package var nearDuplicates: Receipt.NearDuplicates?

  package init() {}
}

/// Which requests a list shows; what is nil does not choose.
package struct RequestFilter: Equatable, Sendable {
  package var states: [RequestState]?
  package var model: String?
  package var submitter: UInt32?
  package var batch: Int?
  /// Only those accepted after the one with this sequence number: the next page.
  package var after: Int64?
  package var limit: Int?

  package init(states: [RequestState]? = nil, model: String? = nil, submitter: UInt32? = nil) {
    self.states = states
    self.model = model
    self.submitter = submitter
  }
}

/// A change of state that was committed.
package struct StateChange: Equatable, Sendable {
  /// Rises with every change of any request.
  package let serial: Int64
  package let request: RequestID
  package let model: String
  /// Nil: the request was accepted just now.
  package let previous: RequestState?
  package let state: RequestState
  package let reason: Reason?
  package let batch: Int?
  package let version: Int?
  package let at: Timestamp
}

/// A receipt that has to be written anew, and the changes that the journal may not have seen.
package struct DueReceipt: Equatable, Sendable {
  package let request: RequestID
  /// Of its oldest change: the place in the order.
  package let first: Int64
  /// Hand this to `markAnnounced` and `acknowledgeReceipt`; what changes in between stays due.
  package let through: Int64
  /// Not yet announced, oldest first.
  package let changes: [StateChange]
}
