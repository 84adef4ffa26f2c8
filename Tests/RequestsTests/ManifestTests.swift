import Requests
import Testing

@Suite struct ManifestTests {
  private static let whole = """
    hamud: 1                        # format
    id: dsr-2026-000123
    model: cifar10
    forget:
      samples: [17, 42, 1000-1999, "img-00017"]
      subjects: ["user:8841"]
      ranges: [[2000, 2999]]
    reason: GDPR Art. 17
    deadline: 2026-12-23
    priority: urgent
    on_hardness: continue
    """

  @Test func manifest_withEveryKey_isReadWithPlaces() throws {
    let manifest = try parse(Self.whole)
    #expect(manifest.id.text == "dsr-2026-000123")
    #expect(manifest.model == Located("cifar10", at: SourcePosition(line: 3, column: 8)))
    #expect(
      manifest.selection
        == .rows(
          [
            Located(.row(17), at: SourcePosition(line: 5, column: 13)),
            Located(.row(42), at: SourcePosition(line: 5, column: 17)),
            Located(.range(1000...1999), at: SourcePosition(line: 5, column: 21)),
            Located(.id("img-00017"), at: SourcePosition(line: 5, column: 32)),
            Located(.range(2000...2999), at: SourcePosition(line: 7, column: 12)),
          ],
          subjects: [Located("user:8841", at: SourcePosition(line: 6, column: 14))]))
    #expect(manifest.selection.count == 6)
    #expect(manifest.reason == "GDPR Art. 17")
    // date -u -d 2026-12-24 +%s
    #expect(manifest.deadline?.end == 1_798_070_400)
    #expect(manifest.deadline?.text == "2026-12-23")
    #expect(manifest.priority == .urgent)
    #expect(manifest.onHardness == .continue)
  }

  @Test func manifest_withNoMoreThanItNeeds_hasTheDefaults() throws {
    let manifest = try parse("hamud: 1\nmodel: m\nforget: {classes: [airplane, 3, \"4\"]}", stem: "drop-7")
    #expect(manifest.id.text == "drop-7")
    #expect(manifest.reason == nil && manifest.deadline == nil && manifest.onHardness == nil)
    #expect(manifest.priority == .normal)
    #expect(manifest.selection.isOfClasses)
    guard case .classes(let classes) = manifest.selection else { return }
    #expect(classes.map(\.value) == [.name("airplane"), .label(3), .name("4")])
  }

  @Test func manifest_asJSON_saysTheSame() throws {
    let json = """
      {"hamud": 1, "id": "dsr-2026-000123", "model": "cifar10", "forget": {
      \t"samples": [17, 42, "img-00017"], "subjects": ["user:8841"], "ranges": [[1000, 1999], [2000, 2999]]},
       "reason": "GDPR Art.\\u002017", "deadline": "2026-12-23", "priority": "urgent", "on_hardness": "continue"}
      """
    let fromJSON = try parse(json)
    let fromYAML = try parse(Self.whole)
    #expect(fromJSON.id == fromYAML.id && fromJSON.deadline == fromYAML.deadline)
    #expect(fromJSON.reason == "GDPR Art. 17")
    #expect(fromJSON.selection.count == 6)
  }

  @Test func manifest_asJSONWithSurrogatePairs_keepsTheCharacter() throws {
    let text = #"{"hamud": 1, "model": "m", "forget": {"subjects": ["\ud83d\ude00", "\\ud83d\\ude00", "😀"]}}"#
    guard case .rows(_, let subjects) = try parse(text).selection else { return }
    #expect(subjects.map(\.value) == ["😀", #"\ud83d\ude00"#, "😀"])
  }

  @Test(arguments: [
    "no", "off", "null", "~", "1e3", "0017", "0x1F", "1:30", "+5", "-5", "017-20", "1_000", "2026-12-23",
  ])
  func sample_whenAWordThatOthersWouldGuessAt_isTheWord(_ word: String) throws {
    #expect(try samples("[\(word)]") == [.id(word)])
  }

  @Test func samples_areReadByTheirSpelling() throws {
    #expect(
      try samples("[0, 17, '17', \"1-2\", 1-2, 5-5, img, 9223372036854775807]")
        == [.row(0), .row(17), .id("17"), .id("1-2"), .range(1...2), .range(5...5), .id("img"), .row(.max)])
    #expect(try samples("\n    - 3\n    - >-\n      a\n      b\n") == [.row(3), .id("a b")])
  }

  @Test func words_areReadByTheirKey() throws {
    let manifest = try parse("hamud: \"1\"\nid: no\nmodel: 2e-4\nforget: {subjects: [null, 1.50, yes]}\nreason: off\n")
    #expect(manifest.id.text == "no" && manifest.model.value == "2e-4" && manifest.reason == "off")
    guard case .rows(_, let subjects) = manifest.selection else { return }
    #expect(subjects.map(\.value) == ["null", "1.50", "yes"])
  }

  @Test(arguments: [
    "\u{FEFF}hamud: 1\nmodel: m\nforget: {samples: [1]}\n", "hamud: 1\r\nmodel: m\r\nforget: {samples: [1]}\r\n",
    "%YAML 1.2\n---\nhamud: 1\nmodel: m\nforget: {samples: [1]}\n...\n", "hamud: 1\nmodel: m\nforget: {samples: [1]}",
    "# a comment\n\n{hamud: 1, model: m, forget: {samples: [1,],}}",
    "\"hamud\": 1\n'model': m\n? forget\n: samples:\n  - 1\n",
  ])
  func manifest_inAnySpellingOfYAML_isRead(_ text: String) throws {
    #expect(try parse(text).selection.count == 1)
  }

  @Test func onHardness_ofSeveral_isTheStrictest() {
    #expect(OnHardness.strictest([.continue, .stop, .continue]) == .stop)
    #expect(OnHardness.strictest([.continue]) == .continue)
  }

  private func parse(_ text: String, stem: String = "case") throws(Refusal) -> Manifest {
    try Manifest.parse(Array(text.utf8), fileStem: stem)
  }

  private func samples(_ list: String) throws -> [RowSelector] {
    guard case .rows(let rows, _) = try parse("hamud: 1\nmodel: m\nforget:\n  samples: \(list)\n").selection else {
      return []
    }
    return rows.map(\.value)
  }
}
