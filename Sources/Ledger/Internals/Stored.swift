import FoundationEssentials
import GRDB
import Platform
import Requests

// How values stand in columns.

extension SHA256Digest {
  var stored: Data { Data(bytes) }
}

extension Timestamp {
  var stored: Int64 { nanosecondsSinceEpoch }
}

extension [UInt8] {
  var stored: Data { Data(self) }
}

extension [Int] {
  /// `0,3`
  var stored: String { map { String($0) }.joined(separator: ",") }
}

extension Evidence {
  /// A receipt's text that holds nothing else; nil when there is none. Receipts are what the figures are for, so their
  /// form (and its rounding to 6 digits) is the form in which they are kept.
  var stored: String? {
    if self == Evidence() { return nil }
    var receipt = Receipt(state: .held)
    receipt.take(self)
    return receipt.json.text
  }

  init(stored: String?) throws {
    self.init()
    guard let stored else { return }
    // The parser's own words point into text that nobody wrote by hand; that the ledger is damaged is what matters.
    guard let receipt = try? Receipt.parse(Array(stored.utf8)) else {
      throw LedgerError.damaged("what a run measured cannot be read")
    }
    steps = receipt.steps
    judged = receipt.judged
    before = receipt.before
    after = receipt.after
    hardness = receipt.hardness
    goingOn = receipt.goingOn
    nearDuplicates = receipt.nearDuplicates
  }
}

extension Receipt {
  mutating func take(_ evidence: Evidence) {
    steps = evidence.steps
    judged = evidence.judged
    before = evidence.before
    after = evidence.after
    hardness = evidence.hardness
    goingOn = evidence.goingOn
    nearDuplicates = evidence.nearDuplicates
  }
}

extension [RowMark] {
  /// For each row: its number (8 bytes, little-endian), the content's digest, and the id's with a byte 1 before it, or a byte 0.
  var stored: Data {
    var data = Data(capacity: count * (9 + 2 * SHA256Digest.byteCount))
    for mark in self {
      Swift.withUnsafeBytes(of: UInt64(mark.row).littleEndian) { data.append(contentsOf: $0) }
      data.append(contentsOf: mark.content.bytes)
      data.append(mark.id == nil ? 0 : 1)
      if let id = mark.id { data.append(contentsOf: id.bytes) }
    }
    return data
  }

  init(stored bytes: [UInt8]) throws {
    self = []
    var rest = bytes[...]
    func take(_ count: Int) throws -> [UInt8] {
      guard rest.count >= count else { throw LedgerError.damaged("the marks of a request's rows cannot be read") }
      defer { rest = rest.dropFirst(count) }
      return Array<UInt8>(rest.prefix(count))
    }
    func digest() throws -> SHA256Digest {
      guard let digest = SHA256Digest(bytes: try take(SHA256Digest.byteCount)) else {
        throw LedgerError.damaged("the marks of a request's rows cannot be read")
      }
      return digest
    }
    while !rest.isEmpty {
      let row = try take(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
      let content = try digest()
      let hasID = try take(1) == [1]
      guard let number = Int(exactly: row) else {
        throw LedgerError.damaged("the marks of a request's rows cannot be read")
      }
      append(RowMark(row: number, content: content, id: hasID ? try digest() : nil))
    }
  }
}
