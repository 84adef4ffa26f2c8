/// A JSON value whose objects keep the order of their keys: what hamud.json, config.json and a paused run's state
/// consist of.
package indirect enum RecordValue: Sendable, Equatable {
  case null
  case bool(Bool)
  case integer(Int)
  /// Never NaN or infinite: `render` writes those as null, since JSON has no word for them.
  case real(Double)
  case text(String)
  case list([RecordValue])
  case map([Member])

  /// One key of an object and its value.
  package struct Member: Sendable, Equatable {
    package let key: String
    package let value: RecordValue

    package init(_ key: String, _ value: RecordValue) {
      self.key = key
      self.value = value
    }
  }

  /// An object from pairs, those with a nil value left out.
  package static func object(_ pairs: [(String, RecordValue?)]) -> RecordValue {
    .map(pairs.compactMap { key, value in value.map { Member(key, $0) } })
  }
}

// MARK: - Reading

extension RecordValue {
  /// Parses a whole JSON text, strictly: one value, no key twice, at most `CheckpointLimits.jsonDepth` levels.
  ///
  /// - Throws: `CheckpointError.json`, with the byte where the text goes wrong.
  package static func parse(_ bytes: [UInt8]) throws(CheckpointError) -> RecordValue {
    var cursor = JSONCursor(bytes)
    let value = try read(&cursor, depth: 1)
    try cursor.end()
    return value
  }

  private static func read(_ cursor: inout JSONCursor, depth: Int) throws(CheckpointError) -> RecordValue {
    let first = try cursor.peek()
    switch first {
    case UInt8(ascii: "{"), UInt8(ascii: "["):
      guard depth <= CheckpointLimits.jsonDepth else {
        throw cursor.fault(.tooDeep(limit: CheckpointLimits.jsonDepth))
      }
      return first == UInt8(ascii: "{") ? try object(&cursor, depth) : try list(&cursor, depth)
    case UInt8(ascii: "\""): return .text(try cursor.string())
    case UInt8(ascii: "t"):
      try cursor.word("true")
      return .bool(true)
    case UInt8(ascii: "f"):
      try cursor.word("false")
      return .bool(false)
    case UInt8(ascii: "n"):
      try cursor.word("null")
      return .null
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number(&cursor)
    default: throw cursor.fault(.unexpected(first, wanted: "a value"))
    }
  }

  private static func object(_ cursor: inout JSONCursor, _ depth: Int) throws(CheckpointError) -> RecordValue {
    var scope = try cursor.beginObject()
    var members: [Member] = []
    while let key = try cursor.nextKey(&scope) {
      members.append(Member(key, try read(&cursor, depth: depth + 1)))
    }
    return .map(members)
  }

  private static func list(_ cursor: inout JSONCursor, _ depth: Int) throws(CheckpointError) -> RecordValue {
    var scope = try cursor.beginArray()
    var elements: [RecordValue] = []
    while try cursor.nextElement(&scope) { elements.append(try read(&cursor, depth: depth + 1)) }
    return .list(elements)
  }

  private static func number(_ cursor: inout JSONCursor) throws(CheckpointError) -> RecordValue {
    let (text, isInteger) = try cursor.number()
    if isInteger, let value = Int(text) { return .integer(value) }
    guard let value = Double(text), value.isFinite else { throw cursor.fault(.badNumber) }
    return .real(value)
  }
}

// MARK: - Looking inside

extension RecordValue {
  /// The value at a key of an object; nil for a missing key and for what is no object.
  package subscript(_ key: String) -> RecordValue? {
    guard case .map(let members) = self else { return nil }
    return members.first { $0.key == key }?.value
  }

  package var text: String? { if case .text(let text) = self { text } else { nil } }
  package var bool: Bool? { if case .bool(let bool) = self { bool } else { nil } }
  package var list: [RecordValue]? { if case .list(let list) = self { list } else { nil } }
  package var members: [Member]? { if case .map(let members) = self { members } else { nil } }

  /// A whole number; `3.0` is one, `3.5` and what does not fit are none.
  package var integer: Int? {
    switch self {
    case .integer(let value): value
    case .real(let value): Int(exactly: value)
    default: nil
    }
  }

  package var real: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .real(let value): value
    default: nil
    }
  }
}

// MARK: - Writing

extension RecordValue {
  /// The JSON text: two spaces a level, keys in their order, numbers in the shortest form that reads back to the same
  /// bits. A list of plain values stands on one line. The same value always gives the same bytes.
  package func render() -> String {
    var text = ""
    write(to: &text, indent: "")
    return text
  }

  private func write(to text: inout String, indent: String) {
    switch self {
    case .null: text += "null"
    case .bool(let value): text += value ? "true" : "false"
    case .integer(let value): text += String(value)
    case .real(let value): text += value.isFinite ? String(value) : "null"
    case .text(let value): Self.quote(value, to: &text)
    case .list(let values): writeList(values, to: &text, indent: indent)
    case .map(let members): writeMap(members, to: &text, indent: indent)
    }
  }

  private func writeList(_ values: [RecordValue], to text: inout String, indent: String) {
    let nested = values.contains { if case .map = $0 { true } else { false } }
    let inner = indent + "  "
    text += "["
    for (index, value) in values.enumerated() {
      if index > 0 { text += nested ? "," : ", " }
      if nested { text += "\n" + inner }
      value.write(to: &text, indent: inner)
    }
    text += nested ? "\n" + indent + "]" : "]"
  }

  private func writeMap(_ members: [Member], to text: inout String, indent: String) {
    let inner = indent + "  "
    text += "{"
    for (index, member) in members.enumerated() {
      text += (index > 0 ? ",\n" : "\n") + inner
      Self.quote(member.key, to: &text)
      text += ": "
      member.value.write(to: &text, indent: inner)
    }
    text += members.isEmpty ? "}" : "\n" + indent + "}"
  }

  /// A JSON string. Everything outside printable ASCII stays as UTF-8, except control characters.
  static func quote(_ value: String, to text: inout String) {
    text += "\""
    for scalar in value.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "\n": text += "\\n"
      case "\r": text += "\\r"
      case "\t": text += "\\t"
      case "\u{0}"..."\u{1f}":
        let digits = String(scalar.value, radix: 16)
        text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: text.unicodeScalars.append(scalar)
      }
    }
    text += "\""
  }
}
