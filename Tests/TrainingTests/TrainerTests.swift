import Checkpoints
import Datasets
import Networks
import Platform
import Testing
import Training

@Suite struct TrainerTests {
  private func train(
    _ data: Dataset, _ plan: ModelPlan, epochs: Int, _ change: (inout TrainingSettings) -> Void = { _ in }
  ) throws -> TrainedModel {
    var settings = TrainingSettings(for: plan, epochs: epochs, seed: 42, workers: 2)
    change(&settings)
    return try Trainer(data, plan: plan, settings: settings).run { _ in true }
  }

  /// PyTorch with the same layers, rows, batches and rates: 0.948 to 0.958 over three seeds.
  @Test func digits_areLearnedAsWellAsByPyTorch() throws {
    let data = try digits()
    let model = try train(data, .mlp(hidden: [128, 128], for: data), epochs: 30)
    print("digits, MLP 64-128-128-10, 30 epochs: train \(model.train), heldout \(model.heldout)")
    #expect(abs(model.heldout.accuracy - 0.952) < 0.02)
    #expect(model.train.accuracy > 0.97)
  }

  /// PyTorch: accuracy 0.97 on the training people, 0.37 to 0.40 on the others, membership AUC 0.85 to 0.87.
  @Test func people_areRemembered() throws {
    let data = try people()
    let model = try train(data, .usual(for: data), epochs: 60)
    let auc = try membershipAUC(model, data)
    print("people, MLP 53-128-128-5, 60 epochs: train \(model.train), heldout \(model.heldout), AUC \(auc)")
    #expect(model.train.accuracy > 0.95 && model.heldout.accuracy < 0.45)
    #expect(auc > 0.83 && auc < 0.90)
    #expect(
      model.configuration.labels.names
        == ["college", "college-dropout", "grade-school", "high-school", "high-school-dropout"])
  }

  /// Share of held-out rows of a training row's class that are less sure, averaged over training rows.
  private func membershipAUC(_ model: TrainedModel, _ data: Dataset) throws -> Double {
    guard case .mlp(let mlp) = model.configuration else { return .nan }
    var parameters: [String: any ParameterStorage] = [:]
    for tensor in model.tensors { parameters[tensor.name] = FlatBuffer(model.floats(tensor.name)) }
    let network = try Network(architecture: .mlp(MLPShape(layers: mlp.layers)), parameters: parameters)
    let engine = Engine(network: network, workers: 1)
    func phi(_ split: Split) throws -> [Double] {
      let fill: Engine.Fill<DatasetError> = { (rows, samples) throws(DatasetError) in
        try split.read(rows: rows, into: samples)
      }
      return try engine.evaluate(labels: split.labels, fill: fill).map(\.phi)
    }
    let (train, heldout) = (try phi(data.train), try phi(data.heldout))
    var sum = 0.0
    for row in 0..<data.train.count {
      let others = data.heldout.rows(ofClass: Int(data.train.labels[row]))
      sum += Double(others.count { heldout[$0] < train[row] }) / Double(others.count)
    }
    return sum / Double(data.train.count)
  }

  @Test func rowsThatAreLeftOut_areNotLearnt() throws {
    let data = try people()
    let plan = ModelPlan.usual(for: data)
    let left = Set((0..<120).map { 9 * $0 })
    let kept = (0..<data.train.count).filter { !left.contains($0) }
    let settings = TrainingSettings(for: plan, epochs: 40, seed: 7, workers: 2)
    func accuracy(_ rows: [Int]?) throws -> (left: Double, kept: Double) {
      let trainer = try Trainer(data, plan: plan, settings: settings, rows: rows)
      _ = try trainer.run { _ in true }
      let outcomes = try Engine(network: trainer.network, workers: 1).evaluate(labels: data.train.labels) {
        (positions, samples) throws(DatasetError) in
        try data.train.read(rows: Array(positions), into: samples)
      }
      func share(_ chosen: some Collection<Int>) -> Double {
        Double(chosen.count { outcomes[$0].correct }) / Double(chosen.count)
      }
      return (share(left), share(kept))
    }
    let (all, without) = (try accuracy(nil), try accuracy(kept))
    print("people, 40 epochs: \(all), without 120 rows \(without)")
    #expect(all.left > 0.85 && without.kept > 0.85 && without.left < 0.6)
    #expect(throws: TrainingError.self) { try Trainer(data, plan: plan, settings: settings, rows: []) }
  }

  @Test func resnet_learnsPicturesInAFewSteps() throws {
    let scratch = try Scratch()
    defer { scratch.keep() }
    let data = try quarters(scratch, rows: 64)
    let model = try train(data, .usual(for: data), epochs: 12) { $0.batchSize = 16 }
    print("quarters, ResNet-20, 48 steps: train \(model.train), heldout \(model.heldout)")
    #expect(model.train.accuracy > 0.9 && model.heldout.accuracy > 0.8)
    guard case .resnet(let resnet) = model.configuration else {
      Issue.record("no ResNet")
      return
    }
    #expect(resnet.depths == [3, 3, 3] && resnet.labels.names == ["airplane", "automobile", "bird", "cat"])
  }

  @Test func resnet_learnsASubsetOfCIFAR() throws {
    guard let file = shared("data/cifar10-10k/data_batch_1.bin"), let test = shared("data/cifar10-10k/test_batch.bin")
    else { return }
    let scratch = try Scratch()
    defer { scratch.keep() }
    try scratch.write("train.bin", try rows(512, of: file))
    try scratch.write("test.bin", try rows(200, of: test))
    let data = try Dataset.open(
      DatasetDescription(source: .cifar10(train: scratch.at("train.bin"), heldout: scratch.at("test.bin"))))
    let model = try train(data, .usual(for: data), epochs: 8) { $0.batchSize = 32 }
    print("512 pictures of CIFAR-10, ResNet-20, 128 steps: train \(model.train), heldout \(model.heldout)")
    #expect(model.train.accuracy > 0.4)
    #expect(model.heldout.accuracy > 0.2)
  }

  private func rows(_ count: Int, of path: String) throws -> [UInt8] {
    try DataFile(path: path).read(at: 0, count: count * 3073)
  }

  @Test func weights_areTheSameBitsForAnyNumberOfWorkers() throws {
    let scratch = try Scratch()
    defer { scratch.keep() }
    let pictures = try quarters(scratch, rows: 21)
    let table = try people()
    for (data, plan) in [(pictures, ModelPlan.usual(for: pictures)), (table, .mlp(hidden: [16], for: table))] {
      let models = try [1, 2, 4].map { workers in
        try train(data, plan, epochs: 2) {
          $0.workers = workers
          $0.batchSize = 10
          $0.augment = true
        }
      }
      #expect(models.allSatisfy { $0.tensors == models[0].tensors && $0.heldout == models[0].heldout })
      let other = try train(data, plan, epochs: 2) {
        $0.seed = 43
        $0.batchSize = 10
        $0.augment = true
      }
      #expect(other.tensors != models[0].tensors)
    }
  }

  @Test func progress_isToldAfterEachStep_andMayEndTheTraining() throws {
    let data = try people()
    let plan = ModelPlan.mlp(hidden: [8], for: data)
    let settings = TrainingSettings(for: plan, epochs: 2, seed: 1, workers: 1)
    var steps: [TrainingStep] = []
    _ = try Trainer(data, plan: plan, settings: settings).run {
      steps.append($0)
      return true
    }
    // 1100 rows in batches of 64: 17 whole ones and one of 12.
    #expect(steps.map(\.step) == Array(1...36) && steps.allSatisfy { $0.steps == 36 && $0.epochs == 2 })
    #expect(steps[17].epoch == 1 && steps[18].epoch == 2)
    #expect(steps.allSatisfy { $0.loss > 0 && $0.rate > 0 && (0...1).contains($0.accuracy) })
    #expect(steps.allSatisfy { $0.rate <= 1e-3 })
    var told = 0
    #expect(throws: TrainingError.self) {
      try Trainer(data, plan: plan, settings: settings).run { _ in
        told += 1
        return told < 3
      }
    }
    #expect(told == 3)
  }

  @Test func directory_isAModelWithItsNormalisation() throws {
    let scratch = try Scratch()
    defer { scratch.keep() }
    let data = try people()
    let model = try train(data, .mlp(hidden: [8], for: data), epochs: 1)
    try model.write(to: scratch.at("model"))
    let read = try ModelDirectory.open(scratch.at("model"))
    #expect(read.configuration == model.configuration)
    #expect(read.data == data.record)
    #expect(read.tensors.map(\.name) == model.tensors.map(\.name))
    let again = try Dataset.open(
      DatasetDescription(
        source: .csv(
          train: demo("people-train.csv"), heldout: demo("people-heldout.csv"),
          columns: .init(label: "education", id: "id"))),
      for: Preparation(record: read.data, labels: read.configuration.labels))
    #expect(again.normalization == data.normalization && again.train.labels == data.train.labels)
    #expect(throws: TrainingError.self) { try model.write(to: scratch.at("model")) }
  }

  @Test func batchNorms_countTheirBatches() throws {
    let scratch = try Scratch()
    defer { scratch.keep() }
    let model = try train(try quarters(scratch, rows: 17), .usual(for: try quarters(scratch, rows: 17)), epochs: 2) {
      $0.batchSize = 8
    }
    // 17 rows are two batches of 8 and one row that is left out.
    let count = model.tensors.first { $0.name == "resnet.embedder.norm.num_batches_tracked" }
    #expect(count?.values == .int64([4]) && count?.shape == [])
    #expect(model.floats("resnet.embedder.norm.running_mean").contains { $0 != 0 })
  }

  @Test func trainings_thatCannotWork_areRefused() throws {
    let data = try people()
    let plan = ModelPlan.mlp(hidden: [8], for: data)
    func message(_ plan: ModelPlan, _ change: (inout TrainingSettings) -> Void = { _ in }) -> String? {
      do {
        _ = try train(data, plan, epochs: 1, change)
        return nil
      } catch {
        return "\(error)"
      }
    }
    #expect(message(plan) { $0.epochs = 0 } == "epochs is 0; it can be 1 to 100000")
    #expect(message(plan) { $0.batchSize = 0 } == "batch size is 0; it can be 1 to 65536")
    #expect(message(plan) { $0.rate = -1 } == "rate is -1.0; it can be any number above 0")
    #expect(message(plan) { $0.weightDecay = .nan } == "weight decay is nan; it can be 0 or any number above")
    #expect(
      message(.mlp(MLPConfiguration(layers: [52, 5])))
        == "the model takes 52 numbers and a sample is 53 numbers; name the data it was trained on, with its columns")
    #expect(message(.resnet20(for: data))?.hasPrefix("the model takes pictures of 53 channels") == true)
    #expect(message(plan) { $0.rate = 1e30 }?.hasPrefix("the loss is no finite number in step") == true)
  }

  @Test func data_thatShrinkMeanwhile_endTheTrainingWithAnError() throws {
    let scratch = try Scratch()
    defer { scratch.keep() }
    let data = try quarters(scratch, rows: 32)
    let plan = ModelPlan.mlp(hidden: [4], for: data)
    let settings = TrainingSettings(for: plan, epochs: 3, seed: 1, workers: 2)
    #expect(throws: TrainingError.self) {
      try Trainer(data, plan: plan, settings: settings).run { _ in
        scratch.cut("train.bin", to: 3073)
        return true
      }
    }
  }
}
