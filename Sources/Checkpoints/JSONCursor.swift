/// What is wrong with a JSON text.
package enum JSONFault: Sendable, Equatable {
  case unexpectedEnd
  case unexpected(UInt8, wanted: String)
  case notUTF8
  case badEscape
  case badNumber
  case controlCharacter
  case duplicateKey(String)
  case tooDeep(limit: Int)
  case trailing
}

/// A strict, forward-only reader of JSON (RFC 8259) over bytes in memory.
///
/// Foundation's decoder keeps one of two equal keys without a word, and a header with a tensor named twice is the
/// simplest way to show one model to a checker and another to a loader; so the keys are compared here, after
/// unescaping. The caller asks for what it expects, so a hostile text never grows a tree in memory, and nothing recurses
/// except through the caller's own, counted, depth.
struct JSONCursor {
  private let bytes: [UInt8]
  private(set) var position = 0

  /// The keys of one object, or the elements of one array, that were read so far.
  struct Scope {
    fileprivate var seen: Set<String> = []
    fileprivate var isFirst = true
  }

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  func fault(_ fault: JSONFault) -> CheckpointError { .json(at: position, fault) }

  /// The next byte that is not white space, without taking it.
  mutating func peek() throws(CheckpointError) -> UInt8 {
    skipSpace()
    guard position < bytes.count else { throw fault(.unexpectedEnd) }
    return bytes[position]
  }

  mutating func take(_ byte: UInt8, wanted: String) throws(CheckpointError) {
    let found = try peek()
    guard found == byte else { throw fault(.unexpected(found, wanted: wanted)) }
    position += 1
  }

  mutating func beginObject() throws(CheckpointError) -> Scope {
    try take(UInt8(ascii: "{"), wanted: "an object")
    return Scope()
  }

  mutating func beginArray() throws(CheckpointError) -> Scope {
    try take(UInt8(ascii: "["), wanted: "a list")
    return Scope()
  }

  /// The next key of an object, its colon taken; nil at the closing brace, which is taken too.
  mutating func nextKey(_ scope: inout Scope) throws(CheckpointError) -> String? {
    guard try next(&scope, closing: UInt8(ascii: "}")) else { return nil }
    let start = position
    let key = try string()
    guard scope.seen.insert(key).inserted else { throw .json(at: start, .duplicateKey(key)) }
    try take(UInt8(ascii: ":"), wanted: "':'")
    return key
  }

  /// True when an array has another element; false at the closing bracket, which is taken.
  mutating func nextElement(_ scope: inout Scope) throws(CheckpointError) -> Bool {
    try next(&scope, closing: UInt8(ascii: "]"))
  }

  private mutating func next(_ scope: inout Scope, closing: UInt8) throws(CheckpointError) -> Bool {
    let found = try peek()
    if found == closing {
      position += 1
      return false
    }
    if !scope.isFirst {
      try take(UInt8(ascii: ","), wanted: "',' or the closing bracket")
      _ = try peek()
    }
    scope.isFirst = false
    return true
  }

  /// Nothing but white space may follow.
  mutating func end() throws(CheckpointError) {
    skipSpace()
    guard position == bytes.count else { throw fault(.trailing) }
  }

  private mutating func skipSpace() {
    while position < bytes.count {
      switch bytes[position] {
      case 0x20, 0x09, 0x0a, 0x0d: position += 1
      default: return
      }
    }
  }

  /// Takes `word` (true, false, null).
  mutating func word(_ word: StaticString) throws(CheckpointError) {
    for index in 0..<word.utf8CodeUnitCount {
      guard position < bytes.count else { throw fault(.unexpectedEnd) }
      guard bytes[position] == word.utf8Start[index] else {
        throw fault(.unexpected(bytes[position], wanted: "a value"))
      }
      position += 1
    }
  }
}

// MARK: - Numbers

extension JSONCursor {
  /// The text of one number, exactly as the grammar has it.
  mutating func number() throws(CheckpointError) -> (text: String, isInteger: Bool) {
    _ = try peek()
    let start = position
    var isInteger = true
    if bytes[position] == UInt8(ascii: "-") { position += 1 }
    if position < bytes.count, bytes[position] == UInt8(ascii: "0") {
      position += 1
    } else {
      try digits()
    }
    if position < bytes.count, bytes[position] == UInt8(ascii: ".") {
      isInteger = false
      position += 1
      try digits()
    }
    if position < bytes.count, bytes[position] | 0x20 == UInt8(ascii: "e") {
      isInteger = false
      position += 1
      if position < bytes.count, bytes[position] == UInt8(ascii: "+") || bytes[position] == UInt8(ascii: "-") {
        position += 1
      }
      try digits()
    }
    if position < bytes.count, isDigit(bytes[position]) { throw fault(.badNumber) }
    return (String(decoding: bytes[start..<position], as: UTF8.self), isInteger)
  }

  /// A whole number from 0 to `Int.max`: what a shape and an offset are made of. `-0`, `1.0` and `1e3` are none.
  mutating func count() throws(CheckpointError) -> Int {
    let start = position
    let (text, isInteger) = try number()
    guard isInteger, !text.hasPrefix("-"), let value = Int(text) else { throw .json(at: start, .badNumber) }
    return value
  }

  private mutating func digits() throws(CheckpointError) {
    let start = position
    while position < bytes.count, isDigit(bytes[position]) { position += 1 }
    guard position > start else { throw fault(position < bytes.count ? .badNumber : .unexpectedEnd) }
  }

  private func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }
}

// MARK: - Strings

extension JSONCursor {
  mutating func string() throws(CheckpointError) -> String {
    try take(UInt8(ascii: "\""), wanted: "a string")
    let start = position
    while position < bytes.count {
      switch bytes[position] {
      case UInt8(ascii: "\""):
        defer { position += 1 }
        return try text(Array(bytes[start..<position]))
      case UInt8(ascii: "\\"): return try escapedString(from: start)
      case 0..<0x20: throw fault(.controlCharacter)
      default: position += 1
      }
    }
    throw fault(.unexpectedEnd)
  }

  /// The rest of a string that has an escape in it; `position` is at the first backslash.
  private mutating func escapedString(from start: Int) throws(CheckpointError) -> String {
    var unescaped = Array(bytes[start..<position])
    while position < bytes.count {
      let byte = bytes[position]
      switch byte {
      case UInt8(ascii: "\""):
        defer { position += 1 }
        return try text(unescaped)
      case UInt8(ascii: "\\"): unescaped.append(contentsOf: try escape())
      case 0..<0x20: throw fault(.controlCharacter)
      default:
        unescaped.append(byte)
        position += 1
      }
    }
    throw fault(.unexpectedEnd)
  }

  private func text(_ bytes: [UInt8]) throws(CheckpointError) -> String {
    guard let text = String(validating: bytes, as: UTF8.self) else { throw fault(.notUTF8) }
    return text
  }

  private mutating func escape() throws(CheckpointError) -> [UInt8] {
    guard position + 1 < bytes.count else { throw fault(.unexpectedEnd) }
    let kind = bytes[position + 1]
    if kind == UInt8(ascii: "u") { return try unicodeEscape() }
    let simple: [UInt8: UInt8] = [
      UInt8(ascii: "\""): 0x22, UInt8(ascii: "\\"): 0x5c, UInt8(ascii: "/"): 0x2f, UInt8(ascii: "b"): 0x08,
      UInt8(ascii: "f"): 0x0c, UInt8(ascii: "n"): 0x0a, UInt8(ascii: "r"): 0x0d, UInt8(ascii: "t"): 0x09,
    ]
    guard let byte = simple[kind] else { throw fault(.badEscape) }
    position += 2
    return [byte]
  }

  /// `\uXXXX`, or two of them for a character beyond the basic plane. Half a pair is no character.
  private mutating func unicodeEscape() throws(CheckpointError) -> [UInt8] {
    let high = try hexUnit()
    var value = UInt32(high)
    if high & 0xfc00 == 0xd800 {
      let low = try hexUnit()
      guard low & 0xfc00 == 0xdc00 else { throw fault(.badEscape) }
      value = 0x10000 + (UInt32(high & 0x3ff) << 10) + UInt32(low & 0x3ff)
    }
    guard let scalar = Unicode.Scalar(value) else { throw fault(.badEscape) }
    return Array(String(Character(scalar)).utf8)
  }

  private mutating func hexUnit() throws(CheckpointError) -> UInt16 {
    guard position + 1 < bytes.count, bytes[position] == UInt8(ascii: "\\"), bytes[position + 1] == UInt8(ascii: "u")
    else { throw fault(.badEscape) }
    guard position + 6 <= bytes.count else { throw fault(.unexpectedEnd) }
    let digits = bytes[position + 2..<position + 6]
    // The initializer below would take a sign.
    guard !digits.contains(where: { $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "-") }),
      let unit = UInt16(String(decoding: digits, as: UTF8.self), radix: 16)
    else { throw fault(.badEscape) }
    position += 6
    return unit
  }
}
