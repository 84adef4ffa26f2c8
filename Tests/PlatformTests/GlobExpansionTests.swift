import Platform
import Testing

@Suite struct GlobExpansionTests {
  @Test(arguments: [
    ("data_batch_1.bin", "data_batch_*.bin", true), ("data_batch_.bin", "data_batch_*.bin", true),
    ("test_batch.bin", "data_batch_*.bin", false), ("abcabc", "*abc", true), ("aXbXc", "a*b*c", true),
    ("ab", "a*b*c", false), (".hidden", "*", false), (".hidden", ".*", true), ("a?b", "a?b", true),
    ("axb", "a?b", false), ("", "*", true), ("aaaa", "a*a*a*a*a", false),
  ])
  func star_matchesAnyRunOfBytes(name: String, pattern: String, expected: Bool) {
    #expect(GlobExpansion.matches(name, pattern) == expected)
  }

  @Test func manyStars_doNotExplode() {
    let name = String(repeating: "a", count: 4000)
    #expect(!GlobExpansion.matches(name, String(repeating: "a*", count: 100) + "b"))
  }

  @Test func expand_givesPathsInByteOrder() throws {
    let folder = Folder()
    for name in ["b10.bin", "b2.bin", "B1.bin", "b1.bin", ".b3.bin", "b1.txt"] { folder.put(name, "x") }
    let found = try GlobExpansion.expand(folder.file("*.bin"))
    #expect(found == ["B1.bin", "b1.bin", "b10.bin", "b2.bin"].map(folder.file))
  }

  @Test func expand_ofDirectories_looksIntoEach() throws {
    let folder = Folder()
    for name in ["y", "x", "x-1"] {
      try DurableDirectory.make(folder.file(name))
      folder.put(name + "/part.csv", "x")
    }
    folder.put("file", "not a directory")
    let found = try GlobExpansion.expand(folder.file("*/part.csv"))
    // Byte order of the whole path: '-' stands before '/'.
    #expect(found == ["x-1/part.csv", "x/part.csv", "y/part.csv"].map(folder.file))
  }

  @Test func expand_withoutStar_returnsThePathUnseen() throws {
    #expect(try GlobExpansion.expand("/no/such/file") == ["/no/such/file"])
  }

  @Test func expand_whenNothingMatches_isEmpty() throws {
    let folder = Folder()
    #expect(try GlobExpansion.expand(folder.file("none-*")).isEmpty)
    #expect(try GlobExpansion.expand(folder.file("no/such/*/x")).isEmpty)
  }
}
