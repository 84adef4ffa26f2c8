import Requests
import Testing

/// Single values by the type of their key.
@Suite struct FormTests {
  private func read<Value>(_ text: String, _ form: ScalarForm<Value>) -> Value? {
    guard case .value(let value) = form.read(YAMLScalar(text, isPlain: true)) else { return nil }
    return value
  }

  @Test func integer_hasOneSpelling() {
    let form = ScalarForm<Int>.integer(in: -10...1000)
    #expect(["0", "17", "1000", "-10"].map { read($0, form) } == [0, 17, 1000, -10])
    for text in [
      "017", "00", "-01", "+1", "1.0", "1e3", "0x10", "0o17", "1_000", "1,000", " 1", "", "-", "1001", "-11", "١",
    ] {
      #expect(read(text, form) == nil, "\(text)")
    }
    #expect(form.shape == "a whole number from -10 to 1000")
    #expect(ScalarForm<Int>.integer(in: 1...Int.max).shape == "a whole number, 1 or more")
  }

  @Test func real_isDecimalAndFinite() {
    let form = ScalarForm<Double>.real("a number", example: "1") { _ in true }
    #expect(
      ["2e-4", "1", "-0.5", ".5", "5.", "1E3", "+2.5"].map { read($0, form) } == [2e-4, 1, -0.5, 0.5, 5, 1000, 2.5])
    for text in ["nan", "inf", ".inf", "0x1p3", "1e999", "1_0", "1,5", "e", "-", ".", "1e", "1.2.3", "", "1 2"] {
      #expect(read(text, form) == nil, "\(text)")
    }
    #expect(read("0", .positive) == nil && read("0", .notNegative) == 0 && read("1", .share) == 1)
    #expect(read("1.01", .share) == nil && read("-0.1", .notNegative) == nil)
  }

  @Test func percentage_isAShareOfAWhole() {
    #expect(["10%", "0.1", "0", "100%", "2.5%"].map { read($0, .percentage) } == [0.1, 0.1, 0, 1, 0.025])
    for text in ["101%", "-1%", "%", "10", "10 %"] { #expect(read(text, .percentage) == nil, "\(text)") }
  }

  @Test func duration_isANumberAndAUnit() {
    let good: [(String, Duration)] = [
      ("500ms", .milliseconds(500)), ("60s", .seconds(60)), ("10min", .seconds(600)), ("1h", .seconds(3600)),
      ("7d", .seconds(604_800)), ("3y", .seconds(94_608_000)), ("0s", .zero),
    ]
    for (text, value) in good { #expect(read(text, .duration) == value, "\(text)") }
    for text in ["60", "s", "1m", "1 h", "1.5h", "-1s", "010s", "1H", "9223372036854775807y", "1sec", ""] {
      #expect(read(text, .duration) == nil, "\(text)")
    }
  }

  @Test func boolean_isOnOrOff() {
    #expect(
      ["on", "true", "yes", "off", "false", "no"].map { read($0, .boolean) } == [true, true, true, false, false, false])
    for text in ["On", "1", "", "y"] { #expect(read(text, .boolean) == nil, "\(text)") }
  }

  /// Seconds from `date -u -d TEXT +%s`.
  @Test func deadline_isADateOrATime() {
    let good: [(String, Int64)] = [
      ("1970-01-01", 86_400), ("2026-12-23", 1_798_070_400), ("2024-02-29", 1_709_251_200),
      ("2000-02-29", 951_868_800), ("1969-12-31", 0), ("0001-01-01", -62_135_510_400), ("9999-12-31", 253_402_300_800),
      ("2026-12-23T18:00:00Z", 1_798_048_800), ("2026-12-23t18:00:00.25z", 1_798_048_800),
      ("2026-12-23 18:00:00+01:30", 1_798_043_400), ("2026-12-23T18:00:00-00:30", 1_798_050_600),
      ("2016-12-31T23:59:60Z", 1_483_228_800),
    ]
    for (text, end) in good { #expect(read(text, .deadline)?.end == end, "\(text)") }
    let bad = [
      "2023-02-29", "1900-02-29", "2026-13-01", "2026-00-10", "2026-04-31", "26-12-23", "2026-1-1", "2026-12-23T18:00Z",
      "2026-12-23T24:00:00Z", "2026-12-23T18:60:00Z", "2026-12-23T18:00:61Z", "2026-12-23T18:00:00",
      "2026-12-23T18:00:00.Z",
      "2026-12-23T18:00:00+24:00", "2026-12-23T18:00:00Zx", "2026-12-23T", "tomorrow", "",
    ]
    for text in bad { #expect(read(text, .deadline) == nil, "\(text)") }
  }

  @Test func word_refusesLaterWordsByName() {
    let form = ScalarForm<Priority>.word(later: ["soon"])
    guard case .wrong(let problem, let mend) = form.read(YAMLScalar("soon", isPlain: true)) else {
      Issue.record("a later word was not refused by name")
      return
    }
    #expect(problem.full == "\"soon\" is not in this release yet" && mend.full == "write normal or urgent")
  }

  @Test func nearestWord_isWithinAThird() {
    let known = ["hamud", "model", "forget", "reason", "deadline", "priority", "on_hardness"]
    let near = [
      ("modle", "model"), ("Model", "model"), ("models", "model"), ("deadlin", "deadline"), ("prioritty", "priority"),
      ("onhardness", "on_hardness"), ("on-hardness", "on_hardness"), ("forgte", "forget"),
    ]
    for (word, meant) in near { #expect(NearestWord.of(word, among: known) == meant, "\(word)") }
    for word in ["", "x", "subjects", "dedlyne-for-all", String(repeating: "model", count: 20)] {
      #expect(NearestWord.of(word, among: known) == nil, "\(word)")
    }
  }

  @Test func positions_countCharacters() {
    #expect(SourcePosition(ofByte: 0, in: []) == .start)
    #expect(SourcePosition(ofByte: 7, in: Array("ä\nöü".utf8)) == SourcePosition(line: 2, column: 3))
  }
}
