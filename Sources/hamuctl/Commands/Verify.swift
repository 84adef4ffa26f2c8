import ArgumentParser
import Requests
import Service

struct Verify: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract:
      "Read everything and trust nothing: versions, records, ledger, receipts; or check one receipt's signature.",
    discussion: """
      Without --receipt it needs the right to read what hamud keeps (root, group hamud), with or without a running daemon, \
      and names everything that is not as it was written, with its mend: exit code 0 whole, 65 damaged. With --receipt it \
      needs nothing but the two files, on any machine: 0 the key signed exactly this, 65 it was changed or is damaged, 76 it \
      is not signed or by another key, 66 a file cannot be read.
      """)

  @Argument(help: "Only this model and its requests.") var model: String?
  @Option(help: "Check this receipt and nothing else.", completion: .file()) var receipt: String?
  @Option(help: "The public keys to check it against, as hamuctl key prints them.", completion: .file())
  var key: String?
  @Flag(help: "Print JSON.") var json = false
  @OptionGroup var place: PlaceOptions
  @ParentCommand var parent: Hamuctl

  func validate() throws {
    guard (receipt == nil) == (key == nil) else {
      throw ValidationError("--receipt FILE and --key PUB go together; hamuctl key prints PUB")
    }
    guard receipt == nil || model == nil else { throw ValidationError("a receipt is checked without naming a model") }
  }

  func run() async throws {
    try await run {
      if let receipt, let key { return try check(receipt, key) }
      let report: VerifyReport
      do throws(ControlError) {
        report = try Verifier(places: Session(place, parent: parent.place).places, model: model).run()
      } catch {
        throw Failure(error)
      }
      if json {
        Output.json(report.json)
      } else {
        for finding in report.json["findings"]?.elements ?? [] { Output.say(Self.line(finding)) }
        Output.say(Figures.text(report.json["message"]))
      }
      if report.code != .success { throw ArgumentParser.ExitCode(report.code.rawValue) }
    }
  }

  private static func line(_ finding: JSONValue) -> String {
    let parts = ["severity", "where", "problem"].map { Figures.text(finding[$0]) }
    return parts.joined(separator: ": ") + "; " + Figures.text(finding["mend"])
  }

  private func check(_ receipt: String, _ key: String) throws {
    let answer: (json: JSONValue, code: ExitStatus)
    do throws(ControlError) {
      answer = try ReceiptCheck(receipt: receipt, key: key).answer
    } catch {
      throw Failure(error)
    }
    json
      ? Output.json(answer.json)
      : Output.say("\(Figures.text(answer.json["verdict"])): \(Figures.text(answer.json["message"]))")
    if answer.code != .success { throw ArgumentParser.ExitCode(answer.code.rawValue) }
  }
}

struct Key: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "The public keys that receipts and versions are signed with, as PEM; the one in use first.",
    discussion: "Keep a copy elsewhere: hamuctl verify --receipt FILE --key PUB checks against it, on any machine.")

  @Flag(help: "Print JSON.") var json = false
  @OptionGroup var place: PlaceOptions
  @ParentCommand var parent: Hamuctl

  func run() async throws {
    try await run {
      let answer = try await Session(place, parent: parent.place).askOrRead(.key) { reader throws(ControlError) in
        try reader.keys()
      }
      if json { return Output.json(answer) }
      guard answer["keys"]?.elements?.isEmpty == false else {
        throw Failure(ControlError(.unknownRequest, "there is no key yet; hamud makes it at its first start"))
      }
      // Without the newline that `say` adds: byte for byte what hamud.pub holds.
      Output.say(String((answer["pem"]?.stringValue ?? "").dropLast()))
    }
  }
}
