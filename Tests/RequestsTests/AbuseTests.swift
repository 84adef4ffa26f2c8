import Requests
import Testing

/// Inputs made to cost more than their size: each as large as a manifest may be, and each read in linear time.
@Suite struct AbuseTests {
  static let patterns: [String] = [
    "[", "{", "- ", "? ", "a: ", "[],", "{},", "\"", "'", "|\n", ">\n ", "&a ", "&a x\n", "*a ", "- *a\n", "!t ",
    "!<", "%", "%YAML 1.1\n", "---\n", "...\n", "#\n", "\n", "\t", " ", ":", ",", "-", "- -\n", "a: b\n",
    "a\n", "\"\\x41\"", "\\", "\u{FEFF}", "é", "😀", "[a, ", "{a: ", "- a:\n", "? a\n: ", "x: [\n", "]", "}", "@", "`",
    "\r", "\u{85}", "\u{2028}", "0", "1-2,", "\"\\ud83d\\ude00\"", "<<: ", "- |\n  x\n", "'' ", "a b c ",
  ]

  @Test(arguments: patterns) func manifest_whenAPatternFillsIt_isRefusedInTime(_ pattern: String) {
    for head in ["", "{\"hamud\": 1, \"forget\": {\"samples\": [", "hamud: 1\nforget:\n  samples:\n  "] {
      let body = String(repeating: pattern, count: (Limits.documentBytes - head.utf8.count) / pattern.utf8.count)
      let clock = ContinuousClock()
      let start = clock.now
      var refusal: Refusal?
      do {
        _ = try Manifest.parse(Array((head + body).utf8), fileStem: "abuse")
      } catch {
        refusal = error
      }
      let time = clock.now - start
      if time > .seconds(1) { print("SLOW \(pattern.debugDescription) after \(head.debugDescription): \(time)") }
      #expect(time < .seconds(30), "\(pattern.debugDescription) took \(time)")
      #expect(refusal?.problems.isEmpty == false)
      #expect((refusal?.full.utf8.count ?? 0) < 1 << 20)
      #expect((refusal?.redacted.utf8.count ?? 0) < 48 << 10)
    }
  }

  /// What is only counted is neither quoted nor compared with the keys that it might have meant.
  @Test func manifest_whenKeysThatNobodyKnowsFillIt_wordsOnlyThoseItLists() {
    let keys = (0..<100_000).map { "k\($0): x\n" }.joined()
    let error = #expect(throws: Refusal.self) { try Manifest.parse(Array(keys.utf8), fileStem: "abuse") }
    #expect(error?.problems.count == Limits.problemsListed)
    #expect(error.map { $0.unlisted + $0.problems.count } == 100_000 + 3)
  }

  @Test func report_pastTheProblemsThatAreListed_isNotWorded() throws {
    let document = try DocumentReader(Array("a: 1".utf8))
    var worded = 0
    func words() -> DiagnosticText {
      worded += 1
      return "wrong"
    }
    for _ in 0..<Limits.problemsListed + 500 { document.report(at: .start, words(), mend: "mend it") }
    #expect(worded == Limits.problemsListed)
    let error = #expect(throws: Refusal.self) { try document.finish() }
    #expect(error?.unlisted == 500)
  }
}
