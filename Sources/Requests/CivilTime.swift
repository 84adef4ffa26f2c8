/// Dates and RFC 3339 times as seconds since 1970 (proleptic Gregorian calendar, UTC). Nothing here asks a clock.
enum CivilTime {
  static let secondsPerDay: Int64 = 86_400

  /// `YYYY-MM-DD` -> the first second after that day.
  static func endOfDay(_ text: String) -> Int64? {
    var rest = Array(text.utf8)[...]
    guard let day = date(&rest), rest.isEmpty else { return nil }
    return (day + 1) * secondsPerDay
  }

  /// RFC 3339 `date-time`; `t`, `z` and a space between date and time are taken as its section 5.6 allows. A leap
  /// second counts as the second after it; a fraction is dropped.
  static func time(_ text: String) -> Int64? {
    var rest = Array(text.utf8)[...]
    guard let day = date(&rest), let separator = rest.popFirst(),
      separator == UInt8(ascii: "T") || separator == UInt8(ascii: "t") || separator == UInt8(ascii: " "),
      let hour = digits(2, &rest), hour < 24, take(":", &rest),
      let minute = digits(2, &rest), minute < 60, take(":", &rest),
      let second = digits(2, &rest), second <= 60
    else { return nil }
    if take(".", &rest) {
      guard rest.first?.isDigit == true else { return nil }
      rest = rest.drop { $0.isDigit }
    }
    guard let offset = offset(&rest), rest.isEmpty else { return nil }
    return day * secondsPerDay + hour * 3600 + minute * 60 + second - offset
  }

  private static func offset(_ rest: inout ArraySlice<UInt8>) -> Int64? {
    guard let sign = rest.popFirst() else { return nil }
    switch sign {
    case UInt8(ascii: "Z"), UInt8(ascii: "z"): return 0
    case UInt8(ascii: "+"), UInt8(ascii: "-"):
      guard let hour = digits(2, &rest), hour < 24, take(":", &rest), let minute = digits(2, &rest), minute < 60
      else { return nil }
      let seconds = hour * 3600 + minute * 60
      return sign == UInt8(ascii: "+") ? seconds : -seconds
    default: return nil
    }
  }

  /// Takes a date off the front; days since 1970-01-01.
  private static func date(_ rest: inout ArraySlice<UInt8>) -> Int64? {
    guard let year = digits(4, &rest), take("-", &rest), let month = digits(2, &rest), take("-", &rest),
      let day = digits(2, &rest), 1...12 ~= month, 1...daysInMonth(month, year) ~= day
    else { return nil }
    // Howard Hinnant, "chrono-compatible low-level date algorithms": years begin in March, so that the leap day is
    // the last of its year.
    let shifted = month <= 2 ? year - 1 : year
    let era = (shifted >= 0 ? shifted : shifted - 399) / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }

  private static func daysInMonth(_ month: Int64, _ year: Int64) -> Int64 {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  private static func digits(_ count: Int, _ rest: inout ArraySlice<UInt8>) -> Int64? {
    guard rest.count >= count, rest.prefix(count).allSatisfy(\.isDigit) else { return nil }
    let value = rest.prefix(count).reduce(Int64(0)) { $0 * 10 + Int64($1 - UInt8(ascii: "0")) }
    rest = rest.dropFirst(count)
    return value
  }

  private static func take(_ character: Unicode.Scalar, _ rest: inout ArraySlice<UInt8>) -> Bool {
    guard rest.first == UInt8(ascii: character) else { return false }
    rest = rest.dropFirst()
    return true
  }
}
