import ArgumentParser
import Requests
import Service

struct Status: AsyncParsableCommand {
  static let configuration = CommandConfiguration(abstract: "What the daemon is doing, and how much is waiting.")

  @Flag(help: "Print JSON.") var json = false
  @OptionGroup var place: PlaceOptions
  @ParentCommand var parent: Hamuctl

  func run() async throws {
    try await run {
      let status = try await Session(place, parent: parent.place).askOrRead(.status) { reader throws(ControlError) in
        try reader.status()
      }
      json ? Output.json(status) : Output.say(StatusText.of(status))
    }
  }
}

struct List: AsyncParsableCommand {
  static let configuration = CommandConfiguration(abstract: "The requests, oldest first.")

  @Option(help: "Only those in this state.", completion: .list(RequestState.allCases.map(\.rawValue)))
  var state: String?
  @Option(help: "Only those of this model.") var model: String?
  @Flag(help: "Print JSON.") var json = false
  @OptionGroup var place: PlaceOptions
  @ParentCommand var parent: Hamuctl

  func validate() throws {
    if let state, RequestState(rawValue: state) == nil {
      let known = RequestState.allCases.map(\.rawValue).joined(separator: ", ")
      throw ValidationError("there is no state '\(state)'; states: \(known)")
    }
  }

  func run() async throws {
    try await run {
      let state = state.flatMap(RequestState.init(rawValue:))
      let list = try await Session(place, parent: parent.place).askOrRead(.list(state: state, model: model)) {
        reader throws(ControlError) in try reader.list(state: state, model: model)
      }
      if json { return Output.json(list) }
      var table = Table([
        .text("REQUEST"), .text("STATE"), .text("MODEL"), .figure("VERSION"), .figure("ROWS"), .text("ACCEPTED"),
      ])
      for entry in list.elements ?? [] {
        table.add(["request", "state", "model", "version", "rows", "accepted_at"].map { Figures.text(entry[$0]) })
      }
      Output.say(table.isEmpty ? "no requests" : table.text)
    }
  }
}

struct Show: AsyncParsableCommand {
  static let configuration = CommandConfiguration(abstract: "One request's receipt.")

  @Argument(help: "The request's id.") var id: String
  @Flag(help: "Return when the request has ended or is held, with an exit code that says which.")
  var wait = false
  @Flag(help: "Print JSON.") var json = false
  @OptionGroup var place: PlaceOptions
  @ParentCommand var parent: Hamuctl

  func run() async throws {
    try await run {
      let session = Session(place, parent: parent.place)
      let receipt =
        wait
        ? try await session.ask(.wait(id: id))
        : try await session.askOrRead(.show(id: id)) { reader throws(ControlError) in try reader.show(id: id) }
      json ? Output.json(receipt) : Output.say(ReceiptText.whole(receipt))
      if wait { try Ending.exit(as: receipt) }
    }
  }
}

struct Versions: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "The versions of a model: what each still remembers, and when it is due to be purged, or was.")

  @Argument(help: "The model; all of them by default.") var model: String?
  @Flag(help: "Print JSON.") var json = false
  @OptionGroup var place: PlaceOptions
  @ParentCommand var parent: Hamuctl

  func run() async throws {
    try await run {
      let versions = try await Session(place, parent: parent.place).askOrRead(.versions(model: model)) {
        reader throws(ControlError) in try reader.versions(model: model)
      }
      if json { return Output.json(versions) }
      var table = Table([
        .text("MODEL"), .figure("VERSION"), .text("CURRENT"), .figure("BATCH"), .text("PUBLISHED"),
        .figure("STILL REMEMBERS"), .text("PURGE DUE"),
      ])
      for entry in versions.elements ?? [] {
        table.add(
          ["model", "version", "current", "batch", "published_at", "still_remembers", "purge_due"].map {
            if $0 == "purge_due", entry["purge_waits"]?.boolValue == true { return "waits, see hamuctl purge" }
            if $0 == "purge_due", let purged = entry["purged_at"] { return "purged " + Figures.text(purged) }
            return entry[$0]?.boolValue.map { $0 ? "yes" : "" } ?? Figures.text(entry[$0])
          })
      }
      Output.say(table.isEmpty ? "no versions" : table.text)
    }
  }
}
