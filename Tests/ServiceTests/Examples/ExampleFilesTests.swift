import Platform
import Requests
import Service
import Testing

/// The examples in etc/ are read by people who then change one line: each must be right, and say what the code does.
@Suite struct ExampleFilesTests {
  private static var examples: String {
    String(#filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(4).joined(separator: "/"))
      + "/etc"
  }

  private func read(_ path: String) throws -> String {
    String(decoding: try DataFile.read(Self.examples + "/" + path, limit: 1 << 20), as: UTF8.self)
  }

  /// Lines whose `#` is not followed by a space are settings behind a comment sign.
  private func uncommented(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      line.hasPrefix("#") && !line.hasPrefix("# ") && line != "#" ? String(line.dropFirst()) : String(line)
    }.joined(separator: "\n")
  }

  private func load(settings text: String) throws -> Configuration {
    let root = "/tmp/hamud-examples-\(ProcessControl.identifier)-\(text.utf8.count)"
    defer { try? DurableDirectory.removeTree(root) }
    let places = Places(root: root)
    try DurableDirectory.make(places.configuration, mode: 0o755, parents: true)
    try DurableFile.publish(text, to: places.settingsFile, attributes: FileAttributes(mode: 0o644))
    return try ConfigurationLoader.load(places)
  }

  @Test func settings_asShippedAndWithEveryDefaultWritten_areTheDefaults() throws {
    let text = try read("hamud.yaml")
    #expect(try load(settings: text).settings == Settings())
    let written = uncommented(text)
    #expect(written.contains("\nthreads: 0\n"))
    #expect(try load(settings: written).settings == Settings())
  }

  @Test(arguments: ["cifar10", "people", "digits", "features"])
  func model_exampleOfEachFormat_isRead(_ name: String) throws {
    let model = try ConfigurationLoader.loadModel(name, file: Self.examples + "/models.d/\(name).yaml")
    #expect(model.model == "/srv/models/\(name)")
  }

  @Test func model_withEveryDefaultWritten_isTheSame() throws {
    let directory = "/tmp/hamud-example-model-\(ProcessControl.identifier)"
    defer { try? DurableDirectory.removeTree(directory) }
    try DurableDirectory.make(directory, mode: 0o755, parents: true)
    // The objective's default depends on the kind of request and cannot be written down.
    let text = uncommented(try read("models.d/cifar10.yaml")).split(separator: "\n")
      .filter { !$0.hasPrefix("  objective:") }.joined(separator: "\n")
    let file = directory + "/cifar10.yaml"
    try DurableFile.publish(text, to: file, attributes: FileAttributes(mode: 0o644))
    let written = try ConfigurationLoader.loadModel("cifar10", file: file)
    let shipped = try ConfigurationLoader.loadModel("cifar10", file: Self.examples + "/models.d/cifar10.yaml")
    #expect(written.data == shipped.data)
    #expect(written.unlearning == shipped.unlearning)
    #expect(written.target == shipped.target)
    #expect(written.policy == shipped.policy)
    #expect(written.batching == shipped.batching)
    #expect(written.retention == shipped.retention)
  }

  @Test(arguments: ["subject.yaml", "samples.yaml", "class.yaml", "subjects.json"])
  func manifest_example_isRead(_ name: String) throws {
    let manifest = try Manifest.parse(Array(try read("manifests/" + name).utf8), fileStem: "example")
    #expect(["cifar10", "people"].contains(manifest.model.value))
  }
}
