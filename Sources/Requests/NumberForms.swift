extension ScalarForm where Value == Int {
  /// A whole number in decimal, without leading zeros, underscores or a plus sign.
  package static func integer(in range: ClosedRange<Int>, example: Int? = nil) -> Self {
    let shape =
      range.upperBound == .max
      ? "a whole number, \(range.lowerBound) or more" : "a whole number from \(range.lowerBound) to \(range.upperBound)"
    return Self(shape: shape, example: String(example ?? range.lowerBound)) { scalar in
      if NumberText.hasLeadingZeros(scalar.text) {
        return .wrong("\(theirs: scalar.text) begins with a zero", mend: "write it without")
      }
      guard let value = NumberText.integer(scalar.text), range.contains(value) else { return .unfit }
      return .value(value)
    }
  }
}

extension ScalarForm where Value == Double {
  /// A finite decimal number; `2e-4` is one, `0x1p3`, `.inf` and `nan` are none. Which numbers are allowed is
  /// `allows`, and `shape` says so.
  package static func real(
    _ shape: String, example: String, where allows: @escaping @Sendable (Double) -> Bool
  ) -> Self {
    Self(
      shape: shape, example: example,
      text: { text in NumberText.real(text).flatMap { allows($0) ? $0 : nil } })
  }

  /// Above 0.
  package static var positive: Self { .real("a number above 0", example: "0.1") { $0 > 0 } }

  /// 0 or more.
  package static var notNegative: Self { .real("a number, 0 or more", example: "0.1") { $0 >= 0 } }

  /// From 0 to 1.
  package static var share: Self { .real("a number from 0 to 1", example: "0.2") { 0...1 ~= $0 } }

  /// `10%` or `0.1`: a share of a whole, from 0 to 1.
  package static var percentage: Self {
    Self(
      shape: "a share such as 10% or 0.1", example: "10%",
      text: { text in
        let isPercent = text.hasSuffix("%")
        guard let number = NumberText.real(isPercent ? String(text.dropLast()) : text) else { return nil }
        let share = isPercent ? number / 100 : number
        return 0...1 ~= share ? share : nil
      })
  }
}

extension ScalarForm where Value == Duration {
  /// `500ms`, `60s`, `10min`, `1h`, `7d`, `3y` (a year is 365 days): a whole number and a unit.
  package static var duration: Self {
    Self(
      shape: "a duration: a whole number with ms, s, min, h, d or y", example: "10min",
      text: { text in
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        guard let count = NumberText.integer(String(digits)), let unit = milliseconds[String(text[digits.endIndex...])],
          case let (total, overflow) = Int64(count).multipliedReportingOverflow(by: unit), !overflow
        else { return nil }
        return .milliseconds(total)
      })
  }

  private static var milliseconds: [String: Int64] {
    ["ms": 1, "s": 1000, "min": 60_000, "h": 3_600_000, "d": 86_400_000, "y": 365 * 86_400_000]
  }
}

extension ScalarForm where Value == Deadline {
  package static var deadline: Self {
    Self(
      shape: "a date or an RFC 3339 time with its zone", example: "2026-12-23 or 2026-12-23T18:00:00Z",
      text: { Deadline($0) })
  }
}

/// Numbers in exactly one spelling: what another reader might take for octal, sexagesimal or a word is none.
enum NumberText {
  /// Nil also where the number does not fit.
  static func integer(_ text: String) -> Int? { isInteger(text) ? Int(text) : nil }

  /// What some readers take for octal.
  static func hasLeadingZeros(_ text: String) -> Bool {
    text.utf8.count > 1 && text.hasPrefix("0") && text.utf8.allSatisfy(\.isDigit)
  }

  /// Decimal digits, perhaps after a minus sign, without leading zeros; however large.
  static func isInteger(_ text: String) -> Bool {
    let digits = text.hasPrefix("-") ? text.utf8.dropFirst() : text.utf8[...]
    guard let first = digits.first, digits.allSatisfy(\.isDigit) else { return false }
    return first != UInt8(ascii: "0") || digits.count == 1
  }

  /// Digits with an optional sign, point and exponent. Swift's own reader would also take hexadecimal and infinity.
  static func real(_ text: String) -> Double? {
    let bytes = text.utf8
    guard bytes.contains(where: \.isDigit),
      bytes.allSatisfy({ $0.isDigit || "+-.eE".utf8.contains($0) }), let value = Double(text), value.isFinite
    else { return nil }
    return value
  }
}
