import Checkpoints
import Platform
import Testing

/// Models that are kept in narrower types than they are trained in.
@Suite struct RoundedVersionTests {
  private let trained: [Float] = [1.001, -3.14159, 1e-8, 65_519, 5.9e-8, 1e30, 0.1, -0.0]

  private func firstVersion(_ scratch: Scratch, _ type: String, width: Int) throws -> VersionStore {
    _ = try scratch.directory("m")
    try scratch.write(#"{"model_type":"mlp","layers":[3,2]}"#, to: "m/config.json")
    let json =
      #"{"frozen":{"dtype":"\#(type)","shape":[1],"data_offsets":[0,\#(width)]},"#
      + #""w":{"dtype":"\#(type)","shape":[2,4],"data_offsets":[\#(width),\#(9 * width)]}}"#
    try scratch.write(safetensors(json, data: 9 * width), to: "m/model.safetensors")
    let store = scratch.store
    let candidate = try store.importDirectory(from: scratch.path("m"), number: 1)
    _ = try store.adopt(try store.seal(candidate, record: scratch.record(1)))
    try store.makeCurrent(1)
    return store
  }

  @Test(arguments: [("BF16", 2), ("F16", 2), ("F32", 4), ("F64", 8)])
  func publishedVersion_readsBackAsTheRoundedWeights(_ type: String, _ width: Int) throws {
    let scratch = try Scratch()
    defer { scratch.remove() }
    let store = try firstVersion(scratch, type, width: width)
    let parent = try store.open(1)
    let weights = try WeightMap.map(try parent.open(), trainable: { $0 == "w" })
    weights.tensor("w")?.set(trained)
    let candidate = try store.writeCandidate(number: 2, from: parent, weights: weights)
    let back = try WeightMap.map(try candidate.open(), trainable: { $0 == "w" })
    let expected = try #require(weights.rounded().tensor("w")).floats
    #expect(back.tensor("w")?.floats.map(\.bitPattern) == expected.map(\.bitPattern))
    #expect(weights.isRoundedWhenPublished == (width == 2))
    #expect((expected == trained) == (width > 2))
    #expect(back.rounded().tensor("w")?.floats == expected, "rounding a second time changes nothing")
    #expect(try candidate.open().tensors == (try parent.open().tensors), "name, shape and type stay")
  }
}
