import Checkpoints
import Platform
import Testing

@Suite struct SafetensorsWriterTests {
  @Test func write_givesTheSameBytesAlways() throws {
    let scratch = try Scratch()
    defer { scratch.remove() }
    let tensors = [TensorArray("b", shape: [1, 2], .float32([1, 2])), TensorArray("a", .int64([3]))]
    try SafetensorsWriter.write(tensors, metadata: [.init(key: "format", value: "pt")], to: scratch.path("x"))
    let json =
      #"{"__metadata__":{"format":"pt"},"b":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]},"#
      + #""a":{"dtype":"I64","shape":[1],"data_offsets":[8,16]}}"#
    let padding = String(repeating: " ", count: (8 - json.utf8.count % 8) % 8)
    let expected = safetensors(
      Array((json + padding).utf8),
      data: littleEndian(Float(1).bitPattern) + littleEndian(Float(2).bitPattern) + littleEndian(Int64(3)))
    #expect(try bytes(of: scratch.path("x")) == expected)
  }

  @Test func write_whenItCouldNotBeRead_throwsAndLeavesNothing() throws {
    let scratch = try Scratch()
    defer { scratch.remove() }
    let one = TensorArray("a", .float32([1]))
    for tensors in [[one, one], [TensorArray("__metadata__", .float32([1]))]] {
      _ = failure { try SafetensorsWriter.write(tensors, to: scratch.path("x")) }
    }
    _ = failure {
      try SafetensorsWriter.write(
        [one], metadata: [.init(key: "k", value: ""), .init(key: "k", value: "")], to: scratch.path("x"))
    }
    #expect(try DurableDirectory.fileNames(scratch.path).isEmpty)
  }

  @Test func modelWriter_whenThereIsAModelAlready_leavesIt() throws {
    let scratch = try Scratch()
    defer { scratch.remove() }
    let path = try SampleModel.write(in: scratch)
    let before = try bytes(of: Paths.join(path, "model.safetensors"))
    let error = failure {
      try ModelWriter.write(
        SampleModel.configuration, tensors: [TensorArray("a", .float32([1]))], data: nil, to: path)
    }
    #expect(error?.description == "\(path): there is a model already; choose another directory")
    #expect(try bytes(of: Paths.join(path, "model.safetensors")) == before)
  }
}
