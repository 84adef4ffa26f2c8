/// Numbers as text that JSON, YAML 1.1 and YAML 1.2 all read back as the same number: always with a point, an exponent
/// always signed. (YAML 1.1 takes `1e-05` for a word.)
enum DecimalText {
  /// Significant digits of a figure in a receipt: more than any of them is good for, few enough to read.
  static let figureDigits = 6

  /// The shortest text that reads back as exactly this number; nil where it is not finite.
  static func full(_ value: Double) -> String? {
    guard value.isFinite else { return nil }
    let text = value == 0 ? "0.0" : value.description
    guard let exponent = text.firstIndex(of: "e"), !text.contains(".") else { return text }
    return text[..<exponent] + ".0" + text[exponent...]
  }

  /// The nearest number with `figureDigits` significant digits, rounded on the shortest decimal text so that no
  /// further binary rounding enters; nil where it is not finite.
  static func figure(_ value: Double) -> Double? {
    guard value.isFinite else { return nil }
    let parts = value.magnitude.description.split(separator: "e", maxSplits: 1)
    var exponent = parts.count > 1 ? Int(parts[1]) ?? 0 : 0
    let point = parts[0].split(separator: ".", omittingEmptySubsequences: false)
    if point.count > 1 { exponent -= point[1].utf8.count }
    let digits = Array(parts[0].utf8.filter(\.isDigit).drop { $0 == UInt8(ascii: "0") })
    guard digits.count > figureDigits else { return value }
    var kept = digits.prefix(figureDigits).reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
    if digits[figureDigits] >= UInt8(ascii: "5") { kept += 1 }
    exponent += digits.count - figureDigits
    return Double("\(value < 0 ? "-" : "")\(kept)e\(exponent)")
  }

  static func hexadecimal(_ value: UInt32, digits: Int) -> String {
    let text = String(value, radix: 16)
    return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
  }
}
