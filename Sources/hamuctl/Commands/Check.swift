import ArgumentParser
import Requests
import Service

struct Check: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Look at configuration, models, data and permissions; each finding with its mend.",
    discussion: "Asks the running daemon, since what its user may read is what matters; looks itself where none runs.")

  @Flag(help: "Print JSON.") var json = false
  @OptionGroup var place: PlaceOptions
  @ParentCommand var parent: Hamuctl

  func run() async throws {
    try await run {
      let session = Session(place, parent: parent.place)
      let answer = try await session.askOrRead(.check) { reader throws(ControlError) in try reader.check() }
      if json {
        Output.json(answer)
      } else {
        if answer["looked"]?.stringValue == "itself" {
          Output.complain("no daemon answers; this is what you may read, not what user hamud may")
        }
        for finding in answer["findings"]?.elements ?? [] {
          Output.say(
            [finding["severity"], finding["where"], finding["problem"]].map { Figures.text($0) }.joined(separator: ": ")
              + "; " + Figures.text(finding["mend"]))
        }
        Output.say(Figures.text(answer["message"]))
      }
      let hasErrors = answer["findings"]?.elements?.contains { $0["severity"]?.stringValue == "error" } ?? false
      if hasErrors { throw ArgumentParser.ExitCode(ExitStatus.configuration.rawValue) }
    }
  }
}
