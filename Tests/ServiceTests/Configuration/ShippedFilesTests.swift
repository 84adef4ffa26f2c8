import Platform
import Requests
import Service
import Testing

/// What stands in etc/ must be taken, and the defaults that its comments name must be the defaults.
@Suite struct ShippedFilesTests {
  @Test func settings_inEveryComment_areTheDefaults() throws {
    guard let etc = Self.etc else { return }
    let text = try String(decoding: DataFile.read(etc + "/hamud.yaml", limit: Limits.documentBytes), as: UTF8.self)
    let tree = try ConfigurationTree()
    try tree.write(settings: text)
    #expect(try ConfigurationLoader.load(tree.places) == Configuration())
    let uncommented = Self.uncommented(text)
    #expect(uncommented.contains("\nscan_interval: 60s"))
    try tree.write(settings: uncommented)
    #expect(try ConfigurationLoader.load(tree.places) == Configuration())
  }

  @Test func models_areTaken_andTheirCommentsNameTheDefaults() throws {
    guard let etc = Self.etc else { return }
    let tree = try ConfigurationTree()
    for file in try DurableDirectory.list(etc + "/models.d") where file.hasSuffix(".yaml") {
      let name = Paths.stem(of: file)
      let bytes = try DataFile.read(etc + "/models.d/" + file, limit: Limits.documentBytes)
      try tree.write(model: name, String(decoding: bytes, as: UTF8.self))
      let plain = try ConfigurationLoader.loadModel(name, file: tree.places.modelSettings + "/" + file)
      guard name == "cifar10" else { continue }
      try tree.write(model: name, Self.uncommented(String(decoding: bytes, as: UTF8.self)))
      var spelled = try ConfigurationLoader.loadModel(name, file: tree.places.modelSettings + "/" + file)
      #expect(spelled.unlearning.objective == .margin)
      spelled.unlearning.objective = nil
      #expect(spelled == plain)
    }
  }

  @Test func manifests_areTaken() throws {
    guard let etc = Self.etc else { return }
    for file in try DurableDirectory.list(etc + "/manifests") {
      let bytes = try DataFile.read(etc + "/manifests/" + file, limit: Limits.documentBytes)
      #expect(throws: Never.self) { try Manifest.parse(bytes, fileStem: Paths.stem(of: file)) }
    }
  }

  /// Whoever brings a backup back does so as root: what is in README.md and what the help says must be the same.
  @Test func restoring_isTheSameInReadmeAndHelp_andOverwritesNoDirectory() throws {
    guard let etc = Self.etc else { return }
    let root = Paths.parent(of: etc)
    func text(_ name: String) throws -> String {
      try String(decoding: DataFile.read(Paths.join(root, name), limit: 1 << 20), as: UTF8.self)
    }
    let (readme, help) = (try text("README.md"), try text("Sources/hamuctl/Commands/Backup.swift"))
    for command in [
      "cp -a DIR/var/lib/hamud /var/lib/\n",
      "tar -C DIR -c etc var | tar -C / -x -p --no-same-owner --no-overwrite-dir",
      "cp -a OLD/var/spool/hamud/{accepted,receipts,rejected} /var/spool/hamud/",
      "chown -R hamud:hamud /var/lib/hamud /var/spool/hamud\n", "cp -a OLD/var/spool/hamud/incoming /var/spool/hamud/",
      "systemd-tmpfiles --create",
    ] {
      #expect(readme.contains("    " + command) && help.contains("    " + command), "\(command)")
    }
    #expect(!help.contains("cp -a DIR/. /"))
  }

  /// Lines such as `#key: value` without their mark; prose stays a comment, since a space follows its mark.
  private static func uncommented(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false).map { line -> String in
      let content = line.drop { $0 == " " }
      guard content.hasPrefix("#"), let key = content.dropFirst().split(separator: ":").first,
        !content.hasPrefix("# ") || key.hasPrefix("  "),
        key.drop(while: { $0 == " " }).allSatisfy({ $0.isLowercase || $0 == "_" })
      else { return String(line) }
      return String(line.prefix(line.count - content.count) + content.dropFirst())
    }.joined(separator: "\n")
  }

  private static let etc: String? = {
    var directory = #filePath
    while directory != "/" {
      directory = Paths.parent(of: directory)
      let etc = directory + "/etc"
      if (try? FileStatus.of(etc + "/hamud.yaml")) != nil { return etc }
    }
    print("SKIPPED: files of etc/ (the package's etc/ is not beside the tests)")
    return nil
  }()
}
