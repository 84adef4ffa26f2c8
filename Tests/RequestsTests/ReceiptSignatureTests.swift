import Requests
import Testing

@Suite struct ReceiptSignatureTests {
  private var receipt: Receipt {
    Receipt(state: .held, request: "a", reason: .unavoidable, detail: "one line\nsignature: no-signature\nthree")
  }

  private func signed(_ signature: String) -> [UInt8] { receipt.signed { _ in signature } }

  @Test func signed_isTheReceiptAndALastLine() throws {
    let bytes = signed("ed25519:0123456789abcdef:AAAA+/==")
    let parts = try #require(Receipt.signedParts(of: bytes))
    #expect(parts.covered == Array(receipt.yaml.utf8) && parts.signature == "ed25519:0123456789abcdef:AAAA+/==")
    // It stays YAML, with every key as before.
    var read = try Receipt.parse(bytes)
    #expect(read.signature == parts.signature)
    read = try Receipt.parse(parts.covered)
    #expect(read == receipt && read.signature == nil)
  }

  @Test func signedParts_ofWhatHasNoSignatureAtItsEnd_areNone() {
    #expect(Receipt.signedParts(of: Array(receipt.yaml.utf8)) == nil)
    #expect(Receipt.signedParts(of: []) == nil)
    #expect(Receipt.signedParts(of: Array("signature: x\n".utf8)) == nil)
    let whole = signed("x")
    for other in [Array(whole.dropLast()), whole + [0x0a], whole + [0x20], whole.dropLast(2) + [0xff, 0x0a]] {
      #expect(Receipt.signedParts(of: other) == nil)
    }
  }
}
