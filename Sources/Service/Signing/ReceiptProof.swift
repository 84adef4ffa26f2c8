package import Platform
package import Requests

/// What a receipt file alone says of itself against public keys: no ledger, no configuration, no rights are needed.
package enum ReceiptProof: Sendable, Equatable {
  /// One of the keys signed exactly these bytes.
  case valid(Receipt, key: String)
  /// It is damaged, or was changed since it was signed.
  case altered(String)
  /// By a key that is not among those given.
  case otherKey(String)
  /// Written before there were signatures, or somebody cut the last line off: nobody can say.
  case unsigned(Receipt)

  /// - Parameter keys: those that may have signed; at least one.
  package init(_ bytes: [UInt8], keys: [VerifyingKey]) {
    let receipt: Receipt
    do {
      receipt = try Receipt.parse(bytes)
    } catch {
      self = .altered("it is no receipt: \(error.full)")
      return
    }
    guard let claimed = receipt.signature else {
      self = .unsigned(receipt)
      return
    }
    guard let parts = Receipt.signedParts(of: bytes), parts.signature == claimed, let signature = Signature(claimed)
    else {
      self = .altered("its signature is not the last line, or is none")
      return
    }
    guard let key = keys.first(where: { $0.id == signature.keyID }) else {
      self = .otherKey(signature.keyID)
      return
    }
    self =
      key.isValid(signature, for: parts.covered)
      ? .valid(receipt, key: key.id) : .altered("its content is not what the key \(key.id) signed")
  }
}

/// `hamuctl verify --receipt FILE --key PUB`.
package struct ReceiptCheck {
  /// Bytes of a file of public keys.
  private static let keyBytes = 1 << 20

  private let bytes: [UInt8]
  private let keys: [VerifyingKey]

  /// - Throws: `.noInput` where a file cannot be read, `.usage` where `key` holds no public keys.
  package init(receipt: String, key: String) throws(ControlError) {
    do {
      bytes = try DataFile.read(receipt, limit: Limits.documentBytes)
      let text = String(decoding: try DataFile.read(key, limit: Self.keyBytes), as: UTF8.self)
      guard let keys = VerifyingKey.list(pem: text) else {
        throw ControlError(.usage, "\(key) holds no public Ed25519 key in PEM; hamuctl key prints hamud's")
      }
      self.keys = keys
    } catch let error as ControlError {
      throw error
    } catch {
      throw ControlError(.unknownRequest, "\(error)")
    }
  }

  /// The answer for people and scripts, and the exit code.
  package var answer: (json: JSONValue, code: ExitCode) {
    switch ReceiptProof(bytes, keys: keys) {
    case .valid(let receipt, let key):
      let what = receipt.request.map { "request \($0)" } ?? "a refused file"
      return (
        answer(
          "valid", "the receipt of \(what), \(receipt.state.rawValue), is what the key \(key) signed", receipt, key),
        .success
      )
    case .altered(let problem):
      return (answer("altered", "do not trust it: \(problem); ask for the receipt anew", nil, nil), .rejected)
    case .otherKey(let key):
      let given = keys.map(\.id).joined(separator: ", ")
      let sentence =
        "it claims to be signed with the key \(key), and given was \(given); get that key from whom you trust, or distrust it"
      return (answer("other_key", sentence, nil, key), .notProven)
    case .unsigned(let receipt):
      let sentence =
        "it is not signed: it was written before there were signatures, or its last line is missing; ask for it anew"
      return (answer("unsigned", sentence, receipt, nil), .notProven)
    }
  }

  private func answer(_ verdict: String, _ message: String, _ receipt: Receipt?, _ key: String?) -> JSONValue {
    .present([
      "verdict": JSONValue(verdict), "message": JSONValue(message), "key": key.map { JSONValue($0) },
      "request": receipt?.request.map { JSONValue($0) }, "state": receipt.map { JSONValue($0.state.rawValue) },
      "record": receipt?.record.map { JSONValue($0) },
    ])
  }
}
