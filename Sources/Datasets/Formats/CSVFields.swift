/// The fields of one record (RFC 4180): ranges of its bytes, quotes excluded.
struct CSVFields {
  struct Field: Equatable {
    let start: Int
    let end: Int
    /// Quotes inside are doubled.
    let hasQuotes: Bool
  }

  typealias Fault = DatasetError.TableFault

  private(set) var fields: [Field] = []

  /// The fields of `record`; storage is kept from call to call.
  mutating func split(_ record: [UInt8]) throws(Fault) {
    fields.removeAll(keepingCapacity: true)
    var position = 0
    while true {
      let isQuoted = position < record.count && record[position] == UInt8(ascii: "\"")
      let field = isQuoted ? try Self.quoted(record, position + 1) : try Self.plain(record, position)
      fields.append(field)
      position = isQuoted ? field.end + 1 : field.end
      guard position < record.count else { return }
      // `plain` stops at a comma or the end only; after a closing quote anything else is a mistake.
      guard record[position] == UInt8(ascii: ",") else { throw .textAfterQuote }
      position += 1
    }
  }

  private static func plain(_ record: [UInt8], _ start: Int) throws(Fault) -> Field {
    var end = start
    while end < record.count, record[end] != UInt8(ascii: ",") {
      if record[end] == UInt8(ascii: "\"") { throw .strayQuote }
      if record[end] == UInt8(ascii: "\r") { throw .bareCarriageReturn }
      end += 1
    }
    return Field(start: start, end: end, hasQuotes: false)
  }

  private static func quoted(_ record: [UInt8], _ start: Int) throws(Fault) -> Field {
    var end = start
    var hasQuotes = false
    while end < record.count {
      if record[end] == UInt8(ascii: "\"") {
        guard end + 1 < record.count, record[end + 1] == UInt8(ascii: "\"") else {
          return Field(start: start, end: end, hasQuotes: hasQuotes)
        }
        hasQuotes = true
        end += 1
      }
      end += 1
    }
    throw .unclosedQuote
  }

  /// A field's bytes with doubled quotes made single.
  func bytes(_ index: Int, of record: [UInt8]) -> [UInt8] {
    let field = fields[index]
    let bytes = record[field.start..<field.end]
    guard field.hasQuotes else { return Array(bytes) }
    var text: [UInt8] = []
    var wasQuote = false
    for byte in bytes {
      wasQuote = byte == UInt8(ascii: "\"") && !wasQuote
      if !wasQuote { text.append(byte) }
    }
    return text
  }

  /// nil where the field is not UTF-8.
  func text(_ index: Int, of record: [UInt8]) -> String? {
    String(validating: bytes(index, of: record), as: UTF8.self)
  }

  func number(_ index: Int, of record: [UInt8]) throws(Fault) -> Double {
    let field = fields[index]
    return try CSVNumber.parse(record, field.start..<field.end)
  }
}
