import ArgumentParser
import Platform
import Requests
import Service

struct Purge: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Remove replaced versions, which still remember what was forgotten.",
    discussion: """
      hamud does that by itself when their time (retention: of the model) is over. A version that somebody reads under a lease \
      (a shared lock on its directory: flock -s DIRECTORY COMMAND) is removed when the lease ends; this command does not wait \
      for that, says who holds it, and ends with 75.
      """)

  @Argument(help: "The model; all of them by default.") var model: String?
  @Flag(help: "Also those whose time is not over.") var now = false
  @Flag(help: "With those that are leased too: their files are emptied, and readers that mapped them die of it.")
  var despiteReaders = false
  @OptionGroup var change: ChangeOptions
  @ParentCommand var parent: Hamuctl

  func run() async throws {
    try await run {
      let answer = try await Session(change.place, parent: parent.place).ask(
        .purge(model: model, now: now, despiteReaders: despiteReaders, dryRun: change.dryRun))
      let waiting = (answer["versions"]?.elements ?? []).filter { $0["state"]?.stringValue == "waits" }
      if change.json {
        Output.json(answer)
      } else {
        for version in answer["versions"]?.elements ?? [] { Output.say(Self.line(version)) }
        Output.say(Figures.text(answer["message"]))
      }
      if !waiting.isEmpty { throw ArgumentParser.ExitCode(ExitStatus.held.rawValue) }
    }
  }

  /// Who holds a lease is looked up here: the daemon's sandbox hides other processes from it.
  private static func line(_ version: JSONValue) -> String {
    let state = Figures.text(version["state"])
    let what = "\(Figures.text(version["model"])) version \(Figures.text(version["version"])): \(state)"
    guard state == "waits" else { return what }
    let holders = LockHolder.of(Figures.text(version["directory"])).map(\.text)
    return what
      + (holders.isEmpty
        ? " for a run, or for a reader who cannot be seen" : " for process \(holders.joined(separator: ", "))")
  }
}
