import Platform
import Testing

@Suite struct SHA256Tests {
  @Test(arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
  ])
  func digest_ofTheStandardsExamples(text: String, hex: String) {
    #expect(SHA256Digest.of(text).hex == hex)
    #expect(SHA256Digest.of(text).description == "sha256:" + hex)
  }

  @Test func digest_inPieces_isTheSame() {
    let bytes = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    var hasher = SHA256Hasher()
    for start in stride(from: 0, to: bytes.count, by: 777) { hasher.update(Array(bytes[start...].prefix(777))) }
    #expect(hasher.finish() == SHA256Digest.of(bytes))
  }

  /// RFC 4231, cases 1, 2 and 6 (a key longer than a block).
  @Test(arguments: [
    (
      [UInt8](repeating: 0x0b, count: 20), "Hi There",
      "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
    ),
    (
      Array("Jefe".utf8), "what do ya want for nothing?",
      "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    ),
    (
      [UInt8](repeating: 0xaa, count: 131), "Test Using Larger Than Block-Size Key - Hash Key First",
      "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
    ),
  ])
  func salted_isHMAC(salt: [UInt8], text: String, hex: String) {
    #expect(SHA256Digest.salted(Array(text.utf8), salt: salt).hex == hex)
    var hasher = SaltedHasher(salt: salt)
    for byte in text.utf8 { hasher.update([byte]) }
    #expect(hasher.finish().hex == hex)
  }

  @Test func text_isReadWithAndWithoutItsPrefix() {
    let digest = SHA256Digest.of("x")
    #expect(SHA256Digest(digest.description) == digest)
    #expect(SHA256Digest(digest.hex.uppercased()) == digest)
    #expect(SHA256Digest(bytes: digest.bytes) == digest)
    #expect(digest.prefix(12) == String(digest.hex.prefix(12)))
    #expect(SHA256Digest("sha256:12") == nil && SHA256Digest(bytes: [1]) == nil)
    #expect(SHA256Digest(String(repeating: "g", count: 64)) == nil)
  }

  @Test func randomBytes_areNotTheSameTwice() {
    #expect(randomBytes(32).count == 32)
    #expect(randomBytes(32) != randomBytes(32))
    #expect(randomBytes(0).isEmpty)
  }
}
