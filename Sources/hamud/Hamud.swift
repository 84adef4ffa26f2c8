import ArgumentParser
import Service

/// `hamud`: the daemon, in the foreground. systemd starts it, and so may anybody on a directory of their own.
@main
struct Hamud: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "hamud",
    abstract: "Make trained models forget what people ask to have deleted.",
    discussion: """
      Takes deletion-request manifests from its spool, unlearns them in batches, publishes a new version of the model and \
      answers each request with a receipt. Runs in the foreground; SIGTERM stops it with its progress saved, SIGHUP \
      reloads the configuration. hamuctl asks it.
      """,
    version: Release.version)

  @Option(
    name: .long,
    help: ArgumentHelp(
      "The directory below which all places are; the installed service's by default.", valueName: "dir"),
    completion: .directory)
  var root: String?

  mutating func run() async throws {
    let code = await Daemon(root: root).run()
    if code != 0 { throw ExitCode(code) }
  }
}
