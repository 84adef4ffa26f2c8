extension Timestamp {
  /// An RFC 3339 date-time (`2026-12-23T10:00:00+01:00`, `...Z`, with up to 9 digits of a second; further ones are cut).
  /// A leap second is the first moment of the next minute, and only where one can be: 23:59:60 UTC at a month's end.
  /// Absent for anything else, for a day that does not exist and for a year that nanoseconds cannot hold.
  package init?(rfc3339 text: String) {
    var reader = DigitReader(Array(text.utf8))
    guard let date = reader.date(), reader.skip("T") || reader.skip("t"),
      let hour = reader.number(2), hour < 24, reader.skip(":"),
      let minute = reader.number(2), minute < 60, reader.skip(":"),
      let seconds = reader.number(2), seconds <= 60,
      let fraction = reader.fraction(), let offset = reader.offset(), reader.isAtEnd
    else { return nil }
    let moment = date.daysSinceEpoch * 86_400 + hour * 3600 + minute * 60 + seconds - offset
    if seconds == 60 {
      let next = CivilDate(daysSinceEpoch: floorDivide(moment, 86_400))
      guard floorModulo(moment, 86_400) == 0, next.day == 1 else { return nil }
      self.init(secondsSinceEpoch: moment)
    } else {
      self.init(secondsSinceEpoch: moment, nanoseconds: fraction)
    }
  }

  /// The first moment of a day in UTC: `2026-12-23`. Absent for anything else and for a day that does not exist.
  package init?(date text: String) {
    var reader = DigitReader(Array(text.utf8))
    guard let date = reader.date(), reader.isAtEnd else { return nil }
    self.init(secondsSinceEpoch: date.daysSinceEpoch * 86_400)
  }
}

/// A day of the Gregorian calendar, counted from 1970-01-01.
struct CivilDate: Hashable {
  let year: Int64
  let month: Int
  let day: Int

  /// Absent for a day that does not exist.
  init?(year: Int64, month: Int, day: Int) {
    guard (1...12).contains(month), day >= 1, day <= CivilDate.days(inMonth: month, ofYear: year) else { return nil }
    (self.year, self.month, self.day) = (year, month, day)
  }

  /// Years are counted from March, so that the leap day is the last day of a year; 146097 days make an era of 400 years.
  init(daysSinceEpoch: Int64) {
    let days = daysSinceEpoch + 719_468
    let era = floorDivide(days, 146_097)
    let dayOfEra = days - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let marchMonth = (5 * dayOfYear + 2) / 153
    day = Int(dayOfYear - (153 * marchMonth + 2) / 5 + 1)
    month = Int(marchMonth < 10 ? marchMonth + 3 : marchMonth - 9)
    year = yearOfEra + era * 400 + (marchMonth < 10 ? 0 : 1)
  }

  var daysSinceEpoch: Int64 {
    let marchYear = month <= 2 ? year - 1 : year
    let era = floorDivide(marchYear, 400)
    let yearOfEra = marchYear - era * 400
    let marchMonth = Int64(month > 2 ? month - 3 : month + 9)
    let dayOfYear = (153 * marchMonth + 2) / 5 + Int64(day) - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  private static func days(inMonth month: Int, ofYear year: Int64) -> Int {
    switch month {
    case 4, 6, 9, 11: 30
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    default: 31
    }
  }
}

/// Reads fixed-width numbers and marks; RFC 3339 has nothing else.
private struct DigitReader {
  private let bytes: [UInt8]
  private var position = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  var isAtEnd: Bool { position == bytes.count }

  mutating func skip(_ mark: Unicode.Scalar) -> Bool {
    guard position < bytes.count, bytes[position] == UInt8(ascii: mark) else { return false }
    position += 1
    return true
  }

  mutating func digit() -> Int64? {
    guard position < bytes.count, (48...57).contains(bytes[position]) else { return nil }
    position += 1
    return Int64(bytes[position - 1]) - 48
  }

  /// Exactly so many digits.
  mutating func number(_ digits: Int) -> Int64? {
    var value: Int64 = 0
    for _ in 0..<digits {
      guard let next = digit() else { return nil }
      value = value * 10 + next
    }
    return value
  }

  mutating func date() -> CivilDate? {
    guard let year = number(4), skip("-"), let month = number(2), skip("-"), let day = number(2) else { return nil }
    return CivilDate(year: year, month: Int(month), day: Int(day))
  }

  /// Nanoseconds; 0 where there is no fraction; absent for a dot without digits.
  mutating func fraction() -> Int64? {
    guard skip(".") else { return 0 }
    guard var value = digit() else { return nil }
    var digits = 1
    while let next = digit() {
      if digits < 9 { value = value * 10 + next }
      digits = min(digits + 1, 9)
    }
    for _ in digits..<9 { value *= 10 }
    return value
  }

  /// Seconds east of UTC.
  mutating func offset() -> Int64? {
    if skip("Z") || skip("z") { return 0 }
    let sign: Int64
    if skip("+") { sign = 1 } else if skip("-") { sign = -1 } else { return nil }
    guard let hours = number(2), hours < 24, skip(":"), let minutes = number(2), minutes < 60 else { return nil }
    return sign * (hours * 3600 + minutes * 60)
  }
}
