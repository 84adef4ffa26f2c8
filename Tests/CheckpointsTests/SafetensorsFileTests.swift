import Checkpoints
import Testing

@Suite struct SafetensorsFileTests {
  @Test func floats_areThoseOfTheFile() throws {
    let scratch = try Scratch()
    defer { scratch.remove() }
    let long = (0..<600_000).map { Float($0) / 3 }
    try SafetensorsWriter.write(
      [TensorArray("a", .float64([0.1, -2])), TensorArray("long", .float32(long)), TensorArray("n", .int64([1]))],
      to: scratch.path("x"))
    let file = try SafetensorsFile(scratch.path("x"))
    for _ in 0..<3 {
      #expect(try file.floats("long") == long)
      #expect(try file.floats("a") == [0.1, -2])
    }
    #expect(failure { _ = try file.floats("n") }?.description.hasSuffix(#": there is no float tensor "n""#) == true)
    _ = failure { _ = try file.floats("missing") }
  }
}
