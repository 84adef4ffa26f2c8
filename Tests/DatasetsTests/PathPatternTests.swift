import Datasets
import Testing

@Suite struct PathPatternTests {
  @Test func star_matchesWithinOneComponentInByteOrder() throws {
    let scratch = try Scratch()
    for name in ["b/x10.bin", "b/x2.bin", "a/X1.bin", "a/x1.bin.txt", "a/.x3.bin", "c.bin/y.bin", "a/sub.bin/z"] {
      try scratch.write(name, "")
    }
    #expect(
      try PathPattern.expand(scratch.at("*/*.bin"))
        == ["a/X1.bin", "b/x10.bin", "b/x2.bin", "c.bin/y.bin"].map(scratch.at))
    #expect(try PathPattern.expand(scratch.at("b/x2.bin")) == [scratch.at("b/x2.bin")])
    #expect(try PathPattern.expand(scratch.at("nothing")) == [scratch.at("nothing")])
    #expect(try PathPattern.expand(scratch.at("a/.*.bin")) == [scratch.at("a/.x3.bin")])
    #expect(throws: DatasetError.noFiles(pattern: scratch.at("*.none"))) {
      try PathPattern.expand(scratch.at("*.none"))
    }
    #expect(throws: DatasetError.noFiles(pattern: scratch.at("no/*"))) { try PathPattern.expand(scratch.at("no/*")) }
  }

  @Test func matching_isExactAndNeverSlow() {
    #expect(PathPattern.matches("abc", "abc") && PathPattern.matches("abc", "*") && PathPattern.matches("abc", "a*c"))
    #expect(PathPattern.matches("abcabd", "*ab*d") && PathPattern.matches("", "") && PathPattern.matches("", "*"))
    #expect(
      !PathPattern.matches("abc", "ab") && !PathPattern.matches("abc", "b*") && !PathPattern.matches("[a]", "?a?"))
    let name = String(repeating: "a", count: 255)
    #expect(!PathPattern.matches(name, String(repeating: "*a", count: 127) + "b"))
  }

  @Test func files_pastTheLimit_areRefused() throws {
    let scratch = try Scratch()
    for index in 0...DatasetLimits.files { try scratch.write("\(index).bin", "") }
    #expect(
      throws: DatasetError.tooManyFiles(
        pattern: scratch.at("*.bin"), found: DatasetLimits.files + 1, limit: DatasetLimits.files)
    ) { try PathPattern.expand(scratch.at("*.bin")) }
  }
}
