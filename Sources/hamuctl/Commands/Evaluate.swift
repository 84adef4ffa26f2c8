import ArgumentParser
import Requests
import Service

struct Evaluate: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Loss and accuracy of a model on its own data.",
    discussion: "Measures the current version, or the configured directory before there is any. Works without a daemon."
  )

  @Option(help: "The model.") var model: String
  @Option(help: "train or heldout.", completion: .list(Evaluation.Part.allCases.map(\.rawValue)))
  var split: String = "train"
  @Option(help: ArgumentHelp("Rows a to b, b excluded; all by default.", valueName: "a:b")) var rows: String?
  @Option(help: "A version's number; the current one by default.") var version: Int?
  @Flag(help: "Print JSON.") var json = false
  @OptionGroup var place: PlaceOptions
  @ParentCommand var parent: Hamuctl

  func validate() throws {
    guard Evaluation.Part(rawValue: split) != nil else { throw ValidationError("--split is train or heldout") }
    if let rows, Self.range(rows) == nil {
      throw ValidationError("--rows is a:b with 0 <= a < b, for example 0:1000; b is excluded")
    }
  }

  func run() async throws {
    Kernels.choose()
    try await run {
      let session = Session(place, parent: parent.place)
      let evaluation = Evaluation(
        places: session.places, model: model, part: Evaluation.Part(rawValue: split) ?? .train,
        rows: rows.flatMap(Self.range), version: version)
      let figures: JSONValue
      do throws(ControlError) {
        figures = try evaluation.run()
      } catch {
        throw Failure(error)
      }
      if json { return Output.json(figures) }
      Output.say(
        "\(model), version \(Figures.text(figures["version"])), \(split): \(Figures.text(figures["rows"])) rows, "
          + "loss \(Figures.short(figures["loss"])), accuracy \(Figures.short(figures["accuracy"]))"
          + (figures["note"]?.stringValue.map { "\n  " + $0 } ?? ""))
    }
  }

  private static func range(_ text: String) -> Range<Int>? {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false).map { Int($0) }
    guard parts.count == 2, let low = parts[0], let high = parts[1], low >= 0, low < high else { return nil }
    return low..<high
  }
}
