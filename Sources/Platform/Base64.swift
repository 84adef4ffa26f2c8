/// Base 64 (RFC 4648, section 4), strictly: a text has one decoding or none, and each decoding one text.
enum Base64 {
  private static let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
  private static let padding = UInt8(ascii: "=")

  static func text(_ bytes: [UInt8]) -> String {
    var text: [UInt8] = []
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let group = bytes[start..<min(start + 3, bytes.count)]
      let word = group.reduce(UInt32(0)) { $0 << 8 | UInt32($1) } << UInt32(8 * (3 - group.count))
      for place in 0..<4 {
        text.append(place <= group.count ? digits[Int(word >> UInt32(18 - 6 * place)) & 63] : padding)
      }
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// Nil for whatever `text` does not write: other characters, missing padding, bits that would be dropped.
  static func bytes(_ text: String) -> [UInt8]? {
    let characters = Array(text.utf8)
    guard characters.count.isMultiple(of: 4) else { return nil }
    var bytes: [UInt8] = []
    for start in stride(from: 0, to: characters.count, by: 4) {
      let values = characters[start..<start + 4].prefix { $0 != padding }.map { digits.firstIndex(of: $0) }
      guard values.count > 1 else { return nil }
      var word = 0
      for place in 0..<4 {
        guard let value = place < values.count ? values[place] : 0 else { return nil }
        word = word << 6 | value
      }
      for place in 0..<values.count - 1 { bytes.append(UInt8(truncatingIfNeeded: word >> (16 - 8 * place))) }
    }
    return Base64.text(bytes) == text ? bytes : nil
  }
}
