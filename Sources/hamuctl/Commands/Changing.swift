import ArgumentParser
import Requests
import Service

struct Cancel: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Take a request back that has not begun, or that is held.",
    discussion: "Cancelling a request of a held batch discards that batch's progress.")

  @Argument(help: "The request's id.") var id: String
  @OptionGroup var change: ChangeOptions
  @ParentCommand var parent: Hamuctl

  func run() async throws {
    try await change.ask(.cancel(id: id, dryRun: change.dryRun), by: self, parent)
  }
}

struct Resume: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Go on with a held request, and with all of its batch that are still held.",
    discussion: """
      Goes on from the saved progress where the version it started from is still current, else from the beginning. \
      With --accept-retain-cost the run no longer stops because retain degradation is unavoidable: only when the retain \
      loss has risen by more than the accepted cost.
      """)

  @Argument(help: "The request's id.") var id: String
  @Option(
    help: ArgumentHelp(
      "How much the retain loss may rise, counted from before the run; in the place of retain_budget.", valueName: "x"))
  var acceptRetainCost: Double?
  @OptionGroup var change: ChangeOptions
  @ParentCommand var parent: Hamuctl

  func validate() throws {
    if let cost = acceptRetainCost, !(cost.isFinite && cost >= 0) {
      throw ValidationError("--accept-retain-cost is a loss of 0 or more, for example 0.05")
    }
  }

  func run() async throws {
    try await change.ask(.resume(id: id, acceptRetainCost: acceptRetainCost, dryRun: change.dryRun), by: self, parent)
  }
}

struct Retry: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Start a held or failed request over, from the beginning, with the configuration as it is now.")

  @Argument(help: "The request's id.") var id: String
  @OptionGroup var change: ChangeOptions
  @ParentCommand var parent: Hamuctl

  func run() async throws { try await change.ask(.retry(id: id, dryRun: change.dryRun), by: self, parent) }
}

struct Flush: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Do not wait for batches to fill: start with what is there.")

  @Argument(help: "The model; all of them by default.") var model: String?
  @OptionGroup var change: ChangeOptions
  @ParentCommand var parent: Hamuctl

  func run() async throws { try await change.ask(.flush(model: model, dryRun: change.dryRun), by: self, parent) }
}

struct Pause: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Let a model's requests wait. A run in progress saves its progress and stops.")

  @Argument(help: "The model.") var model: String
  @OptionGroup var change: ChangeOptions
  @ParentCommand var parent: Hamuctl

  func run() async throws { try await change.ask(.pause(model: model, dryRun: change.dryRun), by: self, parent) }
}

struct Unpause: AsyncParsableCommand {
  static let configuration = CommandConfiguration(abstract: "Let a paused model's requests go on.")

  @Argument(help: "The model.") var model: String
  @OptionGroup var change: ChangeOptions
  @ParentCommand var parent: Hamuctl

  func run() async throws { try await change.ask(.unpause(model: model, dryRun: change.dryRun), by: self, parent) }
}

struct Rematch: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "After a model's data changed: find every forgotten and every waiting row in the new data, and go on.",
    discussion: "Rows that are gone are fine, rows that moved are followed.")

  @Argument(help: "The model.") var model: String
  @OptionGroup var change: ChangeOptions
  @ParentCommand var parent: Hamuctl

  func run() async throws { try await change.ask(.rematch(model: model, dryRun: change.dryRun), by: self, parent) }
}

struct Reload: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Put the configuration as it is now in force.",
    discussion: "Returns when it is in force; when it is wrong, says why, and the old one stays.")

  @Flag(help: "Print JSON.") var json = false
  @OptionGroup var place: PlaceOptions
  @ParentCommand var parent: Hamuctl

  func run() async throws {
    try await run {
      let answer = try await Session(place, parent: parent.place).ask(.reload)
      json ? Output.json(answer) : Output.say(Figures.text(answer["message"]))
    }
  }
}

/// What the commands that change something share.
struct ChangeOptions: ParsableArguments {
  @Flag(help: "Say what would happen, and change nothing.") var dryRun = false
  @Flag(help: "Print JSON.") var json = false
  @OptionGroup var place: PlaceOptions

  func ask(_ command: ControlCommand, by caller: some AsyncParsableCommand, _ parent: Hamuctl) async throws {
    try await caller.run {
      let answer = try await Session(place, parent: parent.place).ask(command)
      json ? Output.json(answer) : Output.say(Figures.text(answer["message"]))
    }
  }
}
