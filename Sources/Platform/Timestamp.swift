/// A moment in UTC: nanoseconds since 1970-01-01T00:00:00Z, without leap seconds, from 1677-09-21 to 2262-04-11.
/// Text is RFC 3339; the calendar is the proleptic Gregorian one (Hinnant, "chrono-compatible low-level date algorithms").
package struct Timestamp: Hashable, Sendable, Comparable, CustomStringConvertible {
  package let nanosecondsSinceEpoch: Int64

  package static let epoch = Timestamp(nanosecondsSinceEpoch: 0)
  package static let distantPast = Timestamp(nanosecondsSinceEpoch: .min)
  package static let distantFuture = Timestamp(nanosecondsSinceEpoch: .max)

  package init(nanosecondsSinceEpoch: Int64) { self.nanosecondsSinceEpoch = nanosecondsSinceEpoch }

  /// Absent when 64 bits of nanoseconds cannot hold it.
  package init?(secondsSinceEpoch: Int64, nanoseconds: Int64 = 0) {
    // Computed on the far side of zero, so that the very first moments do not overflow on the way.
    let (seconds, rest) =
      secondsSinceEpoch < 0 ? (secondsSinceEpoch + 1, nanoseconds - second) : (secondsSinceEpoch, nanoseconds)
    let (whole, overflow) = seconds.multipliedReportingOverflow(by: second)
    let (sum, carried) = whole.addingReportingOverflow(rest)
    if overflow || carried { return nil }
    self.init(nanosecondsSinceEpoch: sum)
  }

  /// Whole seconds, rounded down also before 1970.
  package var secondsSinceEpoch: Int64 { floorDivide(nanosecondsSinceEpoch, second) }

  package static func < (left: Timestamp, right: Timestamp) -> Bool {
    left.nanosecondsSinceEpoch < right.nanosecondsSinceEpoch
  }

  /// Stays at the end of time instead of overflowing.
  package static func + (left: Timestamp, right: Duration) -> Timestamp { left.adding(right.wholeNanoseconds) }
  package static func - (left: Timestamp, right: Duration) -> Timestamp { left + (.zero - right) }

  /// From `right` to `left`.
  package static func - (left: Timestamp, right: Timestamp) -> Duration {
    .seconds(left.secondsSinceEpoch) - .seconds(right.secondsSinceEpoch)
      + .nanoseconds(left.nanosecondsInSecond - right.nanosecondsInSecond)
  }

  private func adding(_ nanoseconds: Int64) -> Timestamp {
    let (sum, overflow) = nanosecondsSinceEpoch.addingReportingOverflow(nanoseconds)
    return overflow ? (nanoseconds < 0 ? .distantPast : .distantFuture) : Timestamp(nanosecondsSinceEpoch: sum)
  }

  /// 0..<10^9, also before 1970. Wraps on the way in the very first second, where whole seconds lie outside of 64 bits.
  var nanosecondsInSecond: Int64 { nanosecondsSinceEpoch &- secondsSinceEpoch &* second }

  /// RFC 3339 with as many digits of a second as there are (0, 3, 6 or 9): parsing it gives the same moment.
  package var description: String {
    let rest = nanosecondsInSecond
    if rest == 0 { return rfc3339(fractionDigits: 0) }
    return rfc3339(fractionDigits: rest % 1_000_000 == 0 ? 3 : rest % 1_000 == 0 ? 6 : 9)
  }

  /// `2026-12-23T10:15:30Z`, cut (not rounded) to so many digits of a second, at most 9.
  package func rfc3339(fractionDigits: Int = 0) -> String {
    let time = floorModulo(secondsSinceEpoch, day)
    var text = "\(dateText)T\(padded(time / 3600, 2)):\(padded(time / 60 % 60, 2)):\(padded(time % 60, 2))"
    if fractionDigits > 0 { text += "." + padded(nanosecondsInSecond, 9).prefix(fractionDigits) }
    return text + "Z"
  }

  /// The day in UTC: `2026-12-23`.
  package var dateText: String {
    let date = CivilDate(daysSinceEpoch: floorDivide(secondsSinceEpoch, day))
    return "\(padded(date.year, 4))-\(padded(Int64(date.month), 2))-\(padded(Int64(date.day), 2))"
  }

  /// The first moment of this moment's day in UTC; the beginning of time where that lies before it.
  package var startOfDay: Timestamp {
    Timestamp(secondsSinceEpoch: floorDivide(secondsSinceEpoch, day) * day) ?? .distantPast
  }

  /// The first moment of the next day in UTC, which is when a day that is given as a deadline has passed.
  package var endOfDay: Timestamp {
    Timestamp(secondsSinceEpoch: (floorDivide(secondsSinceEpoch, day) + 1) * day) ?? .distantFuture
  }
}

extension Duration {
  /// Rounded toward zero; stays at the ends of 64 bits.
  package var wholeNanoseconds: Int64 {
    let (seconds, attoseconds) = components
    let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    let (sum, carried) = whole.addingReportingOverflow(attoseconds / 1_000_000_000)
    return overflow || carried ? (seconds < 0 ? .min : .max) : sum
  }
}

private let second: Int64 = 1_000_000_000
private let day: Int64 = 86_400

func floorDivide(_ value: Int64, _ by: Int64) -> Int64 { value >= 0 ? value / by : ~(~value / by) }
func floorModulo(_ value: Int64, _ by: Int64) -> Int64 { value - floorDivide(value, by) * by }

private func padded(_ value: Int64, _ digits: Int) -> String {
  let text = String(value)
  return String(repeating: "0", count: max(0, digits - text.count)) + text
}
