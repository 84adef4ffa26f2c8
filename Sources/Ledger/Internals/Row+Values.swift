import FoundationEssentials
import GRDB
import Platform
import Requests

/// Reading with the expectation that the column holds what this room wrote; anything else is damage, never a trap.
extension Row {
  func value<Value: DatabaseValueConvertible>(_ column: Int, as: Value.Type) throws -> Value? {
    let stored: DatabaseValue = self[column]
    if stored.isNull { return nil }
    guard let value = Value.fromDatabaseValue(stored) else {
      throw LedgerError.damaged("a column holds another type of value than was written")
    }
    return value
  }

  func required<Value: DatabaseValueConvertible>(_ column: Int, as type: Value.Type) throws -> Value {
    guard let value = try value(column, as: type) else {
      throw LedgerError.damaged("a column that must be set is empty")
    }
    return value
  }

  func integer(_ column: Int) throws -> Int { try required(column, as: Int.self) }
  func optionalInteger(_ column: Int) throws -> Int? { try value(column, as: Int.self) }
  func text(_ column: Int) throws -> String { try required(column, as: String.self) }
  func optionalText(_ column: Int) throws -> String? { try value(column, as: String.self) }
  func optionalReal(_ column: Int) throws -> Double? { try value(column, as: Double.self) }

  func bytes(_ column: Int) throws -> [UInt8] {
    try withUnsafeData(atIndex: column) { data in
      guard let data else { throw LedgerError.damaged("a column that must be set is empty") }
      return [UInt8](data)
    }
  }

  func time(_ column: Int) throws -> Timestamp {
    Timestamp(nanosecondsSinceEpoch: try required(column, as: Int64.self))
  }
  func optionalTime(_ column: Int) throws -> Timestamp? {
    try value(column, as: Int64.self).map(Timestamp.init(nanosecondsSinceEpoch:))
  }

  func word<Word: RawRepresentable<String>>(_ column: Int, _: Word.Type = Word.self) throws -> Word {
    guard let word = Word(rawValue: try text(column)) else { throw LedgerError.damaged("an unknown word of state") }
    return word
  }

  func optionalWord<Word: RawRepresentable<String>>(_ column: Int, _: Word.Type = Word.self) throws -> Word? {
    guard let text = try optionalText(column) else { return nil }
    guard let word = Word(rawValue: text) else { throw LedgerError.damaged("an unknown word of state") }
    return word
  }

  func digest(_ column: Int) throws -> SHA256Digest {
    guard let digest = SHA256Digest(bytes: try bytes(column)) else {
      throw LedgerError.damaged("a digest is not 32 bytes")
    }
    return digest
  }

  func optionalDigest(_ column: Int) throws -> SHA256Digest? {
    (self[column] as DatabaseValue).isNull ? nil : try digest(column)
  }

  func requestID(_ column: Int) throws -> RequestID {
    guard let id = RequestID(try text(column)) else { throw LedgerError.damaged("the id of a request is none") }
    return id
  }

  func rowSet(_ column: Int) throws -> RowSet? {
    guard let text = try optionalText(column) else { return nil }
    guard let rows = RowSet(text: text) else { throw LedgerError.damaged("a set of rows cannot be read") }
    return rows
  }

  func labels(_ column: Int) throws -> [Int] {
    try text(column).split(separator: ",").map { part in
      guard let label = Int(part) else { throw LedgerError.damaged("a list of labels cannot be read") }
      return label
    }
  }
}
