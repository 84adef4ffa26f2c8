import Platform
import Requests
import Service
import Testing

@Suite struct ModelSettingsTests {
  private static let least = BadModel.least

  @Test func model_withNoMoreThanItNeeds_hasTheDefaults() throws {
    let model = try load(Self.least)
    let directory = Paths.parent(of: model.file)
    #expect(model.name == "case" && model.model == directory + "/net")
    #expect(model.data.source == .safetensors(train: directory + "/a.st", heldout: "/b.st"))
    #expect(model.data.ids == nil && model.data.normalize == nil && model.data.format == .safetensors)
    #expect(model.unlearning.method == .hamuQ && model.unlearning.objective == nil)
    #expect(
      model.unlearning.controller && model.unlearning.radius == .relative(6e-4)
        && model.unlearning.constraint == .ratio(0.3))
    #expect(model.unlearning.allocation == .optimal && model.unlearning.batchSize == 128)
    #expect(model.unlearning.maxSteps == 200 && model.unlearning.maxGradNorm == 1)
    #expect(model.unlearning.evaluateEvery == 10 && model.unlearning.seed == 42)
    #expect(model.unlearning.guards.rows == 32 && model.unlearning.guards.weight == 0.3)
    #expect(model.target.membershipAUC == 0.55 && model.target.classAccuracy == nil && model.target.judgesMembership)
    #expect(model.policy.onHardness == .stop && model.policy.retainBudget == 0.02)
    #expect(model.policy.maxForgetShare == 0.2)
    #expect(model.batching.maxRequests == 64 && model.batching.maxSamples == 5000)
    #expect(model.batching.maxWait == .seconds(600))
    #expect(model.retention.keep == 2 && model.retention.purgeAfter == .seconds(604_800))
  }

  /// Every key there is, each with another value than its default.
  private static let everyKey = """
    model: /srv/models/cifar10
    data:
      format: cifar10
      train: /srv/data/cifar10/data_batch_*.bin
      heldout: ../test.bin
      ids: ids.csv
      normalize: {mean: [0, 0.5, 1], std: [1, 2, 3]}
    unlearning:
      method: hamu-u
      objective: cross-entropy
      radius: {learning_rate: 1e-4}
      constraint: {absolute: 5e-5}
      allocation: grad-norm-product
      batch_size: 64
      max_steps: 10
      max_grad_norm: 2
      evaluate_every: 5
      guards: {rows: 0, weight: 1}
      seed: 7
      controller: off
    target: {membership_auc: 0.6, class_accuracy: 0, forget_accuracy: 0.5, forget_loss: 2}
    policy: {on_hardness: continue, retain_budget: 0, max_forget_share: 1, damage_budget: 0.25, on_return: hold}
    batching: {max_requests: 1, max_samples: 2, max_wait: 0s}
    retention: {keep: 0, purge_after: 0s}
    """

  @Test func model_withEveryKey_isRead() throws {
    let model = try load(Self.everyKey)
    let directory = Paths.parent(of: model.file)
    #expect(
      model.data.source == .cifar10(train: "/srv/data/cifar10/data_batch_*.bin", heldout: directory + "/../test.bin"))
    #expect(model.data.ids == directory + "/ids.csv")
    #expect(model.data.normalize?.mean == [0, 0.5, 1] && model.data.normalize?.std == [1, 2, 3])
    #expect(
      model.unlearning.json.text == """
        {"method":"hamu-u","objective":"cross-entropy","radius":{"learning_rate":0.0001},\
        "constraint":{"absolute":5.0e-05},"allocation":"grad-norm-product","batch_size":64,"max_steps":10,\
        "max_grad_norm":2.0,"evaluate_every":5,"guards":{"rows":0,"weight":1.0},"seed":7,"controller":false}
        """)
    #expect(model.target.json.text == #"{"class_accuracy":0.0,"forget_accuracy":0.5,"forget_loss":2.0}"#)
    #expect(!model.target.judgesMembership)
    #expect(
      model.policy.json.text
        == #"{"on_hardness":"continue","retain_budget":0.0,"max_forget_share":1.0,"damage_budget":0.25,"on_return":"hold"}"#
    )
    #expect(model.batching.maxRequests == 1 && model.batching.maxSamples == 2 && model.batching.maxWait == .zero)
    #expect(model.retention.keep == 0 && model.retention.purgeAfter == .zero)
  }

  @Test func otherMethods_haveALearningRate_andNoRadius() throws {
    for method in UnlearningSettings.Method.allCases where !method.isHAMU {
      let model = try load(Self.least + "unlearning: {method: \(method.rawValue), learning_rate: 0.02}")
      #expect(model.unlearning.learningRate == 0.02)
      #expect(
        model.unlearning.json.text == """
          {"method":"\(method.rawValue)","learning_rate":0.02,"batch_size":128,"max_steps":200,"evaluate_every":10,\
          "guards":{"rows":32,"weight":0.3},"seed":42}
          """)
    }
    let margins = try load(Self.least + "unlearning: {method: gdiff, learning_rate: 1, objective: margin}")
    #expect(margins.unlearning.objective == .margin)
    #expect(try load(Self.least + "unlearning: {objective: npo}").unlearning.objective == .npo)
  }

  @Test func data_ofEveryFormat_isRead() throws {
    let cifar10 = try load("model: m\ndata: {format: cifar10, train: /a, heldout: /b}")
    #expect(cifar10.data.normalize == .cifar10)
    #expect(cifar10.data.normalize?.mean == [0.4914, 0.4822, 0.4465])
    #expect(cifar10.data.normalize?.std == [0.2023, 0.1994, 0.2010])
    let idx = try load(
      "model: m\ndata: {format: idx, train: {images: /a, labels: /b.gz}, heldout: {images: /c, labels: /d}}")
    #expect(
      idx.data.source
        == .idx(
          train: DataSettings.ImageFiles(images: "/a", labels: "/b.gz"),
          heldout: DataSettings.ImageFiles(images: "/c", labels: "/d")))
    let csv = try load(
      "model: m\ndata: {format: csv, train: /a, heldout: /b, label: y, subject: who, features: [no, x 1]}")
    #expect(
      csv.data.source
        == .csv(
          train: "/a", heldout: "/b",
          columns: DataSettings.Columns(label: "y", id: nil, subject: "who", features: ["no", "x 1"])))
  }

  @Test func models_areLoadedInOrder_andABadOneBreaksItselfAlone() throws {
    let tree = try ConfigurationTree()
    try tree.write(model: "zebra", Self.least)
    try tree.write(model: "Ant", Self.least)
    try tree.write(model: "bee", "modle: x\n")
    try tree.write(model: "bad name", Self.least)
    try tree.write(model: ".hidden", "nonsense")
    try DurableFile.publish("nonsense", to: tree.places.modelSettings + "/notes.txt")
    let configuration = try ConfigurationLoader.load(tree.places)
    #expect(configuration.models.map(\.name) == ["Ant", "zebra"])
    #expect(configuration.brokenModels.map(\.name) == ["bad name", "bee"])
    #expect(configuration.modelNames == ["Ant", "bad name", "bee", "zebra"])
    #expect(configuration.model("zebra") != nil && configuration.model("bee") == nil)
    let directory = tree.places.modelSettings
    #expect(
      configuration.brokenModels.map { "\($0.fault)" } == [
        """
        \(directory)/bad name.yaml: the file's name is no name for a model; call it NAME.yaml; \
        NAME: 1 to 128 letters, digits, '.', '_' or '-', beginning with a letter or digit
        """,
        """
        \(directory)/bee.yaml:1:1: model is missing; add model: /srv/models/bee
        \(directory)/bee.yaml:1:1: data is missing; add data: {format: cifar10, train: FILES, heldout: FILES}
        \(directory)/bee.yaml:1:1: unknown key "modle"; did you mean model?
        """,
      ])
  }

  @Test func model_whenItsFileIsReadAtLast_takesItsPlaceAmongTheOthers() throws {
    let tree = try ConfigurationTree()
    for name in ["ant", "zebra"] { try tree.write(model: name, Self.least) }
    let file = tree.places.modelSettings + "/bee.yaml"
    try DurableDirectory.swapSymlink(at: file, to: "/proc/self/mem")
    let configuration = try ConfigurationLoader.load(tree.places)
    #expect(configuration.brokenModels.map(\.fault.isTransient) == [true])
    try tree.write(model: "bee", Self.least)
    let mended = configuration.replacing("bee", by: .success(try ConfigurationLoader.loadModel("bee", file: file)))
    #expect(mended.models.map(\.name) == ["ant", "bee", "zebra"] && mended.brokenModels.isEmpty)
    #expect(mended == (try ConfigurationLoader.load(tree.places)))
  }

  @Test(arguments: BadModel.later + BadModel.methods + BadModel.data + BadModel.sections)
  func model_whenBad_isAnsweredToTheWord(_ bad: BadModel) {
    #expect(faults(bad.text) == bad.answer)
  }

  private func load(_ text: String) throws -> ModelSettings {
    let tree = try ConfigurationTree()
    try tree.write(model: "case", text)
    return try ConfigurationLoader.loadModel("case", file: tree.places.modelSettings + "/case.yaml")
  }

  private func faults(_ text: String) -> String? {
    do {
      _ = try load(text)
      return nil
    } catch let error as ConfigurationError {
      return error.problems.map(\.full).joined(separator: "\n")
    } catch {
      return "\(error)"
    }
  }
}
