package import Platform

/// Why a version is purged.
package enum PurgeCause: String, CaseIterable, Sendable {
  /// `retention` of its model says so.
  case retention
  /// A person asked for it before its time.
  case person = "operator"
  /// A person asked for it whoever reads it.
  case despiteReaders = "despite_readers"
}

/// Which version has to go, and why.
package struct PurgeOrder: Equatable, Sendable {
  package let model: String
  package let number: Int
  package let cause: PurgeCause
  /// The bytes of its hamud.json, which are kept; nil where they are damaged.
  package var record: [UInt8]?
  /// Who gave the command.
  package var by: UInt32?

  package init(_ model: String, _ number: Int, _ cause: PurgeCause, record: [UInt8]? = nil, by: UInt32? = nil) {
    self.model = model
    self.number = number
    self.cause = cause
    self.record = record
    self.by = by
  }
}

/// A version whose directory has to go, and may be gone already.
package struct PendingPurge: Equatable, Sendable {
  package let model: String
  package let number: Int
  package let cause: PurgeCause
  package let began: Timestamp
}

/// A version that was replaced and whose purge has not begun.
package struct ReplacedVersion: Equatable, Sendable {
  package let number: Int
  /// Of the bytes of its hamud.json.
  package let record: SHA256Digest
  package let replacement: Replacement
}

/// What the purge of a version goes by.
package struct Replacement: Equatable, Sendable {
  package let at: Timestamp
  /// Replaced versions that are newer than this one.
  package let newer: Int
  /// Of one whose date lies ahead: how long it has been replaced, as far as time was seen to go by.
  package let age: Duration

  /// When it has to be gone: `purge_after` past its replacement, and at once when `keep` replaced ones are newer. No date which lies ahead
  /// puts it off.
  package func purgeDue(keep: Int, after: Duration, at now: Timestamp) -> Timestamp {
    newer >= keep ? min(at, now) : min(at + after, now + (after - age))
  }
}

/// What a request's receipt says of a version that still remembered its rows.
package struct PurgedVersion: Equatable, Sendable {
  package let number: Int
  package let at: Timestamp
}
