/// JSON escapes a character beyond U+FFFF as two `\u` surrogates, which libyaml refuses. For a text that is JSON, each
/// such pair becomes the one YAML escape `\U0001F600`; there `\u` can only stand in a quoted string, so nothing else is
/// touched. Places further right in the same line then count two columns less for each pair: accepted, since a text
/// that a program wrote is rarely mended by hand.
enum JSONSurrogates {
  static func joined(_ bytes: [UInt8]) -> [UInt8] {
    guard bytes.first(where: { !$0.isJSONSpace }) == UInt8(ascii: "{"),
      bytes.indices.contains(where: { high(bytes, $0) != nil }),
      (try? JSONValue.parse(bytes, limit: Limits.documentBytes)) != nil
    else { return bytes }
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    var index = 0
    while index < bytes.count {
      if let high = high(bytes, index), let low = unit(bytes, index + 6), 0xDC00...0xDFFF ~= low {
        let scalar = 0x10000 + (high - 0xD800) << 10 + (low - 0xDC00)
        result += Array("\\U\(DecimalText.hexadecimal(scalar, digits: 8))".utf8)
        index += 12
      } else {
        // A backslash and what it escapes go together, so that `\\u` is not taken for an escape.
        let length = bytes[index] == UInt8(ascii: "\\") ? min(2, bytes.count - index) : 1
        result += bytes[index..<index + length]
        index += length
      }
    }
    return result
  }

  private static func high(_ bytes: [UInt8], _ index: Int) -> UInt32? {
    guard let unit = unit(bytes, index), 0xD800...0xDBFF ~= unit else { return nil }
    return unit
  }

  private static func unit(_ bytes: [UInt8], _ index: Int) -> UInt32? {
    guard index + 6 <= bytes.count, bytes[index] == UInt8(ascii: "\\"), bytes[index + 1] == UInt8(ascii: "u")
    else { return nil }
    return UInt32(String(decoding: bytes[index + 2..<index + 6], as: UTF8.self), radix: 16)
  }
}

extension UInt8 {
  var isJSONSpace: Bool { self == 0x20 || self == 0x09 || self == 0x0A || self == 0x0D }
}
