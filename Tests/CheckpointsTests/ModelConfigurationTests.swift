import Checkpoints
import Testing

@Suite struct ModelConfigurationTests {
  private func tensor(_ name: String, _ shape: [Int]) -> TensorEntry {
    TensorEntry(name: name, type: .float32, shape: shape, range: 0..<shape.reduce(4, *))
  }

  private var cifar: [TensorEntry] {
    [tensor("resnet.embedder.embedder.weight", [16, 3, 3, 3]), tensor("classifier.1.weight", [10, 64])]
  }

  private var imageNet: [TensorEntry] {
    [
      tensor("resnet.embedder.embedder.convolution.weight", [64, 3, 7, 7]),
      tensor("classifier.1.weight", [1_000, 2_048]),
    ]
  }

  private func parse(_ json: String, _ tensors: [TensorEntry] = []) throws -> ModelConfiguration {
    try ModelConfiguration.parse(Array(json.utf8), tensors: tensors)
  }

  private let small =
    #""model_type":"resnet","depths":[3,3,3],"hidden_sizes":[16,32,64],"embedding_size":16,"layer_type":"basic""#

  @Test func parse_whenResNetIsForSmallPictures_readsEveryField() throws {
    let json = #"{\#(small),"downsample_in_first_stage":true,"num_channels":3,"unknown":{"x":[1]},"hidden_act":"relu"}"#
    guard case .resnet(let resnet) = try parse(json, cifar) else {
      Issue.record("no resnet")
      return
    }
    #expect(resnet.depths == [3, 3, 3])
    #expect(resnet.hiddenSizes == [16, 32, 64])
    #expect(resnet.embeddingSize == 16)
    #expect(resnet.layerType == .basic)
    #expect(resnet.downsampleInFirstStage && !resnet.downsampleInBottleneck)
    #expect(resnet.channels == 3)
    #expect(resnet.stem == .cifar)
    #expect(resnet.labels == ClassLabels(count: 10))
  }

  @Test func parse_whenKeysAreLeftOut_takesHuggingFacesDefaults() throws {
    guard case .resnet(let resnet) = try parse(#"{"model_type":"resnet"}"#, imageNet) else {
      Issue.record("no resnet")
      return
    }
    #expect(resnet.depths == [3, 4, 6, 3])
    #expect(resnet.hiddenSizes == [256, 512, 1_024, 2_048])
    #expect(resnet.embeddingSize == 64)
    #expect(resnet.layerType == .bottleneck)
    #expect(resnet.stem == .imageNet)
    #expect(resnet.labels.count == 1_000)
  }

  @Test func render_readsBackAsTheSameConfiguration() throws {
    var options = ResNetConfiguration.Options()
    options.downsampleInFirstStage = true
    let labels = ClassLabels(names: ["a", "b", "a"] + (3..<10).map(String.init))
    let resnet = ModelConfiguration.resnet(
      ResNetConfiguration(
        depths: [3, 3, 3], hiddenSizes: [16, 32, 64], embeddingSize: 16, labels: labels, options: options))
    #expect(try ModelConfiguration.parse(resnet.render(), tensors: cifar) == resnet)
    #expect(String(decoding: resnet.render(), as: UTF8.self).contains("ResNet20ForCIFAR"))
    let mlp = ModelConfiguration.mlp(MLPConfiguration(layers: [53, 128, 128, 5]))
    #expect(try ModelConfiguration.parse(mlp.render(), tensors: []) == mlp)
  }

  @Test func labels_whenANameStandsTwice_giveBothNumbers() throws {
    let json = #"{"model_type":"mlp","layers":[2,3],"id2label":{"2":"b","0":"a","1":"b"}}"#
    let labels = try parse(json).labels
    #expect(labels.names == ["a", "b", "b"])
    #expect(labels.numbers(named: "b") == [1, 2])
    #expect(labels.numbers(named: "c") == [])
    #expect(try parse(json).classCount == 3)
  }

  @Test(arguments: [
    (#"{}"#, "config.json has no model_type; add it"),
    (#"[]"#, "config.json has no model_type; add it"),
    (#"{"model_type":5}"#, "model_type in config.json must be a word in quotes"),
    (
      #"{"model_type":"llama"}"#,
      #"model_type is "llama"; hamud knows resnet and mlp: convert the model to one of them"#
    ),
    (#"{"model_type":"mlp"}"#, "config.json has no layers; add it"),
    (
      #"{"model_type":"mlp","layers":[3]}"#,
      "layers must list at least the number of features and the number of classes, as in [53, 128, 5]"
    ),
    (
      #"{"model_type":"mlp","layers":[3,0]}"#,
      "layers in config.json must be made of whole numbers from 1 to 16777216"
    ),
    (
      #"{"model_type":"mlp","layers":[3,2.5]}"#,
      "layers in config.json must be made of whole numbers from 1 to 16777216"
    ),
    (#"{"model_type":"mlp","layers":"3"}"#, "layers in config.json must be a list of 1 to 1024 whole numbers"),
    (
      #"{"model_type":"mlp","layers":[3,2],"hidden_act":"gelu"}"#,
      #"hidden_act is "gelu"; hamud computes with relu alone"#
    ),
    (
      #"{"model_type":"mlp","layers":[3,2],"id2label":{"0":"a"}}"#,
      "id2label in config.json names 1 classes where the last of layers are 2"
    ),
    (
      #"{"model_type":"mlp","layers":[3,2],"id2label":{"0":"a","7":"b"}}"#,
      #"id2label in config.json must map each number from 0 to 1 to a name; "7" is wrong"#
    ),
    (
      #"{"model_type":"mlp","layers":[3,2],"id2label":["a","b"]}"#,
      "id2label in config.json must be an object: class number to name"
    ),
    (
      #"{"model_type":"resnet","layer_type":"wide"}"#,
      #"layer_type is "wide"; it must be basic or bottleneck"#
    ),
    (
      #"{"model_type":"resnet","depths":[1,1]}"#,
      "depths names 2 stages and hidden_sizes 4; they must be as many"
    ),
    (
      #"{"model_type":"resnet","downsample_in_bottleneck":1}"#,
      "downsample_in_bottleneck in config.json must be true or false"
    ),
    (
      #"{"model_type":"resnet"}"#,
      "there is neither resnet.embedder.embedder.convolution.weight nor resnet.embedder.embedder.weight:"
        + " the model's first convolution is missing"
    ),
  ])
  func parse_whenConfigurationCannotBe_saysWhyAndHowToMendIt(_ json: String, _ message: String) {
    #expect(failure { _ = try parse(json) }?.description == message)
  }

  @Test func parse_whenStemContradictsTheTensors_refusesIt() {
    let error = failure { _ = try parse(#"{"model_type":"resnet"}"#, cifar) }
    #expect(
      error?.description
        == "resnet.embedder.embedder.weight has the shape [16, 3, 3, 3] where config.json and this kind of stem need"
        + " [64, 3, 3, 3]")
    let noClassifier = failure { _ = try parse("{\(small)}", [cifar[0]]) }
    #expect(noClassifier?.description.contains("hamud needs a model that classifies") == true)
  }

  @Test func parse_whenAHeaderClaimsClassesWithoutWeights_refusesItBeforeNamingThem() throws {
    let claim = TensorEntry(name: "classifier.1.weight", type: .float32, shape: [1 << 62, 0], range: 0..<0)
    let error = failure { _ = try parse("{\(small)}", [cifar[0], claim]) }
    #expect(
      error?.description
        == "the rows of classifier.1.weight are 4611686018427387904; hamud tells at most 65536 classes apart")
    #expect(try parse(#"{"model_type":"mlp","layers":[1,65536]}"#).classCount == 65_536)
    let wide = failure { _ = try parse(#"{"model_type":"mlp","layers":[1,65537]}"#) }
    #expect(wide?.description == "the last of layers are 65537; hamud tells at most 65536 classes apart")
  }

  @Test func parse_whenAKeyStandsTwice_refusesIt() {
    let error = failure { _ = try parse(#"{"model_type":"mlp","layers":[3,2],"layers":[3,4]}"#) }
    #expect(error?.description == #"byte 35 of the JSON: the key "layers" stands here a second time"#)
  }

  @Test func parse_whenLargerThanTheLimit_isRefusedWithBothNumbers() throws {
    let json = #"{"model_type":"mlp","layers":[3,2]}"#
    let largest = Array(json.utf8) + [UInt8](repeating: 0x20, count: (4 << 20) - json.utf8.count)
    _ = try ModelConfiguration.parse(largest, tensors: [])
    let error = failure { _ = try ModelConfiguration.parse(largest + [0x20], tensors: []) }
    #expect(error?.description == "4194305 bytes; at most 4194304 are read")
  }
}
