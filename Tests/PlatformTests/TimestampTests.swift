import Glibc
import Platform
import Testing

@Suite struct TimestampTests {
  @Test(arguments: [
    ("1970-01-01T00:00:00Z", 0), ("2026-12-23T10:15:30Z", 1_798_020_930), ("2026-12-23T10:15:30+01:00", 1_798_017_330),
    ("2026-12-23t10:15:30-00:30", 1_798_022_730), ("2024-02-29T00:00:00z", 1_709_164_800),
    ("2000-02-29T12:00:00Z", 951_825_600), ("1969-12-31T23:59:59Z", -1), ("2016-12-31T23:59:60Z", 1_483_228_800),
    ("2017-01-01T00:59:60+01:00", 1_483_228_800),
  ])
  func parse_whenWellFormed_givesTheMoment(text: String, seconds: Int64) {
    #expect(Timestamp(rfc3339: text) == Timestamp(secondsSinceEpoch: seconds))
  }

  @Test(arguments: [
    "", "2026-12-23", "2026-12-23T10:15:30", "2026-12-23 10:15:30Z", "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z",
    "2026-02-29T00:00:00Z", "2100-02-29T00:00:00Z", "2026-04-31T00:00:00Z", "2026-12-23T24:00:00Z",
    "2026-12-23T10:60:00Z", "2026-12-23T10:15:60Z", "2026-12-15T23:59:60Z", "2026-12-23T10:15:61Z",
    "2026-12-23T10:15:30.Z", "2026-12-23T10:15:30+1:00", "2026-12-23T10:15:30+24:00", "2026-12-23T10:15:30Z ",
    "٢٠٢٦-12-23T10:15:30Z", "-026-12-23T10:15:30Z", "2026-12-23T10:15Z", "2300-01-01T00:00:00Z",
    "1600-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "2026-1-1T00:00:00Z", "+026-12-23T10:15:30Z",
  ])
  func parse_whenNotRFC3339OrOutOfReach_isAbsent(text: String) {
    #expect(Timestamp(rfc3339: text) == nil)
  }

  @Test(arguments: [
    (".5", 500_000_000), (".000000001", 1), (".123456789", 123_456_789), (".1234567899", 123_456_789), (".0", 0),
  ])
  func parse_ofAFraction_keepsNineDigits(fraction: String, nanoseconds: Int64) {
    #expect(
      Timestamp(rfc3339: "1970-01-01T00:00:00\(fraction)Z") == Timestamp(nanosecondsSinceEpoch: nanoseconds))
  }

  @Test func date_isTheFirstMomentOfItsDay() throws {
    let day = try #require(Timestamp(date: "2026-12-23"))
    #expect(day.description == "2026-12-23T00:00:00Z")
    #expect(day.endOfDay.description == "2026-12-24T00:00:00Z")
    #expect((day + .seconds(3600 * 13)).startOfDay == day)
    #expect((day + .seconds(3600 * 13)).dateText == "2026-12-23")
    #expect((day - .nanoseconds(1)).dateText == "2026-12-22")
  }

  @Test(arguments: ["2026-02-29", "2026-2-28", "2026-12-23T", "26-12-23", "2026-12-32", " 2026-12-23", "0000-00-00"])
  func date_whenThereIsNoSuchDay_isAbsent(text: String) {
    #expect(Timestamp(date: text) == nil)
  }

  @Test func text_roundTrips_atEveryPrecisionAndAtTheEnds() {
    for nanoseconds: Int64 in [0, 1, 999, 1_000, 1_500_000, -1, -1_000_000_001, .min, .max, 1_798_020_930_123_456_789] {
      let moment = Timestamp(nanosecondsSinceEpoch: nanoseconds)
      #expect(Timestamp(rfc3339: moment.description) == moment, "\(nanoseconds)")
    }
    #expect(Timestamp.distantFuture.description == "2262-04-11T23:47:16.854775807Z")
    #expect(Timestamp.distantPast.description == "1677-09-21T00:12:43.145224192Z")
    #expect(Timestamp(nanosecondsSinceEpoch: 1_500_000).description == "1970-01-01T00:00:00.001500Z")
    #expect(Timestamp(nanosecondsSinceEpoch: -1).rfc3339() == "1969-12-31T23:59:59Z")
    #expect(Timestamp(nanosecondsSinceEpoch: 1_999_999_999).rfc3339(fractionDigits: 3) == "1970-01-01T00:00:01.999Z")
  }

  @Test func calendar_agreesWithTheCLibrary_onEveryDayThatCanBe() {
    for day: Int64 in -106_751...106_751 {
      var seconds = time_t(day * 86_400)
      var broken = tm()
      gmtime_r(&seconds, &broken)
      let text = Timestamp(secondsSinceEpoch: day * 86_400)?.dateText
      let numbers = text?.split(separator: "-").compactMap { Int32($0) } ?? []
      guard numbers == [broken.tm_year + 1900, broken.tm_mon + 1, broken.tm_mday],
        text.flatMap({ Timestamp(date: $0) })?.secondsSinceEpoch == day * 86_400
      else {
        Issue.record("day \(day): \(text ?? "none")")
        return
      }
    }
  }

  @Test func bounds_whenJustOutside_areAbsent() {
    #expect(Timestamp(secondsSinceEpoch: 9_223_372_036, nanoseconds: 854_775_807) == .distantFuture)
    #expect(Timestamp(secondsSinceEpoch: 9_223_372_036, nanoseconds: 854_775_808) == nil)
    #expect(Timestamp(secondsSinceEpoch: -9_223_372_037, nanoseconds: 145_224_192) == .distantPast)
    #expect(Timestamp(secondsSinceEpoch: -9_223_372_037, nanoseconds: 145_224_191) == nil)
    #expect(Timestamp(secondsSinceEpoch: .max) == nil && Timestamp(secondsSinceEpoch: .min) == nil)
  }

  @Test func arithmetic_whenPastTheEnd_staysThere() {
    #expect(Timestamp.distantFuture + .seconds(1) == .distantFuture)
    #expect(Timestamp.distantPast - .seconds(1) == .distantPast)
    #expect(Timestamp.epoch + .seconds(Int64.max) == .distantFuture)
    #expect(Timestamp.epoch - .seconds(Int64.max) == .distantPast)
    #expect(Timestamp.distantFuture - Timestamp.distantPast > .seconds(18_446_744_073))
    #expect(Timestamp.distantPast.startOfDay == .distantPast && Timestamp.distantFuture.endOfDay == .distantFuture)
  }

  @Test func clocks_goForward() {
    let (wall, start) = (WallClock.now, MonotonicInstant.now)
    #expect(wall > Timestamp(date: "2024-01-01") ?? .distantFuture)
    #expect(MonotonicInstant.now >= start)
    #expect((start + .seconds(2)) - start == .seconds(2))
    #expect(start + .seconds(Int64.max) > start)
  }

  /// On a machine that was suspended once the two differ by that.
  @Test func clocks_thatCountASuspendedMachine_andThatDoNot() {
    func read(_ clock: clockid_t) -> Int64 {
      var time = timespec()
      clock_gettime(clock, &time)
      return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
    let (awake, since) = (read(CLOCK_MONOTONIC), read(CLOCK_BOOTTIME))
    let (instant, monotonic) = (AwakeInstant.now, MonotonicInstant.now)
    #expect((awake...read(CLOCK_MONOTONIC)).contains(instant.nanoseconds))
    #expect((since...read(CLOCK_BOOTTIME)).contains(monotonic.nanoseconds))
    #expect((instant + .seconds(2)) - instant == .seconds(2))
    #expect((instant + .seconds(Int64.max)) - instant > .seconds(2))
  }
}
