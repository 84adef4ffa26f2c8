import Checkpoints
import Platform
import Testing

@Suite struct ImportTests {
  /// A directory as Hugging Face's cache and a trainer leave it.
  private func lived(_ scratch: Scratch) throws -> String {
    let path = try SampleModel.write(in: scratch)
    try scratch.write("{\"tokenizer\": true}", to: "model/tokenizer.json")
    try scratch.write("spiece", to: "model/spiece.model")
    try scratch.write("old weights", to: "model/pytorch_model.bin")
    try scratch.write("old weights", to: "model/optimizer.pt")
    try scratch.write("old weights", to: "model/model.onnx")
    try scratch.write("hidden", to: "model/.gitattributes")
    try scratch.write("{}", to: "model/hamud.json")
    try SafetensorsWriter.write([TensorArray("x", .float32([1]))], to: scratch.path("model/ema.safetensors"))
    try scratch.write("in a blob", to: "blob")
    try DurableDirectory.swapSymlink(at: scratch.path("model/vocab.txt"), to: "../blob")
    _ = try scratch.directory("model/checkpoint-500")
    return path
  }

  @Test func importDirectory_takesTheModelAndLeavesOtherCopiesOfItsWeights() throws {
    let scratch = try Scratch()
    defer { scratch.remove() }
    let candidate = try scratch.store.importDirectory(from: try lived(scratch), number: 1)
    #expect(
      try DurableDirectory.list(candidate.path) == [
        "config.json", "hamud-data.json", "model.safetensors", "spiece.model", "tokenizer.json", "vocab.txt",
      ])
    #expect(
      candidate.leftOut == ["checkpoint-500", "ema.safetensors", "model.onnx", "optimizer.pt", "pytorch_model.bin"])
    let copied = try FileStatus.of(Paths.join(candidate.path, "vocab.txt"), followingLinks: false)
    #expect(copied.kind == .file)
    #expect(try bytes(of: Paths.join(candidate.path, "vocab.txt")) == Array("in a blob".utf8))
    #expect(try candidate.open().data == SampleModel.record)
  }

  @Test func importDirectory_addsTheDataRecordOnlyWhereThereIsNone() throws {
    let scratch = try Scratch()
    defer { scratch.remove() }
    let source = try SampleModel.write(in: scratch)
    let other = DataRecord(mean: [1], deviation: [2])
    #expect(try scratch.store.importDirectory(from: source, number: 1, data: other).open().data == SampleModel.record)
    try DurableDirectory.removeFile(scratch.path("model/hamud-data.json"))
    #expect(try scratch.store.importDirectory(from: source, number: 1).open().data == nil)
    #expect(try scratch.store.importDirectory(from: source, number: 1, data: other).open().data == other)
  }

  @Test func importDirectory_whenItFails_leavesNoCandidate() throws {
    let scratch = try Scratch()
    defer { scratch.remove() }
    let source = try SampleModel.write(in: scratch)
    try DurableDirectory.swapSymlink(at: scratch.path("model/vocab.txt"), to: "../missing")
    _ = failure { _ = try scratch.store.importDirectory(from: source, number: 1) }
    try scratch.store.prepare()
    #expect(try DurableDirectory.list(scratch.path("models/sample/candidates")) == [])
    try DurableDirectory.removeFile(scratch.path("model/vocab.txt"))
    try DurableDirectory.removeFile(scratch.path("model/model.safetensors"))
    try scratch.write("x", to: "model/pytorch_model.bin")
    let pickle = failure { _ = try scratch.store.importDirectory(from: source, number: 1) }
    #expect(pickle?.description.contains("the weights are a pickle") == true)
  }

  @Test func importDirectory_copiesFilesOfSeveralPieces() throws {
    let scratch = try Scratch()
    defer { scratch.remove() }
    let source = try SampleModel.write(in: scratch)
    let large = (0..<3_000_001).map { UInt8(truncatingIfNeeded: $0 / 3) }
    try scratch.write(large, to: "model/merges.txt")
    let candidate = try scratch.store.importDirectory(from: source, number: 1)
    #expect(try bytes(of: Paths.join(candidate.path, "merges.txt")) == large)
  }

  @Test func receive_takesAModelFileByFile() throws {
    let scratch = try Scratch()
    defer { scratch.remove() }
    let source = try lived(scratch)
    let receiver = try scratch.store.receive(number: 1)
    for name in try ImportPlan(of: source).files {
      let file = try receiver.file(name)
      for byte in try bytes(of: Paths.join(source, name)) { try file.write([byte]) }
      try file.commit()
    }
    let candidate = try receiver.finish()
    #expect(try candidate.open().tensors == (try ModelDirectory.open(source).tensors))
    let version = try scratch.store.adopt(try scratch.store.seal(candidate, record: scratch.record(1)))
    #expect(version.record.files.map(\.name).contains("vocab.txt"))
  }

  @Test(arguments: ["", ".", "..", ".hidden", "a/b", "/etc/passwd", "hamud.json", "x.bin", "x.PT", "a\u{0}b", "a\nb"])
  func receive_whenANameMayNotBeInAVersion_refusesIt(_ name: String) throws {
    let scratch = try Scratch()
    defer { scratch.remove() }
    let receiver = try scratch.store.receive(number: 1)
    _ = failure { _ = try receiver.file(name) }
    _ = failure { _ = try receiver.file(String(repeating: "x", count: 256)) }
  }

  @Test func receive_whenTheModelIsNotWhole_orNotAlone_refusesToFinish() throws {
    let scratch = try Scratch()
    defer { scratch.remove() }
    let source = try SampleModel.write(in: scratch)
    let receiver = try scratch.store.receive(number: 1)
    func send(_ name: String, as other: String? = nil) throws {
      let file = try receiver.file(other ?? name)
      try file.write(try bytes(of: Paths.join(source, name)))
      try file.commit()
    }
    try send("config.json")
    _ = failure { _ = try receiver.finish() }
    let lost = try receiver.file("model.safetensors")
    try lost.write([1, 2, 3])
    lost.discard()
    _ = failure { _ = try receiver.finish() }
    try send("model.safetensors")
    try send("model.safetensors", as: "second.safetensors")
    let error = failure { _ = try receiver.finish() }
    #expect(error?.description.contains(#""second.safetensors" is not the model's; import it without"#) == true)
  }
}
