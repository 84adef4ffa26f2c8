import ArgumentParser
import Service

struct Rollback: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Go back to an earlier version, and forget again what was forgotten since.",
    discussion: """
      An earlier version still remembers what later ones forgot. So every request that was served since is accepted \
      again, and what is served stays as it is until all of them were served again, from that version on.
      """)

  @Argument(help: "The model.") var model: String
  @Option(
    help: ArgumentHelp("The version to go back to; the parent of the current one by default.", valueName: "n"))
  var to: Int?
  @Flag(help: "Serve that version at once, although it still remembers what was forgotten since.") var serveNow = false
  @OptionGroup var change: ChangeOptions
  @ParentCommand var parent: Hamuctl

  func run() async throws {
    try await change.ask(
      .rollback(model: model, version: to, servesNow: serveNow, dryRun: change.dryRun), by: self, parent)
  }
}
