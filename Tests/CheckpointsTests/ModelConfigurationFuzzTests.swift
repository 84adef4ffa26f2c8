import Checkpoints
import Testing

/// Seeded mutation of good config.json files beside tensors of hostile shapes: refused, or written and read back as the same.
@Suite struct ModelConfigurationFuzzTests {
  private static let sound = [
    #"{"model_type":"mlp","layers":[4,8,3],"hidden_act":"relu","id2label":{"2":"b","0":"a","1":"\u00e9"}}"#,
    #"{"model_type":"resnet","depths":[3,3],"hidden_sizes":[16,32],"embedding_size":16,"layer_type":"basic"}"#,
    #"{"model_type":"resnet","num_channels":3,"downsample_in_first_stage":true,"id2label":null,"x":[1e3,{}]}"#,
  ].map { Array($0.utf8) }
  private static let names = [
    "classifier.1.weight", "resnet.embedder.embedder.weight", "resnet.embedder.embedder.convolution.weight",
  ]
  private static let sizes = [0, 1, 2, 3, 7, 16, 64, 65_536, 65_537, 1 << 31, 1 << 62, Int.max]

  @Test func parse_whateverTheBytesAndShapes_refusesOrReadsBackWhatItWrites() throws {
    var generator = SeededGenerator(seed: 11)
    var taken = 0
    for _ in 0..<20_000 {
      let bytes = mutated(&generator)
      let tensors = drawn(&generator)
      do {
        let model = try ModelConfiguration.parse(bytes, tensors: tensors)
        taken += 1
        #expect((1...CheckpointLimits.classes).contains(model.classCount))
        // The numbers of the names are looked up one by one.
        guard model.classCount <= 64 else { continue }
        #expect(try ModelConfiguration.parse(model.render(), tensors: tensors) == model)
      } catch {
        #expect(!error.description.isEmpty)
      }
    }
    #expect((500..<19_500).contains(taken))
  }

  private func mutated(_ generator: inout SeededGenerator) -> [UInt8] {
    var bytes = Self.sound.randomElement(using: &generator) ?? []
    for _ in 0..<Int.random(in: 0...2, using: &generator) {
      let place = Int.random(in: 0..<bytes.count, using: &generator)
      switch Int.random(in: 0..<4, using: &generator) {
      case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
      case 1: bytes[place] = UInt8(ascii: "0") + UInt8.random(in: 0...9, using: &generator)
      case 2: bytes.insert(bytes[place], at: place)
      default: bytes.remove(at: place)
      }
    }
    return bytes
  }

  private func drawn(_ generator: inout SeededGenerator) -> [TensorEntry] {
    Self.names.shuffled(using: &generator).prefix(2).map { name in
      let usual = name == Self.names[0] ? [3, 64] : [16, 3, 3, 3]
      let hostile = usual.map { _ in Self.sizes.randomElement(using: &generator) ?? 0 }
      return TensorEntry(
        name: name, type: .float32, shape: Bool.random(using: &generator) ? usual : hostile, range: 0..<0)
    }
  }
}
