import Requests

/// Numbers as a person reads them.
enum Figures {
  /// Four significant digits, without exponents where that is readable; `-` for what is not there.
  static func short(_ value: JSONValue?) -> String {
    guard let number = value?.numberValue else { return "-" }
    return short(number)
  }

  static func short(_ number: Double) -> String {
    let size = abs(number)
    if size == 0 { return "0" }
    if size >= 1e5 || size < 1e-4 { return significant(number, digits: 3) }
    let decimals = max(0, 4 - Int(size < 1 ? 0 : String(Int(size)).count))
    return fixed(number, decimals: min(4, decimals))
  }

  static func fixed(_ number: Double, decimals: Int) -> String {
    var scale = 1.0
    for _ in 0..<decimals { scale *= 10 }
    let rounded = (abs(number) * scale).rounded()
    guard rounded < 9e15 else { return String(number) }
    let whole = Int(rounded)
    let digits = String(whole)
    let sign = number < 0 && whole != 0 ? "-" : ""
    guard decimals > 0 else { return sign + digits }
    let padded = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
    return sign + padded.dropLast(decimals) + "." + padded.suffix(decimals)
  }

  /// `1.23e-07`
  private static func significant(_ number: Double, digits: Int) -> String {
    var exponent = 0
    var size = abs(number)
    while size >= 10 {
      size /= 10
      exponent += 1
    }
    while size < 1 {
      size *= 10
      exponent -= 1
    }
    return (number < 0 ? "-" : "") + fixed(size, decimals: digits - 1) + "e" + String(exponent)
  }

  static func text(_ value: JSONValue?) -> String {
    if let text = value?.stringValue { return text }
    if let integer = value?.integerValue { return String(integer) }
    return value?.numberValue.map(short) ?? "-"
  }
}
