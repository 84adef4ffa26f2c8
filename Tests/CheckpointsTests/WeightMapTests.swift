import Checkpoints
import Platform
import Testing

extension MappedFloats {
  var floats: [Float] { withFloats { Array($0) } }

  func set(_ values: [Float]) {
    withMutableFloats { buffer in for index in values.indices { buffer[index] = values[index] } }
  }
}

@Suite struct WeightMapTests {
  private let config = #"{"model_type":"mlp","layers":[3,2]}"#

  /// A model of one file with the bytes given.
  private func model(_ scratch: Scratch, _ file: [UInt8], named name: String = "m") throws -> ModelDirectory {
    _ = try scratch.directory(name)
    try scratch.write(config, to: "\(name)/config.json")
    try scratch.write(file, to: "\(name)/model.safetensors")
    return try ModelDirectory.open(scratch.path(name))
  }

  private func bits(_ values: [Float]) -> [UInt8] { values.flatMap { littleEndian($0.bitPattern) } }

  /// A frozen and a trained tensor of each float type, and one that is no float.
  private func mixedFile(padding: Int) -> [UInt8] {
    let json =
      #"{"f32":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"#
      + #""frozen":{"dtype":"F32","shape":[1,2],"data_offsets":[8,16]},"#
      + #""f64":{"dtype":"F64","shape":[1],"data_offsets":[16,24]},"#
      + #""bf16":{"dtype":"BF16","shape":[2],"data_offsets":[24,28]},"#
      + #""f16":{"dtype":"F16","shape":[2],"data_offsets":[28,32]},"#
      + #""frozen16":{"dtype":"F16","shape":[],"data_offsets":[32,34]},"#
      + #""steps":{"dtype":"I16","shape":[],"data_offsets":[34,36]}}"#
    let spaces = String(repeating: " ", count: (8 - json.utf8.count % 8) % 8 + padding)
    let data =
      bits([1.5, -2]) + bits([3, 4]) + littleEndian(Double(0.1).bitPattern)
      + [1.0, -0.5].flatMap { littleEndian(HalfPrecision.bfloat16($0)) }
      + [2.0, 65_504].flatMap { littleEndian(HalfPrecision.float16($0)) } + littleEndian(HalfPrecision.float16(0.25))
      + littleEndian(Int16(9))
    return safetensors(Array((json + spaces).utf8), data: data)
  }

  private func trains(_ name: String) -> Bool { !name.hasPrefix("frozen") && name != "steps" }

  @Test(arguments: 0..<8)
  func map_whateverTheAlignment_givesTheNumbersOfEveryFloatTensor(_ padding: Int) throws {
    let scratch = try Scratch()
    defer { scratch.remove() }
    let model = try model(scratch, mixedFile(padding: padding))
    for weights in [try WeightMap.map(model, trainable: trains), try WeightMap.read(model, trainable: trains)] {
      #expect(weights.tensors.map(\.name) == ["f32", "frozen", "f64", "bf16", "f16", "frozen16"])
      #expect(weights.tensors.map(\.floats) == [[1.5, -2], [3, 4], [0.1], [1, -0.5], [2, 65_504], [0.25]])
      #expect(weights.trainable.map(\.name) == ["f32", "f64", "bf16", "f16"])
      #expect(weights.tensor("frozen")?.shape == [1, 2])
      #expect(weights.tensor("frozen")?.count == 2)
      #expect(weights.tensor("steps") == nil)
      #expect(weights.isRoundedWhenPublished)
    }
  }

  @Test(arguments: [0, 1])
  func write_staysInThisMap(_ padding: Int) throws {
    let scratch = try Scratch()
    defer { scratch.remove() }
    let file = mixedFile(padding: padding)
    let model = try model(scratch, file)
    let weights = try WeightMap.map(model, trainable: trains)
    for tensor in weights.trainable { tensor.set([Float](repeating: 42, count: tensor.count)) }
    let untouched = weights.trainable.filter { !$0.floats.allSatisfy { $0 == 42 } }
    #expect(untouched.isEmpty)
    #expect(weights.tensor("frozen")?.floats == [3, 4], "the neighbour in the same page is untouched")
    #expect(try bytes(of: scratch.path("m/model.safetensors")) == file)
    #expect(try WeightMap.map(model, trainable: trains).tensor("f32")?.floats == [1.5, -2])
  }

  @Test func rounded_givesWhatWouldBeReadBack_andLeavesTheWeightsAsTheyAre() throws {
    let scratch = try Scratch()
    defer { scratch.remove() }
    let weights = try WeightMap.map(try model(scratch, mixedFile(padding: 0)), trainable: trains)
    weights.tensor("bf16")?.set([1.001, 3.4e38])
    weights.tensor("f16")?.set([1.0001, 1e-9])
    weights.tensor("f32")?.set([1.0000001, 2])
    let rounded = weights.rounded()
    #expect(rounded.tensor("bf16")?.floats == [1, .infinity])
    #expect(rounded.tensor("f16")?.floats == [1, 0])
    #expect(rounded.tensor("f32")?.floats == [1.0000001, 2])
    #expect(weights.tensor("bf16")?.floats == [1.001, 3.4e38])
    #expect(rounded.trainable.map(\.name) == weights.trainable.map(\.name))
  }

  @Test func map_whenATensorThatIsNoFloatShouldTrain_refusesIt() throws {
    let scratch = try Scratch()
    defer { scratch.remove() }
    let model = try model(scratch, mixedFile(padding: 0))
    let error = failure { _ = try WeightMap.map(model, trainable: { _ in true }) }
    #expect(
      error?.description
        == #"the tensor "steps" is I16 and cannot train; save the model in float32, float16 or bfloat16"#)
  }

  @Test func map_whenTheFileShrankSinceItWasOpened_throws() throws {
    let scratch = try Scratch()
    defer { scratch.remove() }
    let file = mixedFile(padding: 0)
    let model = try model(scratch, file)
    try scratch.write(Array(file.dropLast()), to: "m/model.safetensors")
    _ = failure { _ = try WeightMap.map(model, trainable: trains) }
    _ = failure { _ = try WeightMap.read(model, trainable: trains) }
  }

  @Test func read_whenTensorsAreLongerThanAPiece_readsAllOfThem() throws {
    let scratch = try Scratch()
    defer { scratch.remove() }
    let values = (0..<700_001).map { Float($0) }
    _ = try scratch.directory("m")
    try scratch.write(config, to: "m/config.json")
    try SafetensorsWriter.write(
      [TensorArray("a", .float64([1, 2])), TensorArray("b", .float32(values))], to: scratch.path("m/model.safetensors"))
    let model = try ModelDirectory.open(scratch.path("m"))
    #expect(try WeightMap.read(model, trainable: { _ in false }).tensor("b")?.floats == values)
    #expect(try WeightMap.map(model, trainable: { _ in true }).tensor("b")?.floats == values)
  }
}
