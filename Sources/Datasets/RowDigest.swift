import Platform

/// A salted SHA-256 of a row's content, or of an id: finds a forgotten row again without keeping it.
package struct RowDigest: Sendable, Hashable {
  /// Big-endian words of the digest: half the memory of an array for each row, and no allocation.
  private let words: InlineArray<4, UInt64>

  /// - Returns: nil unless there are 32 bytes.
  package init?(bytes: [UInt8]) {
    guard bytes.count == SHA256Digest.byteCount else { return nil }
    words = InlineArray { index in bytes[index * 8..<index * 8 + 8].reduce(0) { $0 << 8 | UInt64($1) } }
  }

  fileprivate init(_ digest: SHA256Digest) {
    let bytes = digest.bytes
    words = InlineArray { index in bytes[index * 8..<index * 8 + 8].reduce(0) { $0 << 8 | UInt64($1) } }
  }

  package var bytes: [UInt8] {
    (0..<SHA256Digest.byteCount).map { UInt8(truncatingIfNeeded: words[$0 / 8] >> (56 - 8 * UInt64($0 % 8))) }
  }

  package static func == (left: RowDigest, right: RowDigest) -> Bool {
    left.words[0] == right.words[0] && left.words[1] == right.words[1] && left.words[2] == right.words[2]
      && left.words[3] == right.words[3]
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(words[0])
    hasher.combine(words[1])
  }
}

/// Makes digests with one salt.
///
/// HMAC-SHA-256 (RFC 2104) of a word that says what is digested, a zero byte and the bytes, so that an id that happens
/// to be the bytes of a row has another digest.
package struct RowDigester: Sendable {
  private let row: SaltedHasher
  private let id: SaltedHasher

  package init(salt: [UInt8]) {
    var row = SaltedHasher(salt: salt)
    row.update(Array("row\0".utf8))
    self.row = row
    var id = SaltedHasher(salt: salt)
    id.update(Array("id\0".utf8))
    self.id = id
  }

  package func digest(row content: [UInt8]) -> RowDigest { Self.finish(row, content) }
  package func digest(id text: String) -> RowDigest { Self.finish(id, Array(text.utf8)) }

  private static func finish(_ started: SaltedHasher, _ bytes: [UInt8]) -> RowDigest {
    var hasher = started
    hasher.update(bytes)
    return RowDigest(hasher.finish())
  }
}
