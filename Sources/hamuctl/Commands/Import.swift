import ArgumentParser
import Requests
import Service

struct Import: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Bring in a retrained model as the next version.",
    discussion: """
      The directory is read by you and handed over. Forgotten rows that are not in the model's training data any more are \
      settled; the requests of those that are there are accepted again.
      """)

  @Argument(help: "The model.") var model: String
  @Argument(help: "A Hugging Face directory: config.json and *.safetensors.", completion: .directory) var directory:
    String
  @OptionGroup var change: ChangeOptions
  @ParentCommand var parent: Hamuctl

  func run() async throws {
    try await run {
      let session = Session(change.place, parent: parent.place)
      do throws(ControlError) {
        let answer = try await ImportTransfer.send(
          directory: directory, model: model, dryRun: change.dryRun, through: ControlClient(places: session.places))
        change.json ? Output.json(answer) : Output.say(Figures.text(answer["message"]))
      } catch {
        throw Failure(error)
      }
    }
  }
}
