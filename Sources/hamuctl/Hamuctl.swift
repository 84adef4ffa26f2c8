import ArgumentParser
import Platform
import Service

/// `hamuctl`: the command line of hamud. It prints and decides exit codes; whatever it does is done by the daemon it
/// asks, or by the room it calls.
@main
struct Hamuctl: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "hamuctl",
    abstract: "Ask hamud to make a model forget, and see what became of it.",
    discussion: """
      Exit codes are those of sysexits.h: 0 done, 64 wrong command line, 65 a manifest was refused or something is damaged, 66 no \
      such request or file, 69 no daemon answers, 73 cancelled, 75 held (a person must decide), 76 nothing proves a receipt, 77 not \
      allowed, 78 wrong configuration.
      """,
    version: Release.version,
    groupedSubcommands: [
      CommandGroup(
        name: "Requests",
        subcommands: [
          Submit.self, Status.self, List.self, Show.self, Cancel.self, Resume.self, Retry.self, Flush.self,
        ]),
      CommandGroup(
        name: "Models",
        subcommands: [
          Pause.self, Unpause.self, Rematch.self, Import.self, Versions.self, Purge.self, Rollback.self, Recover.self,
        ]),
      CommandGroup(name: "Evidence", subcommands: [Verify.self, Key.self]),
      CommandGroup(name: "Configuration", subcommands: [Check.self, Reload.self]),
      CommandGroup(name: "Without a daemon", subcommands: [Backup.self, Train.self, Evaluate.self, Compare.self]),
    ])

  @OptionGroup var place: PlaceOptions

  /// A reader that went away (`| head -1`) must not end the command with a signal in the place of its exit code.
  static func main() async {
    ProcessControl.ignoreBrokenPipes()
    await main(nil)
  }
}

/// Where hamud's places are. It stands before or after a command; the one after it wins.
struct PlaceOptions: ParsableArguments {
  @Option(
    name: .long,
    help: ArgumentHelp(
      "The directory below which all places are; the installed service's by default.", valueName: "dir"),
    completion: .directory)
  var root: String?
}
