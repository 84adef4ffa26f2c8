import ArgumentParser
import Datasets
import Platform
import Requests
import Service
import Training

struct Train: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Train a model from the data that NAME's configuration names.",
    discussion: """
      AdamW with a one-cycle rate. Pictures of 16 x 16 pixels or more train a ResNet-20, everything else a feed-forward \
      network. The same data, options and seed give the same weights.
      """)

  @Argument(help: "The model's name in models.d.") var name: String
  @Option(help: "Times that every training row is seen.") var epochs: Int
  @Option(help: "Decides the first weights and the order of the rows.") var seed: UInt64
  @Option(
    help: ArgumentHelp("Where the model is written; the configured directory by default.", valueName: "dir"),
    completion: .directory)
  var out: String?
  @Option(
    help: ArgumentHelp("A feed-forward network with these hidden layers, for example 128,128.", valueName: "sizes"))
  var hidden: String?
  @Option(help: "Rows of a step.") var batchSize: Int?
  @Option(help: "The highest learning rate.") var rate: Double?
  @Flag(help: "Shift and mirror pictures, anew in each epoch.") var augment = false
  @Flag(help: "Print JSON.") var json = false
  @OptionGroup var place: PlaceOptions
  @ParentCommand var parent: Hamuctl

  func validate() throws {
    if let hidden, Self.sizes(hidden) == nil {
      throw ValidationError("--hidden lists sizes above 0, separated by commas: 128,128")
    }
  }

  func run() async throws {
    Kernels.choose()
    try await run {
      let places = Session(place, parent: parent.place).places
      do {
        try train(places)
      } catch let error as ControlError {
        throw Failure(error)
      } catch let error as ConfigurationError {
        throw Failure(ControlError(.configuration, error.description))
      } catch {
        throw Failure(ControlError(.inputOutput, "\(error)"))
      }
    }
  }

  private func train(_ places: Places) throws {
    let file = Paths.join(places.modelSettings, name + ".yaml")
    guard try FileStatus.ifPresent(file) != nil else {
      throw ControlError(
        .configuration, "no model \(name) is configured: write \(file) first; its model: need not exist yet")
    }
    let settings = try ConfigurationLoader.loadModel(name, file: file)
    let directory = out ?? settings.model
    if try FileStatus.ifPresent(Paths.join(directory, "config.json")) != nil {
      throw ControlError(
        .usage, "\(directory) holds a model already; name another directory with --out, or move it away")
    }
    let data = try Dataset.open(DatasetDescription(settings.data))
    let plan = hidden.flatMap(Self.sizes).map { ModelPlan.mlp(hidden: $0, for: data) } ?? ModelPlan.usual(for: data)
    var options = TrainingSettings(for: plan, epochs: epochs, seed: seed, workers: AvailableCores.count())
    options.augment = augment
    if let batchSize { options.batchSize = batchSize }
    if let rate { options.rate = rate }
    var bar = ProgressBar(json ? nil : "training \(name)")
    let model = try Trainer(data, plan: plan, settings: options).run { step in
      bar.show(
        done: step.step, of: step.steps,
        "epoch \(step.epoch) of \(step.epochs), loss \(Figures.short(step.loss)), accuracy \(Figures.short(step.accuracy))"
      )
      return true
    }
    bar.end()
    try DurableDirectory.make(directory, parents: true)
    try model.write(to: directory)
    tell(model, directory)
  }

  private func tell(_ model: TrainedModel, _ directory: String) {
    func figures(_ split: Training.SplitFigures) -> JSONValue {
      ["rows": JSONValue(split.rows), "loss": JSONValue(split.loss), "accuracy": JSONValue(split.accuracy)]
    }
    if json {
      return Output.json([
        "model": JSONValue(name), "directory": JSONValue(directory), "train": figures(model.train),
        "heldout": figures(model.heldout),
      ])
    }
    Output.say(
      "\(name): \(directory); training rows: loss \(Figures.short(model.train.loss)), accuracy "
        + "\(Figures.short(model.train.accuracy)); held-out rows: loss \(Figures.short(model.heldout.loss)), accuracy "
        + "\(Figures.short(model.heldout.accuracy))")
  }

  private static func sizes(_ text: String) -> [Int]? {
    let sizes = text.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) ?? 0 }
    return sizes.allSatisfy { $0 > 0 } ? sizes : nil
  }
}
