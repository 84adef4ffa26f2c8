import Crypto

/// The public half of a signing key: Ed25519 (RFC 8032), 32 bytes. Who has it can check what was signed, and nothing else.
package struct VerifyingKey: Hashable, Sendable, CustomStringConvertible {
  package static let byteCount = 32
  static let label = "PUBLIC KEY"
  /// SubjectPublicKeyInfo of an Ed25519 key but for its 32 bytes (RFC 8410, section 4).
  private static let wrapping: [UInt8] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00]
  private static let prefix = "ed25519:"

  package let bytes: [UInt8]

  /// Nil for what is no key.
  package init?(bytes: [UInt8]) {
    guard bytes.count == VerifyingKey.byteCount, (try? Curve25519.Signing.PublicKey(rawRepresentation: bytes)) != nil
    else { return nil }
    self.bytes = bytes
  }

  /// As `description` writes it.
  package init?(_ text: String) {
    guard text.hasPrefix(VerifyingKey.prefix),
      let bytes = Base64.bytes(String(text.dropFirst(VerifyingKey.prefix.count)))
    else { return nil }
    self.init(bytes: bytes)
  }

  /// `ed25519:` and the 32 bytes in base 64.
  package var description: String { VerifyingKey.prefix + Base64.text(bytes) }

  /// Its name in signatures: the first 16 hex digits of the SHA-256 of its bytes.
  package var id: String { SHA256Digest.of(bytes).prefix(16) }

  /// As OpenSSL reads and writes it.
  package var pem: String { PEM.text(.init(label: VerifyingKey.label, bytes: VerifyingKey.wrapping + bytes)) }

  /// The keys of a PEM file, in its order; the lines around the blocks are commentary.
  ///
  /// Nil where there is none, or anything else than public Ed25519 keys.
  package static func list(pem text: String) -> [VerifyingKey]? {
    guard let blocks = PEM.blocks(in: text), !blocks.isEmpty else { return nil }
    var keys: [VerifyingKey] = []
    for block in blocks {
      guard block.label == label, block.bytes.starts(with: wrapping),
        let key = VerifyingKey(bytes: Array(block.bytes.dropFirst(wrapping.count)))
      else { return nil }
      keys.append(key)
    }
    return keys
  }

  /// Whether the holder of the private half signed exactly these bytes.
  package func isValid(_ signature: Signature, for bytes: [UInt8]) -> Bool {
    guard signature.keyID == id, let key = try? Curve25519.Signing.PublicKey(rawRepresentation: self.bytes) else {
      return false
    }
    return key.isValidSignature(signature.bytes, for: bytes)
  }
}

/// An Ed25519 signature and the name of the key that made it.
package struct Signature: Hashable, Sendable, CustomStringConvertible {
  package static let byteCount = 64
  private static let prefix = "ed25519:"
  private static let idDigits = 16

  /// `VerifyingKey.id`.
  package let keyID: String
  package let bytes: [UInt8]

  init(keyID: String, bytes: [UInt8]) {
    self.keyID = keyID
    self.bytes = bytes
  }

  /// As `description` writes it, to the character.
  package init?(_ text: String) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 3, text.hasPrefix(Signature.prefix), parts[1].utf8.count == Signature.idDigits,
      parts[1].utf8.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }),
      let bytes = Base64.bytes(String(parts[2])), bytes.count == Signature.byteCount
    else { return nil }
    self.init(keyID: String(parts[1]), bytes: bytes)
  }

  /// `ed25519:KEY:SIGNATURE`, the key's name in hex and the 64 bytes in base 64: 113 characters.
  package var description: String { "\(Signature.prefix)\(keyID):\(Base64.text(bytes))" }
}
