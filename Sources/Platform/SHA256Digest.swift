import Crypto

/// A SHA-256 digest (FIPS 180-4): 32 bytes.
package struct SHA256Digest: Hashable, Sendable, CustomStringConvertible {
  package static let byteCount = 32

  package let bytes: [UInt8]

  /// Absent unless there are 32 bytes.
  package init?(bytes: [UInt8]) {
    guard bytes.count == SHA256Digest.byteCount else { return nil }
    self.bytes = bytes
  }

  /// 64 hexadecimal digits, with or without `sha256:` before them.
  package init?(_ text: String) {
    let digits = Array(
      (text.hasPrefix(SHA256Digest.prefix) ? text.dropFirst(SHA256Digest.prefix.count) : text[...]).utf8)
    guard digits.count == 2 * SHA256Digest.byteCount else { return nil }
    var bytes: [UInt8] = []
    for start in stride(from: 0, to: digits.count, by: 2) {
      guard let high = hexValue(digits[start]), let low = hexValue(digits[start + 1]) else { return nil }
      bytes.append(high << 4 | low)
    }
    self.bytes = bytes
  }

  fileprivate init(checked bytes: [UInt8]) { self.bytes = bytes }

  package static func of(_ bytes: [UInt8]) -> SHA256Digest {
    var hasher = SHA256Hasher()
    hasher.update(bytes)
    return hasher.finish()
  }

  package static func of(_ text: String) -> SHA256Digest { of(Array(text.utf8)) }

  /// Keyed with a salt: HMAC-SHA-256 (RFC 2104), so that who does not have the salt can neither test a guess nor
  /// compare two models' digests of the same row.
  package static func salted(_ bytes: UnsafeRawBufferPointer, salt: [UInt8]) -> SHA256Digest {
    var hasher = SaltedHasher(salt: salt)
    hasher.update(bytes)
    return hasher.finish()
  }

  package static func salted(_ bytes: [UInt8], salt: [UInt8]) -> SHA256Digest {
    bytes.withUnsafeBytes { salted($0, salt: salt) }
  }

  /// 64 digits in lower case.
  package var hex: String { hexadecimal(bytes) }

  /// The first digits, for names: `prefix(12)`.
  package func prefix(_ digits: Int) -> String { String(hex.prefix(digits)) }

  /// As receipts and records write it: `sha256:` and 64 digits.
  package var description: String { SHA256Digest.prefix + hex }

  private static let prefix = "sha256:"
}

/// SHA-256 of bytes that come in pieces.
package struct SHA256Hasher {
  private var state = SHA256()

  package init() {}

  package mutating func update(_ bytes: UnsafeRawBufferPointer) { state.update(bufferPointer: bytes) }
  package mutating func update(_ bytes: [UInt8]) { bytes.withUnsafeBytes { state.update(bufferPointer: $0) } }
  package mutating func update(_ bytes: RawSpan) { bytes.withUnsafeBytes { state.update(bufferPointer: $0) } }

  package func finish() -> SHA256Digest { SHA256Digest(checked: Array(state.finalize())) }
}

/// HMAC-SHA-256 of bytes that come in pieces. (Crypto's own asks for Foundation's data protocol.)
package struct SaltedHasher {
  private var inner = SHA256Hasher()
  private let outerKey: [UInt8]

  package init(salt: [UInt8]) {
    let blockBytes = 64
    var key = salt.count > blockBytes ? SHA256Digest.of(salt).bytes : salt
    key += [UInt8](repeating: 0, count: blockBytes - key.count)
    outerKey = key.map { $0 ^ 0x5c }
    inner.update(key.map { $0 ^ 0x36 })
  }

  package mutating func update(_ bytes: UnsafeRawBufferPointer) { inner.update(bytes) }
  package mutating func update(_ bytes: [UInt8]) { inner.update(bytes) }
  package mutating func update(_ bytes: RawSpan) { inner.update(bytes) }

  package func finish() -> SHA256Digest { SHA256Digest.of(outerKey + inner.finish().bytes) }
}

/// Two digits in lower case for each byte.
package func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
  let digits = Array("0123456789abcdef".utf8)
  return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
}

private func hexValue(_ digit: UInt8) -> UInt8? {
  switch digit {
  case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
  case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
  case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
  default: nil
  }
}

/// From the kernel's generator (getrandom): fit for salts and for names that nobody may guess.
package func randomBytes(_ count: Int) -> [UInt8] {
  var generator = SystemRandomNumberGenerator()
  return (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
}
