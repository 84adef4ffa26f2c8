import Platform
import Requests
import Service
import Testing

/// A receipt's file and a public key, and nothing else.
@Suite struct ReceiptProofTests {
  private let key: SigningKey
  private let receipt: Receipt
  private let signed: [UInt8]

  init() throws {
    key = try SigningKey.make()
    var receipt = Receipt(state: .forgotten, request: "dsr-1", reason: .target, detail: "it is forgotten:\nmeasured")
    receipt.model = "cifar10"
    receipt.version = 2
    receipt.finishedAt = "2026-11-24T10:00:00Z"
    receipt.record = SHA256Digest.of("record").description
    self.receipt = receipt
    signed = try key.sign(receipt)
  }

  private func verdict(_ bytes: [UInt8], _ keys: [VerifyingKey]? = nil) -> String {
    switch ReceiptProof(bytes, keys: keys ?? [key.verifying]) {
    case .valid: "valid"
    case .altered: "altered"
    case .otherKey: "other key"
    case .unsigned: "unsigned"
    }
  }

  @Test func receipt_asItWasSigned_isValid_alsoAmongOtherKeys() throws {
    #expect(verdict(signed) == "valid")
    #expect(verdict(signed, [try SigningKey.make().verifying, key.verifying]) == "valid")
  }

  @Test func receipt_whenAnyBitFlips_isNotValid() {
    var tally: [String: Int] = [:]
    for bit in 0..<signed.count * 8 {
      var bytes = signed
      bytes[bit / 8] ^= 1 << (bit % 8)
      tally[verdict(bytes), default: 0] += 1
    }
    print("receipt: \(signed.count * 8) bits flipped: \(tally.sorted { $0.key < $1.key })")
    #expect(tally["valid"] == nil && tally["unsigned"] == nil)
  }

  @Test func receipt_whenCutAnywhere_isNotValid() {
    for length in 0..<signed.count { #expect(verdict(Array(signed[..<length])) != "valid", "\(length)") }
    #expect(verdict(signed + [0x0a]) == "altered" && verdict(signed + signed) == "altered")
  }

  @Test func receipt_ofBeforeOrOfAnotherKey_isNamedAsThat_andNotAsForged() throws {
    #expect(verdict(Array(receipt.yaml.utf8)) == "unsigned")
    #expect(verdict(signed, [try SigningKey.make().verifying]) == "other key")
  }

  @Test func receipt_withAnothersNameOnTheSignature_isAltered() throws {
    let forger = try SigningKey.make()
    let forged = try receipt.signed { (bytes) throws(PlatformError) in
      let text = try forger.sign(bytes).description
      return text.replacing(forger.verifying.id, with: key.verifying.id)
    }
    #expect(verdict(forged) == "altered")
  }

  @Test func check_ofFiles_saysItWithAnExitCode() throws {
    let road = try Road()
    func file(_ name: String, _ bytes: [UInt8]) throws -> String {
      try DurableFile.publish(bytes, to: Paths.join(road.root, name))
      return Paths.join(road.root, name)
    }
    let keyFile = try file("hamud.pub", Array(Keyring.text(of: [key.verifying]).utf8))
    func check(_ bytes: [UInt8]) throws -> (String?, ExitCode) {
      let answer = try ReceiptCheck(receipt: try file("r.yaml", bytes), key: keyFile).answer
      return (answer.json["verdict"]?.stringValue, answer.code)
    }
    #expect(try check(signed) == ("valid", .success))
    #expect(try check(signed.map { $0 == UInt8(ascii: "2") ? UInt8(ascii: "3") : $0 }) == ("altered", .rejected))
    #expect(try check(Array(receipt.yaml.utf8)) == ("unsigned", .notProven))
    #expect(try check(try SigningKey.make().sign(receipt)) == ("other_key", .notProven))
    func code(_ receipt: String, _ key: String) -> ExitCode? {
      do {
        _ = try ReceiptCheck(receipt: receipt, key: key)
        return nil
      } catch { return error.code }
    }
    #expect(code("/nowhere", keyFile) == .unknownRequest && code(keyFile, "/nowhere") == .unknownRequest)
    #expect(code(keyFile, Paths.join(road.root, "r.yaml")) == .usage)
  }
}
