import ArgumentParser
import Requests
import Service

struct Submit: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Hand a deletion-request manifest to hamud.",
    discussion: "The file is opened by you and its bytes are handed over, so hamud need not be able to read it.")

  @Argument(help: "The manifest: YAML or JSON.", completion: .file(extensions: ["yaml", "yml", "json"]))
  var file: String
  @Flag(help: "Return when the request has ended or is held, with an exit code that says which.")
  var wait = false
  @Flag(help: "Print JSON.") var json = false
  @OptionGroup var place: PlaceOptions
  @ParentCommand var parent: Hamuctl

  func run() async throws {
    try await run {
      let session = Session(place, parent: parent.place)
      let manifest: (name: String, text: String)
      do throws(ControlError) {
        manifest = try ManifestFile.read(file)
      } catch {
        throw Failure(error)
      }
      var receipt: JSONValue
      do throws(ControlError) {
        receipt = try await ControlClient(places: session.places).call(
          .submit(name: manifest.name, text: manifest.text))
      } catch {
        if json, let rejected = error.receipt { Output.json(rejected) }
        throw Failure(error)
      }
      if wait, let id = receipt["request"]?.stringValue { receipt = try await session.ask(.wait(id: id)) }
      json ? Output.json(receipt) : Output.say(ReceiptText.summary(receipt))
      // Handed in again, a request that was cancelled stays so: nothing will be forgotten.
      if wait || receipt["state"]?.stringValue == RequestState.cancelled.rawValue { try Ending.exit(as: receipt) }
    }
  }
}
