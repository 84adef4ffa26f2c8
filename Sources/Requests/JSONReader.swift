extension JSONValue {
  /// Strict RFC 8259: UTF-8, one value, no comments, no trailing commas, no key twice, no lone surrogates, numbers
  /// finite, at most `Limits.jsonDepth` deep and `limit` bytes long. Whole numbers that fit become `.integer`.
  package static func parse(_ bytes: [UInt8], limit: Int = Limits.jsonBytes) throws(Refusal) -> JSONValue {
    guard bytes.count <= limit else { throw .tooLarge(bytes: bytes.count, limit: limit) }
    var reader = JSONReader(bytes: bytes)
    let value = try reader.value(depth: 0)
    reader.skipSpace()
    guard reader.index == bytes.count else { throw reader.failure("more text after the end") }
    return value
  }
}

private struct JSONReader {
  let bytes: [UInt8]
  var index = 0

  init(bytes: [UInt8]) { self.bytes = bytes }

  var current: UInt8? { index < bytes.count ? bytes[index] : nil }

  func failure(_ words: String) -> Refusal {
    let position = SourcePosition(ofByte: index, in: bytes)
    return Refusal(
      .invalid, [Diagnostic(at: position, "this is no JSON: \(ours: words)", mend: "write it as RFC 8259 says")])
  }

  mutating func skipSpace() { while let byte = current, byte.isJSONSpace { index += 1 } }

  mutating func value(depth: Int) throws(Refusal) -> JSONValue {
    skipSpace()
    switch current {
    case UInt8(ascii: "{"): return try object(depth: depth + 1)
    case UInt8(ascii: "["): return try array(depth: depth + 1)
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    case nil: throw failure("it ends too early")
    default: return try number()
    }
  }

  private mutating func word(_ text: String, _ value: JSONValue) throws(Refusal) -> JSONValue {
    guard bytes[index...].starts(with: text.utf8) else { throw failure("an unknown word") }
    index += text.utf8.count
    return value
  }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    skipSpace()
    guard current == UInt8(ascii: character) else { return false }
    index += 1
    return true
  }

  private mutating func array(depth: Int) throws(Refusal) -> JSONValue {
    try enter(depth)
    var elements: [JSONValue] = []
    if take("]") { return .array(elements) }
    repeat { elements.append(try value(depth: depth)) } while take(",")
    guard take("]") else { throw failure("an array wants ',' or ']' here") }
    return .array(elements)
  }

  private mutating func object(depth: Int) throws(Refusal) -> JSONValue {
    try enter(depth)
    var members: [JSONValue.Member] = []
    var seen: Set<String> = []
    if take("}") { return .object(members) }
    repeat {
      skipSpace()
      guard current == UInt8(ascii: "\"") else { throw failure("a quoted key is missing") }
      let key = try string()
      guard seen.insert(key).inserted else { throw failure("a key stands twice") }
      guard take(":") else { throw failure("a ':' is missing") }
      members.append(JSONValue.Member(key, try value(depth: depth)))
    } while take(",")
    guard take("}") else { throw failure("an object wants ',' or '}' here") }
    return .object(members)
  }

  /// Steps over the bracket. Recursion is bounded here.
  private mutating func enter(_ depth: Int) throws(Refusal) {
    guard depth <= Limits.jsonDepth else { throw failure("\(depth) levels deep, at most \(Limits.jsonDepth) are read") }
    index += 1
  }

  private mutating func string() throws(Refusal) -> String {
    index += 1
    var units: [UInt8] = []
    while let byte = current, byte != UInt8(ascii: "\"") {
      if byte < 0x20 { throw failure("a control character in a string") }
      if byte == UInt8(ascii: "\\") {
        units += Array(String(try escape()).utf8)
      } else {
        units.append(byte)
        index += 1
      }
    }
    guard current != nil else { throw failure("a string does not end") }
    guard let text = String(validating: units, as: UTF8.self) else { throw failure("a string is not UTF-8") }
    index += 1
    return text
  }

  private mutating func escape() throws(Refusal) -> Unicode.Scalar {
    guard index + 1 < bytes.count else { throw failure("a string does not end") }
    let byte = bytes[index + 1]
    if byte == UInt8(ascii: "u") { return try unicodeEscape() }
    guard let plain = Self.escapes[byte] else { throw failure("an unknown escape") }
    index += 2
    return plain
  }

  private static let escapes: [UInt8: Unicode.Scalar] = [
    UInt8(ascii: "\""): "\"", UInt8(ascii: "\\"): "\\", UInt8(ascii: "/"): "/", UInt8(ascii: "b"): "\u{8}",
    UInt8(ascii: "f"): "\u{C}", UInt8(ascii: "n"): "\n", UInt8(ascii: "r"): "\r", UInt8(ascii: "t"): "\t",
  ]

  private mutating func unicodeEscape() throws(Refusal) -> Unicode.Scalar {
    let first = try hexadecimal()
    if let scalar = Unicode.Scalar(first) { return scalar }
    guard 0xD800...0xDBFF ~= first, bytes[index...].starts(with: [UInt8(ascii: "\\"), UInt8(ascii: "u")])
    else { throw failure("half of a surrogate pair") }
    let second = try hexadecimal()
    guard 0xDC00...0xDFFF ~= second, let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
    else { throw failure("half of a surrogate pair") }
    return scalar
  }

  private mutating func hexadecimal() throws(Refusal) -> UInt32 {
    let digits = bytes[index...].dropFirst(2).prefix(4)
    guard digits.count == 4, digits.allSatisfy(\.isHexadecimalDigit),
      let value = UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
    else { throw failure("'\\u' wants four hexadecimal digits") }
    index += 6
    return value
  }

  private mutating func number() throws(Refusal) -> JSONValue {
    let start = index
    _ = current == UInt8(ascii: "-") ? (index += 1) : ()
    let leading = current
    guard digits() > 0, leading != UInt8(ascii: "0") || !(bytes[start..<index].filter(\.isDigit).count > 1)
    else { throw failure("neither a value nor a number") }
    var isWhole = true
    if current == UInt8(ascii: ".") {
      index += 1
      isWhole = false
      guard digits() > 0 else { throw failure("a number ends with its point") }
    }
    if current == UInt8(ascii: "e") || current == UInt8(ascii: "E") {
      index += 1
      isWhole = false
      if current == UInt8(ascii: "+") || current == UInt8(ascii: "-") { index += 1 }
      guard digits() > 0 else { throw failure("a number ends with its exponent's letter") }
    }
    let text = String(decoding: bytes[start..<index], as: UTF8.self)
    if isWhole, let value = Int64(text) { return .integer(value) }
    guard let value = Double(text), value.isFinite else { throw failure("a number is too large") }
    return .number(value)
  }

  private mutating func digits() -> Int {
    let start = index
    while let byte = current, byte.isDigit { index += 1 }
    return index - start
  }
}

extension UInt8 {
  var isHexadecimalDigit: Bool {
    isDigit || (UInt8(ascii: "a") <= self && self <= UInt8(ascii: "f"))
      || (UInt8(ascii: "A") <= self && self <= UInt8(ascii: "F"))
  }
}
