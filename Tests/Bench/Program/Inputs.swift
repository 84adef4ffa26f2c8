import Checkpoints
import Datasets
import Networks
import Platform
import Training
import Unlearning

/// The models and rows that both sides work on. Where there is no shared folder, a ResNet-20 with random weights and
/// random pictures are made: time does not depend on what the numbers are.
struct Inputs {
  let resnet: String
  let images: String
  /// The demo's people as the peer reads them: tensors `x` and `y`.
  let peopleRows: String
  let peopleModel: String
  private let places: Places

  private static let madeImages = 2048

  init(_ places: Places) throws {
    self.places = places
    let (resnet, images) = Self.pictures(places)
    self.resnet = resnet
    self.images = images
    peopleModel = Paths.join(places.made, "people")
    peopleRows = Paths.join(places.made, "people.safetensors")
    try DurableDirectory.make(places.made, parents: true)
    if places.shared == nil { try makePictures() }
    try makePeople()
  }

  private static func pictures(_ places: Places) -> (model: String, rows: String) {
    if let shared = places.shared {
      return (
        Paths.join(shared, "models", "resnet20-cifar10-10k"),
        Paths.join(shared, "data", "cifar10-10k", "data_batch_1.bin")
      )
    }
    return (Paths.join(places.made, "resnet20"), Paths.join(places.made, "pictures.bin"))
  }

  // MARK: - Opening

  func pictures(count: Int) throws -> (Network, Rows) {
    let dataset = try Dataset.open(DatasetDescription(source: .cifar10(train: images, heldout: images)))
    return (try network(resnet, dataset.sampleShape), try Rows(dataset, count: count))
  }

  func people(count: Int) throws -> (Network, Rows) {
    let dataset = try peopleData()
    return (try network(peopleModel, dataset.sampleShape), try Rows(dataset, count: count))
  }

  private func network(_ path: String, _ shape: [Int]) throws -> Network {
    let model = try ModelDirectory.open(path)
    let architecture = try Architecture(model.configuration, sampleShape: shape)
    let trainable = Set(architecture.parameters.filter(\.trains).map(\.name))
    return try Network(try WeightMap.map(model) { trainable.contains($0) }, sampleShape: shape)
  }

  private func peopleData() throws -> Dataset {
    try Dataset.open(
      DatasetDescription(
        source: .csv(
          train: Paths.join(places.demoData, "people-train.csv"),
          heldout: Paths.join(places.demoData, "people-heldout.csv"),
          columns: .init(label: "education", id: "id"))))
  }

  // MARK: - Making

  private func makePictures() throws {
    if !places.isThere(images) {
      var generator = SeededGenerator(seed: 1, .augmentation)
      var bytes: [UInt8] = []
      for _ in 0..<Self.madeImages {
        bytes.append(UInt8(generator.below(10)))
        for _ in 0..<3072 { bytes.append(UInt8(generator.below(256))) }
      }
      try DurableFile.publish(bytes, to: images)
    }
    guard !places.isThere(resnet) else { return }
    let configuration = ModelConfiguration.resnet(
      ResNetConfiguration(
        depths: [3, 3, 3], hiddenSizes: [16, 32, 64], embeddingSize: 16, labels: ClassLabels(count: 10),
        options: ResNetConfiguration.Options()))
    try makeModel(configuration, shape: [3, 32, 32], at: resnet)
  }

  /// The model of the demo is as large as this one; it is trained there, and here it need not be.
  private func makePeople() throws {
    guard !places.isThere(peopleModel) || !places.isThere(peopleRows) else { return }
    let dataset = try peopleData()
    let rows = try Rows(dataset, count: dataset.train.count)
    var samples: [Float] = Array(repeating: 0, count: rows.count * dataset.sampleElements)
    samples.withUnsafeMutableBufferPointer {
      rows.fill(from: 0)(RowPositions(first: 0, stride: 1, count: rows.count), $0)
    }
    try SafetensorsWriter.write(
      [
        TensorArray("x", shape: [rows.count, dataset.sampleElements], .float32(samples)),
        TensorArray("y", .int64(rows.labels.map(Int64.init))),
      ], to: peopleRows)
    guard !places.isThere(peopleModel) else { return }
    try makeModel(ModelPlan.usual(for: dataset).configuration, shape: dataset.sampleShape, at: peopleModel)
  }

  private func makeModel(_ configuration: ModelConfiguration, shape: [Int], at path: String) throws {
    let network = try Network(onHeap: try Architecture(configuration, sampleShape: shape))
    Initialisation.fill(network, seed: 1)
    let tensors = zip(network.specs, network.storage).map { spec, storage in
      TensorArray(spec.name, shape: spec.shape, .float32(storage.withFloats { Array($0) }))
    }
    try ModelWriter.write(configuration, tensors: tensors, data: nil, to: path)
  }
}
