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
}
