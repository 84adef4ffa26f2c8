import ArgumentParser
import Requests
import Service

struct Compare: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Hold unlearning against training anew without the rows.",
    discussion: """
      Trains networks without the rows that the manifest names, lets as many unlearn them, and says for each row how well \
      the two can be told apart (epsilon), as the NeurIPS 2023 unlearning competition scored it. Nothing is published.
      """)

  @Argument(help: "A manifest: which model, and which rows.", completion: .file(extensions: ["yaml", "yml", "json"]))
  var file: String
  @Flag(help: "Against networks that are trained anew; there is nothing else to compare with yet.") var retrain = false
  @Option(help: "Times that every training row is seen: as the model was trained.") var epochs: Int
  @Option(help: "Networks of each kind; the more, the larger an epsilon can be told.") var nets = 16
  @Option(help: "The first of the networks' seeds.") var seed: UInt64 = 1
  @Option(help: "Rows of a training step.") var batchSize: Int?
  @Option(help: "The highest learning rate of the training.") var rate: Double?
  @Flag(help: "Shift and mirror pictures while training.") var augment = false
  @Flag(help: "Let each network unlearn what it was trained on itself, instead of starting from the model as it is.")
  var originals = false
  @Flag(help: "Also score as many further networks that never saw the rows: what nothing can beat.") var ceiling = false
  @Flag(help: "Print JSON.") var json = false
  @OptionGroup var place: PlaceOptions
  @ParentCommand var parent: Hamuctl

  func validate() throws {
    if !retrain { throw ValidationError("say what to compare with: --retrain") }
  }

  func run() async throws {
    Kernels.choose()
    try await run {
      let session = Session(place, parent: parent.place)
      do throws(ControlError) {
        let manifest = try ManifestFile.read(file)
        var options = RetrainComparison.Options(epochs: epochs)
        options.networks = nets
        options.seed = seed
        options.batchSize = batchSize
        options.rate = rate
        options.augment = augment
        options.trainsOriginals = originals
        options.findsCeiling = ceiling
        let comparison = RetrainComparison(places: session.places, manifest: manifest.text, options: options)
        var bar = ProgressBar(json ? nil : "comparing")
        let figures = try comparison.run { progress in
          bar.show(
            done: progress.done, of: progress.all, "network \(progress.done) of \(progress.all) \(progress.what)")
        }
        bar.end()
        json ? Output.json(figures) : Output.say(ComparisonText.of(figures))
      } catch {
        throw Failure(error)
      }
    }
  }
}
