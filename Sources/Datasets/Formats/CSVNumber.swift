/// A decimal number in a cell, as `strtod` in the C locale reads it, correctly rounded; without hexadecimal, `nan`,
/// `inf`.
enum CSVNumber {
  /// The powers of ten that a Double holds exactly.
  private static let powers: [Double] = [
    1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
    1e21, 1e22,
  ]

  /// - Parameter range: of the cell; blanks around the number are ignored.
  static func parse(_ bytes: [UInt8], _ range: Range<Int>) throws(DatasetError.TableFault) -> Double {
    var start = range.lowerBound
    var end = range.upperBound
    while start < end, isBlank(bytes[start]) { start += 1 }
    while end > start, isBlank(bytes[end - 1]) { end -= 1 }
    guard start < end else { throw .emptyCell }
    guard let parts = Parts(bytes, start..<end) else { throw .notANumber }
    // Up to 15 digits and a power of ten up to 22 are exact, so one operation rounds once (Clinger, 1990).
    if parts.digits <= 15, abs(parts.exponent) < powers.count {
      let value =
        parts.exponent < 0
        ? Double(parts.significand) / powers[-parts.exponent] : Double(parts.significand) * powers[parts.exponent]
      return parts.isNegative ? -value : value
    }
    // The form was checked, so only a number too large for a Double fails or becomes infinite here.
    guard let value = Double(String(decoding: bytes[start..<end], as: UTF8.self)), value.isFinite else {
      throw .notFinite
    }
    return value
  }

  private static func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }

  /// Sign, digits, point and exponent of a well-formed number.
  private struct Parts {
    var isNegative = false
    /// Of the first 19 digits; meaningful when there are no more.
    var significand: UInt64 = 0
    /// Digits without leading zeros.
    var digits = 0
    var exponent = 0

    init?(_ bytes: [UInt8], _ range: Range<Int>) {
      var position = range.lowerBound
      let end = range.upperBound
      if bytes[position] == UInt8(ascii: "-") || bytes[position] == UInt8(ascii: "+") {
        isNegative = bytes[position] == UInt8(ascii: "-")
        position += 1
      }
      let whole = takeDigits(bytes, &position, end)
      var fraction = 0
      if position < end, bytes[position] == UInt8(ascii: ".") {
        position += 1
        fraction = takeDigits(bytes, &position, end)
        exponent = -fraction
      }
      guard whole + fraction > 0 else { return nil }
      if position < end, bytes[position] | 0x20 == UInt8(ascii: "e") {
        position += 1
        guard takeExponent(bytes, &position, end) else { return nil }
      }
      guard position == end else { return nil }
    }

    /// - Returns: how many digits there were.
    private mutating func takeDigits(_ bytes: [UInt8], _ position: inout Int, _ end: Int) -> Int {
      let start = position
      while position < end, let digit = Self.digit(bytes[position]) {
        if digits > 0 || digit > 0 { digits += 1 }
        if digits <= 19 { significand = significand &* 10 &+ UInt64(digit) }
        position += 1
      }
      return position - start
    }

    private mutating func takeExponent(_ bytes: [UInt8], _ position: inout Int, _ end: Int) -> Bool {
      var sign = 1
      if position < end, bytes[position] == UInt8(ascii: "-") || bytes[position] == UInt8(ascii: "+") {
        sign = bytes[position] == UInt8(ascii: "-") ? -1 : 1
        position += 1
      }
      let start = position
      var value = 0
      while position < end, let digit = Self.digit(bytes[position]) {
        value = min(value * 10 + digit, 1_000_000)
        position += 1
      }
      exponent += sign * value
      return position > start
    }

    private static func digit(_ byte: UInt8) -> Int? {
      byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") ? Int(byte - UInt8(ascii: "0")) : nil
    }
  }
}
