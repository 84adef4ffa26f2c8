import Requests
import Testing

/// A manifest that is refused, with every word of the answer.
struct BadManifest: Sendable, CustomTestStringConvertible {
  let name: String
  let text: String
  var stem = "case"
  let answer: String

  var testDescription: String { name }
}

@Suite struct BadManifestTests {
  /// Planted in every manifest of the tables where a value of the requester's stands.
  static let secret = "zoe"

  @Test(arguments: syntax + keys + values + selectors)
  func manifest_whenBad_isAnsweredToTheWord(_ bad: BadManifest) {
    let refusal = refused(Array(bad.text.utf8), stem: bad.stem)
    #expect(refusal?.reason == .invalid)
    #expect(refusal?.full == bad.answer)
    #expect(refusal?.redacted.contains(Self.secret) == false)
    #expect(refusal?.problems.count == refusal?.redacted.split(separator: "\n").count)
  }

  @Test func manifest_whenNotUTF8_isRefusedAtTheFirstWrongByte() {
    let head = "hamud: 1\nmodel: mü"
    let wrong: [[UInt8]] = [[0xFF], [0xC0, 0xAF], [0xED, 0xA0, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xE2, 0x82]]
    for bytes in wrong {
      let refusal = refused(Array(head.utf8) + bytes)
      #expect(refusal?.full == "2:10: this is not UTF-8; save the file as UTF-8")
    }
    let utf16: [UInt8] = [0xFF, 0xFE] + head.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
    #expect(refused(utf16)?.full == "1:1: this is not UTF-8; save the file as UTF-8")
  }

  @Test func manifest_whenZeroBytesStandInIt_isRefused() {
    let refusal = refused(Array("hamud: 1\nmodel: m\u{0}\n".utf8))
    #expect(
      refusal?.full == """
        2:9: this is no YAML: control characters are not allowed; \
        remove that character, or write it as an escape in double quotes
        """)
  }

  @Test func refusal_whenItHasManyProblems_listsSomeAndCountsTheRest() {
    let keys = (1...1500).map { "zoe\($0): x\n" }.joined()
    let refusal = refused(Array(("hamud: 1\nmodel: m\nforget: {samples: [1]}\n" + keys).utf8))
    #expect(refusal?.problems.count == Limits.problemsListed)
    #expect(refusal?.unlisted == 500)
    #expect(refusal?.full.hasSuffix("\nand 500 more") == true)
    let journal = refusal?.redacted.split(separator: "\n")
    #expect(journal?.count == Limits.problemsInJournal + 1)
    #expect(journal?.last == "and 1480 more")
  }

  @Test func excerpt_whenLongOrUnprintable_isCutAndEscaped() {
    let long = String(repeating: "z", count: 65)
    let refusal = refused(Array("hamud: 1\nmodel: m\nforget: {samples: [1]}\npriority: \(long)\n".utf8))
    #expect(refusal?.full.contains("\"\(long.dropLast())…\" is not") == true)
    let escaped = refused(
      Array(#"{"hamud": 1, "model": "m", "forget": {"samples": [1]}, "id": "a\"\\\n\t\u001b\u202e"}"#.utf8))
    #expect(escaped?.full.contains(#""a\"\\\n\t\u{1b}\u{202e}" is not an id"#) == true)
  }
}

/// The refusal of bytes that should be one; nil, and a failed expectation follows, where they are taken.
func refused(_ bytes: [UInt8], stem: String = "case") -> Refusal? {
  do {
    _ = try Manifest.parse(bytes, fileStem: stem)
    return nil
  } catch {
    return error
  }
}
