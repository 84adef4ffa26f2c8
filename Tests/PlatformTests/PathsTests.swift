import Platform
import Testing

@Suite struct PathsTests {
  @Test(arguments: [
    ("/a", "b", "/a/b"), ("/a/", "b", "/a/b"), ("a", "b/c", "a/b/c"), ("/a", "/b", "/b"), ("", "b", "b"),
    ("/a", "", "/a"), ("/", "b", "/b"),
  ])
  func join_givesOnePath(directory: String, name: String, expected: String) {
    #expect(Paths.join(directory, name) == expected)
  }

  @Test func join_ofManyParts_goesFromLeftToRight() {
    #expect(Paths.join("/var", "lib", "hamud") == "/var/lib/hamud")
  }

  @Test(arguments: [
    ("/a/b.yaml", "/a", "b.yaml", "b", "yaml"), ("/a", "/", "a", "a", ""), ("a", ".", "a", "a", ""),
    ("/a/b/", "/a", "b", "b", ""), ("/", "/", "/", "/", ""), ("/a//b", "/a", "b", "b", ""),
    ("/a/.hidden", "/a", ".hidden", ".hidden", ""), ("/a/x.tar.gz", "/a", "x.tar.gz", "x.tar", "gz"),
    ("//a", "/", "a", "a", ""), ("/a/ä.yml", "/a", "ä.yml", "ä", "yml"),
  ])
  func parts_ofAPath(path: String, parent: String, name: String, stem: String, suffix: String) {
    #expect(Paths.parent(of: path) == parent)
    #expect(Paths.lastComponent(of: path) == name)
    #expect(Paths.stem(of: path) == stem)
    #expect(Paths.fileExtension(of: path) == suffix)
  }

  @Test func order_isOfBytesNotOfCharacters() {
    // Unicode would call these equal; as names they are two files.
    let (composed, decomposed) = ("\u{e9}", "e\u{301}")
    #expect(Paths.isBefore(decomposed, composed))
    #expect(!Paths.isBefore(composed, decomposed))
    #expect(Paths.isBefore("a-b", "a/b"))
    #expect(Paths.isBefore("Z", "a"))
  }

  @Test func fileName_keepsBytesThatAreNoText() {
    let name = FileName(bytes: [0x66, 0xff, 0x2e, 0x79, 0x6d, 0x6c])
    #expect(name.text == nil)
    #expect(name.readable == "f\u{fffd}.yml")
    #expect(name.hasSuffix(".yml") && name.hasPrefix("f") && !name.hasSuffix(".yaml"))
    #expect(FileName("b") < FileName(bytes: [0xff]))
    #expect(FileName(".x").startsWithDot)
  }
}
