import Crypto

/// A private Ed25519 key (RFC 8032). The same bytes always get the same signature.
package struct SigningKey: Sendable {
  private static let label = "PRIVATE KEY"
  /// PKCS #8 of an Ed25519 key but for its 32 bytes (RFC 8410, section 7): what `openssl genpkey -algorithm ed25519` writes.
  private static let wrapping: [UInt8] = [
    0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
  ]

  private let key: Curve25519.Signing.PrivateKey
  package let verifying: VerifyingKey

  private init?(_ key: Curve25519.Signing.PrivateKey) {
    guard let verifying = VerifyingKey(bytes: Array(key.publicKey.rawRepresentation)) else { return nil }
    self.key = key
    self.verifying = verifying
  }

  /// From the kernel's generator.
  package static func make() throws(PlatformError) -> SigningKey {
    guard let key = SigningKey(Curve25519.Signing.PrivateKey()) else {
      throw PlatformError(
        operation: "make", path: "a signing key", cause: .unsuitable("the library gave none that can be used"))
    }
    return key
  }

  /// The one private key of a PEM file; nil where there is another number of blocks, or another kind of key.
  package init?(pem text: String) {
    guard let blocks = PEM.blocks(in: text), blocks.count == 1, blocks[0].label == SigningKey.label,
      blocks[0].bytes.starts(with: SigningKey.wrapping),
      let key = try? Curve25519.Signing.PrivateKey(
        rawRepresentation: Array(blocks[0].bytes.dropFirst(SigningKey.wrapping.count)))
    else { return nil }
    self.init(key)
  }

  package var pem: String {
    PEM.text(.init(label: SigningKey.label, bytes: SigningKey.wrapping + Array(key.rawRepresentation)))
  }

  package func sign(_ bytes: [UInt8]) throws(PlatformError) -> Signature {
    do {
      return Signature(keyID: verifying.id, bytes: Array(try key.signature(for: bytes)))
    } catch {
      throw PlatformError(
        operation: "sign with", path: "the key \(verifying.id)", cause: .unsuitable("the library refuses: \(error)"))
    }
  }
}
