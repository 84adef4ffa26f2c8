import Checkpoints
import Platform
import Testing

@Suite struct ModelDirectoryTests {
  private let config = #"{"model_type":"mlp","layers":[3,2],"custom":{"kept":true}}"#

  private func tensors(_ names: String...) -> [TensorArray] { names.map { TensorArray($0, .float32([1, 2])) } }

  @Test func open_readsConfigurationWeightsAndData() throws {
    let scratch = try Scratch()
    defer { scratch.remove() }
    let model = try ModelDirectory.open(try SampleModel.write(in: scratch))
    #expect(model.configuration == SampleModel.configuration)
    #expect(model.data == SampleModel.record)
    #expect(model.weights.map(\.name) == ["model.safetensors"])
    #expect(model.tensors.map(\.name) == SampleModel.tensors.map(\.name))
    #expect(model.configurationBytes == (try bytes(of: scratch.path("model/config.json"))))
    #expect(model.weights[0].header.dataOffset.isMultiple(of: 8))
    #expect(model.weights[0].header.metadata == [.init(key: "format", value: "pt")])
  }

  @Test func open_whenShardsHaveAnIndex_readsThem() throws {
    let scratch = try Scratch()
    defer { scratch.remove() }
    let path = try scratch.directory("m")
    try scratch.write(config, to: "m/config.json")
    try SafetensorsWriter.write(tensors("b"), to: scratch.path("m/model-00001-of-00002.safetensors"))
    try SafetensorsWriter.write(tensors("a", "c"), to: scratch.path("m/model-00002-of-00002.safetensors"))
    try SafetensorsWriter.write(tensors("a"), to: scratch.path("m/other.safetensors"))
    let first = "model-00001-of-00002.safetensors"
    let second = "model-00002-of-00002.safetensors"
    func index(_ text: String) throws { try scratch.write(text, to: "m/model.safetensors.index.json") }

    try index(#"{"metadata":{"total_size":24},"weight_map":{"a":"\#(second)","b":"\#(first)","c":"\#(second)"}}"#)
    #expect(try ModelDirectory.open(path).tensors.map(\.name) == ["b", "a", "c"])

    for wrong in [
      #"{"weight_map":{"a":"\#(first)","b":"\#(first)","c":"\#(second)"}}"#,
      #"{"weight_map":{"a":"\#(second)","b":"\#(first)","c":"\#(second)","d":"\#(first)"}}"#,
      #"{"weight_map":{"a":"\#(second)","b":"\#(first)"}}"#,
      #"{"weight_map":{"a":"\#(second)","b":"missing.safetensors","c":"\#(second)"}}"#,
      #"{"weight_map":{"a":"../m/\#(second)","b":"\#(first)","c":"\#(second)"}}"#,
      #"{"weight_map":{"a":"pytorch_model.bin","b":"\#(first)","c":"\#(second)"}}"#,
      #"{"weight_map":{}}"#, #"{}"#,
    ] {
      try index(wrong)
      _ = failure({ _ = try ModelDirectory.open(path) }, "\(wrong)")
    }
  }

  @Test func open_whenThereAreOnlyPickles_refusesThemClearly() throws {
    let scratch = try Scratch()
    defer { scratch.remove() }
    let path = try scratch.directory("m")
    try scratch.write(config, to: "m/config.json")
    let empty = failure { _ = try ModelDirectory.open(path) }
    #expect(empty?.description == "\(path): there is no *.safetensors file; a model is a Hugging Face directory")
    for name in ["pytorch_model.bin", "model.pt", "weights.PKL"] {
      try scratch.write("x", to: "m/\(name)")
      let error = failure { _ = try ModelDirectory.open(path) }
      #expect(
        error?.description
          == "\(path): the weights are a pickle (\"\(name)\"), which can run code when it is loaded and is refused;"
          + " save the model again with safe_serialization=True")
      try DurableDirectory.removeFile(scratch.path("m/\(name)"))
    }
  }

  @Test func open_whenSomethingIsMissingOrTwice_saysSo() throws {
    let scratch = try Scratch()
    defer { scratch.remove() }
    let path = try scratch.directory("m")
    try SafetensorsWriter.write(tensors("a"), to: scratch.path("m/x.safetensors"))
    #expect(
      failure { _ = try ModelDirectory.open(path) }?.description
        == "\(path): there is no config.json; a model is a Hugging Face directory")
    try scratch.write(config, to: "m/config.json")
    _ = try ModelDirectory.open(path)
    try SafetensorsWriter.write(tensors("b", "a"), to: scratch.path("m/y.safetensors"))
    #expect(
      failure { _ = try ModelDirectory.open(path) }?.description.contains(
        #"the tensor "a" is in x.safetensors and in y.safetensors"#) == true)
    try SafetensorsWriter.write(tensors("z"), to: scratch.path("m/model.safetensors"))
    #expect(try ModelDirectory.open(path).tensors.map(\.name) == ["z"], "model.safetensors alone is the model")
    try scratch.write(#"{"weight_map":{"a":"x.safetensors"}}"#, to: "m/model.safetensors.index.json")
    #expect(failure { _ = try ModelDirectory.open(path) }?.description.contains("two sets of weights") == true)
    let missing = failure { _ = try ModelDirectory.open(scratch.path("none")) }
    guard case .system(let error) = missing else {
      Issue.record("\(String(describing: missing))")
      return
    }
    #expect(error.code == .noSuchFile)
  }

  @Test func open_whenAHeaderIsWrong_namesItsFile() throws {
    let scratch = try Scratch()
    defer { scratch.remove() }
    let path = try scratch.directory("m")
    try scratch.write(config, to: "m/config.json")
    try scratch.write(
      safetensors(#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#, data: 5), to: "m/x.safetensors")
    let error = failure { _ = try ModelDirectory.open(path) }
    #expect(
      error?.description
        == "\(path)/x.safetensors: not a safetensors file that can be trusted: 5 bytes follow the header"
        + " where its tensors need 4")
  }

  @Test func differences_nameWhatAnImportWouldChange() throws {
    let scratch = try Scratch()
    defer { scratch.remove() }
    func model(_ name: String, _ tensors: [TensorArray]) throws -> ModelDirectory {
      _ = try scratch.directory(name)
      try scratch.write(config, to: "\(name)/config.json")
      try SafetensorsWriter.write(tensors, to: scratch.path("\(name)/model.safetensors"))
      return try ModelDirectory.open(scratch.path(name))
    }
    let old = try model("old", tensors("b", "a", "c") + [TensorArray("t", .float64([1]))])
    let new = try model("new", tensors("a", "d") + [TensorArray("c", .float32([1])), TensorArray("t", .float32([1]))])
    #expect(old.differences(from: old).isEmpty)
    let differences = new.differences(from: old)
    #expect(
      differences == [
        .missing(name: "b", shape: [2]), .shape(name: "c", found: [1], expected: [2]),
        .type(name: "t", found: .float32, expected: .float64), .added(name: "d", shape: [2]),
      ])
    #expect(differences.map(\.isAnotherNetwork) == [true, true, false, true])
    #expect(differences[1].description == #""c" has the shape [1] where the current version has [2]"#)
  }
}
