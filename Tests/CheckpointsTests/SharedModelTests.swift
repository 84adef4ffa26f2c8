import Checkpoints
import Platform
import Testing

/// The real ResNet-20, as PyTorch wrote it.
@Suite struct SharedModelTests {
  @Test func open_readsTheSharedModel() throws {
    guard let path = shared("models/resnet20-cifar10-10k") else { return }
    let model = try ModelDirectory.open(path)
    guard case .resnet(let resnet) = model.configuration else {
      Issue.record("no resnet")
      return
    }
    #expect(resnet.depths == [3, 3, 3] && resnet.hiddenSizes == [16, 32, 64] && resnet.embeddingSize == 16)
    #expect(resnet.layerType == .basic && resnet.stem == .cifar && !resnet.downsampleInFirstStage)
    #expect(resnet.labels.numbers(named: "airplane") == [0])
    #expect(model.tensors.count == 128)
    let weights = try WeightMap.read(model, trainable: { !$0.contains("running_") && !$0.contains("num_batches") })
    #expect(weights.tensors.count == 107)
    #expect(weights.trainable.count == 65)
    #expect(weights.tensor("classifier.1.weight")?.shape == [10, 64])
    #expect(!weights.isRoundedWhenPublished)
    let broken = weights.tensors.filter { !$0.floats.allSatisfy(\.isFinite) }
    #expect(broken.isEmpty)
  }

  @Test func publish_whenNothingWasTrained_givesTheSameBytes() throws {
    guard let path = shared("models/resnet20-cifar10-10k") else { return }
    let scratch = try Scratch()
    defer { scratch.remove() }
    let store = scratch.store
    let first = try store.adopt(
      try store.seal(try store.importDirectory(from: path, number: 1), record: scratch.record(1)))
    let model = try first.open()
    let weights = try WeightMap.map(model, trainable: { $0.hasSuffix("weight") || $0.hasSuffix("bias") })
    let candidate = try store.writeCandidate(number: 2, from: first, weights: weights)
    for name in ["config.json", "model.safetensors"] {
      let original = try bytes(of: Paths.join(path, name))
      #expect(try bytes(of: Paths.join(candidate.path, name)) == original)
    }
    #expect(try candidate.open().differences(from: model).isEmpty)
  }

  @Test func header_ofALanguageModelInBFloat16_isRead() throws {
    guard let path = shared("models/llama-tofu/model.safetensors") else { return }
    let header = try SafetensorsFile(path).header
    #expect(!header.tensors.isEmpty)
    let source = failure { _ = try ModelDirectory.open(Paths.parent(of: path)) }
    #expect(source?.description.contains(#"model_type is "llama""#) == true)
  }
}
