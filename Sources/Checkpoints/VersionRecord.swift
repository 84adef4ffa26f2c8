package import Platform

/// What a version says of itself: `hamud.json`.
///
/// Plain values, so that whoever audits a version needs nothing but a JSON reader. The keys stand in a fixed order and
/// the same record always gives the same bytes. The last key, `check`, is the sha256 of every byte before it: a flipped
/// bit shows without the ledger. It guards against damage, not against a forger; the chain of `parent_record`, the digest in
/// the ledger and the signature do that. The signature stands inside the record and not beside it, on the line before
/// `check`, and covers every byte before that line: so the digest of the file's bytes, which receipts, the ledger and the next
/// version hold, covers it too, and nobody can take it away unseen.
package struct VersionRecord: Sendable, Equatable {
  package static let fileName = "hamud.json"

  /// A request that the version serves.
  package struct Request: Sendable, Equatable {
    package let id: String
    /// By which whoever made the version knows the manifest again. The record goes where the version goes: it must not be
    /// what anybody can compute of a guess.
    package let digest: String

    package init(id: String, digest: String) {
      self.id = id
      self.digest = digest
    }
  }

  /// A file of the version, as it was sealed.
  package struct File: Sendable, Equatable {
    package let name: String
    /// Bytes.
    package let size: Int
    /// `sha256:` and the hex digest.
    package let digest: String

    package init(name: String, size: Int, digest: String) {
      self.name = name
      self.size = size
      self.digest = digest
    }
  }

  /// The linear algebra that computed the weights: sums differ between builds, processors and thread counts.
  package struct BLAS: Sendable, Equatable {
    package let library: String
    package let coreType: String
    package let threads: Int

    package init(library: String, coreType: String, threads: Int) {
      self.library = library
      self.coreType = coreType
      self.threads = threads
    }
  }

  package let model: String
  package let version: Int
  /// RFC 3339, UTC.
  package let created: String
  /// The version that this one was made from; nil for what came from outside.
  package var parent: Int?
  /// `sha256:` and the hex digest of the parent's hamud.json; nil without a parent.
  package var parentRecord: String?
  package var batch: Int?
  package var requests: [Request] = []
  /// The settings in force, as the service has them.
  package var settings: RecordValue?
  package var seed: Int?
  package var hardness: RecordValue?
  /// What the run did, step by step.
  package var run: RecordValue?
  /// Metrics before and after the run.
  package var before: RecordValue?
  package var after: RecordValue?
  /// The rows that the version may still be measured on as retained, both ends included.
  package var retainRows: [ClosedRange<Int>] = []
  package var blas: BLAS?
  /// Every file of the version but hamud.json, in byte order of the names. Sealing fills it in.
  package var files: [File] = []
  /// Of a record that was read; sealing makes a new one. Nil in those that were written before there were signatures.
  package internal(set) var signature: Signature?

  package init(model: String, version: Int, created: String) {
    self.model = model
    self.version = version
    self.created = created
  }
}
