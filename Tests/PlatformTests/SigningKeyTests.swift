import Platform
import Testing

@Suite struct SigningKeyTests {
  /// RFC 8032, section 7.1, tests 1 and 3, as keys in OpenSSL's wrapping.
  private static let published: [(seed: String, key: String, message: [UInt8], signature: String)] = [
    (
      "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
      "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", [],
      "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
        + "d25bf5f0595bbe24655141438e7a100b"
    ),
    (
      "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
      "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", [0xaf, 0x82],
      "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc659"
        + "4a7c15e9716ed28dc027beceea1ec40a"
    ),
  ]

  @Test func sign_ofThePublishedVectors_givesThePublishedSignatures() throws {
    for vector in Self.published {
      let key = try #require(SigningKey(pem: privatePEM(bytes(vector.seed))))
      #expect(hexadecimal(key.verifying.bytes) == vector.key)
      let signature = try key.sign(vector.message)
      #expect(hexadecimal(signature.bytes) == vector.signature)
      #expect(key.verifying.isValid(signature, for: vector.message))
    }
  }

  @Test func isValid_whenAnyBitOfAnythingFlips_isFalse() throws {
    let key = try SigningKey.make()
    let message = Array("what was said".utf8)
    let signature = try key.sign(message)
    let text = Array(signature.description.utf8)
    for bit in 0..<message.count * 8 { #expect(!key.verifying.isValid(signature, for: flip(message, bit))) }
    for bit in 0..<text.count * 8 {
      let other = Signature(String(decoding: flip(text, bit), as: UTF8.self))
      #expect(other.map { key.verifying.isValid($0, for: message) } != true, "bit \(bit)")
    }
    #expect(!(try SigningKey.make()).verifying.isValid(signature, for: message))
    #expect(!key.verifying.isValid(signature, for: message + [0]))
  }

  @Test func texts_readBackToTheSame() throws {
    let key = try SigningKey.make()
    let again = try #require(SigningKey(pem: key.pem))
    #expect(again.verifying == key.verifying && again.pem == key.pem)
    #expect(VerifyingKey(key.verifying.description) == key.verifying)
    let signature = try key.sign([1])
    #expect(Signature(signature.description) == signature && signature.description.utf8.count == 113)
    let old = try SigningKey.make().verifying
    #expect(
      VerifyingKey.list(pem: "# in use\n\(key.verifying.pem)\n# before\r\n\(old.pem)") == [key.verifying, old])
  }

  @Test func texts_thatAreNoKeys_areRefused() throws {
    let key = try SigningKey.make()
    let pem = key.pem
    #expect(SigningKey(pem: pem + pem) == nil && SigningKey(pem: "") == nil)
    #expect(SigningKey(pem: key.verifying.pem) == nil && VerifyingKey.list(pem: pem) == nil)
    #expect(VerifyingKey.list(pem: String(key.verifying.pem.dropLast(30))) == nil)
    #expect(VerifyingKey.list(pem: "no key here") == nil && VerifyingKey("ed25519:AAAA") == nil)
    // The last digit before the padding has bits that belong to no byte.
    let text = key.verifying.description.dropLast(2)
    let loose = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".filter {
      VerifyingKey(text + "\($0)=") != nil
    }
    #expect(loose.count <= 16)
    for word in ["", "ed25519", "ed25519::", "ed25519:0123456789abcdeF:AAAA", "rsa:0123456789abcdef:AAAA"] {
      #expect(Signature(word) == nil)
    }
  }

  private func flip(_ bytes: [UInt8], _ bit: Int) -> [UInt8] {
    var bytes = bytes
    bytes[bit / 8] ^= 1 << (bit % 8)
    return bytes
  }

  private func bytes(_ hex: String) -> [UInt8] { SHA256Digest(hex)?.bytes ?? [] }

  /// Written here once more, so that a mistake in the wrapping shows: base 64 of 302e...0420 and the seed.
  private func privatePEM(_ seed: [UInt8]) -> String {
    let head: [UInt8] = [0x30, 0x2e, 0x02, 0x01, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20]
    let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
    let bits = (head + seed).flatMap { byte in (0..<8).reversed().map { Int(byte >> UInt8($0)) & 1 } }
    let text = stride(from: 0, to: bits.count, by: 6).map { start in
      String(digits[bits[start..<start + 6].reduce(0) { $0 * 2 + $1 }])
    }
    return "-----BEGIN PRIVATE KEY-----\n\(text.joined())\n-----END PRIVATE KEY-----\n"
  }
}
