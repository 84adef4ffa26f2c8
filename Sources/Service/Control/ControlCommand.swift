package import Requests

/// What can be asked of the running daemon over its control socket.
///
/// One JSON object a line in both directions. A call is `{"hamud": 1, "do": WORD, ...}`; the answer is `{"ok": ...}` or
/// `{"error": {"code": N, "message": TEXT}}`, the code being the exit code that hamuctl ends with.
package enum ControlCommand: Sendable, Equatable {
  case status
  case list(state: RequestState?, model: String?)
  case show(id: String)
  /// Answers when the request has ended or is held.
  case wait(id: String)
  /// A manifest's bytes as text; `name` is the file's name, whose stem is the default id.
  case submit(name: String, text: String)
  case cancel(id: String, dryRun: Bool)
  case resume(id: String, acceptRetainCost: Double?, dryRun: Bool)
  case retry(id: String, dryRun: Bool)
  /// Do not wait for batches to fill; nil: of every model.
  case flush(model: String?, dryRun: Bool)
  case pause(model: String, dryRun: Bool)
  case unpause(model: String, dryRun: Bool)
  case rematch(model: String, dryRun: Bool)
  /// Begins an import: the files follow as `file` and `chunk` lines (`ImportTransfer`).
  case importModel(model: String, dryRun: Bool)
  /// Nil: to the version before the one that runs start from.
  case rollback(model: String, version: Int?, servesNow: Bool, dryRun: Bool)
  /// After a backup was brought back: `signsOff` lets go what cannot be replayed.
  case recover(signsOff: Bool, dryRun: Bool)
  case versions(model: String?)
  /// Remove replaced versions: those that are due, or (`now`) all; nil: of every model.
  case purge(model: String?, now: Bool, despiteReaders: Bool, dryRun: Bool)
  /// The public keys.
  case key
  case check
  case reload

  package static let format = 1

  /// The word in `do`.
  package var word: String {
    switch self {
    case .status: "status"
    case .list: "list"
    case .show: "show"
    case .wait: "wait"
    case .submit: "submit"
    case .cancel: "cancel"
    case .resume: "resume"
    case .retry: "retry"
    case .flush: "flush"
    case .pause: "pause"
    case .unpause: "unpause"
    case .rematch: "rematch"
    case .importModel: "import"
    case .rollback: "rollback"
    case .recover: "recover"
    case .versions: "versions"
    case .purge: "purge"
    case .key: "key"
    case .check: "check"
    case .reload: "reload"
    }
  }
}

// MARK: - As JSON

extension ControlCommand {
  package var json: JSONValue {
    var members: [JSONValue.Member] = [.init("hamud", JSONValue(Self.format)), .init("do", JSONValue(word))]
    func add(_ key: String, _ value: JSONValue?) {
      if let value { members.append(.init(key, value)) }
    }
    func add(dryRun: Bool) { add("dry_run", dryRun ? true : nil) }
    switch self {
    case .status, .key, .check, .reload: break
    case .list(let state, let model):
      add("state", state.map { JSONValue($0.rawValue) })
      add("model", model.map { JSONValue($0) })
    case .show(let id), .wait(let id): add("id", JSONValue(id))
    case .submit(let name, let text):
      add("name", JSONValue(name))
      add("text", JSONValue(text))
    case .cancel(let id, let dryRun), .retry(let id, let dryRun):
      add("id", JSONValue(id))
      add(dryRun: dryRun)
    case .resume(let id, let cost, let dryRun):
      add("id", JSONValue(id))
      add("accept_retain_cost", cost.map { JSONValue($0) })
      add(dryRun: dryRun)
    case .flush(let model, let dryRun):
      add("model", model.map { JSONValue($0) })
      add(dryRun: dryRun)
    case .pause(let model, let dryRun), .unpause(let model, let dryRun), .rematch(let model, let dryRun),
      .importModel(let model, let dryRun):
      add("model", JSONValue(model))
      add(dryRun: dryRun)
    case .rollback, .recover: members += goingBack
    case .versions(let model): add("model", model.map { JSONValue($0) })
    case .purge(let model, let now, let despiteReaders, let dryRun):
      add("model", model.map { JSONValue($0) })
      add("now", now ? true : nil)
      add("despite_readers", despiteReaders ? true : nil)
      add(dryRun: dryRun)
    }
    return .object(members)
  }

  /// What `rollback` and `recover` say beside their word.
  private var goingBack: [JSONValue.Member] {
    let facts: JSONValue =
      switch self {
      case .rollback(let model, let version, let servesNow, let dryRun):
        .present([
          "model": JSONValue(model), "version": version.map { JSONValue($0) }, "serve_now": servesNow ? true : nil,
          "dry_run": dryRun ? true : nil,
        ])
      case .recover(let signsOff, let dryRun):
        .present(["sign_off": signsOff ? true : nil, "dry_run": dryRun ? true : nil])
      default: [:]
      }
    return facts.members ?? []
  }

  /// - Throws: `.usage` for what is no call of this format.
  package init(json: JSONValue) throws(ControlError) {
    guard json["hamud"]?.integerValue == Self.format, let word = json["do"]?.stringValue else {
      throw ControlError(.usage, "a call is an object with \"hamud\": \(Self.format) and \"do\"")
    }
    let fields = ControlFields(json)
    self =
      switch word {
      case "status": .status
      case "list": .list(state: try fields.state(), model: try fields.textIfPresent("model"))
      case "show": .show(id: try fields.text("id"))
      case "wait": .wait(id: try fields.text("id"))
      case "submit": .submit(name: try fields.text("name"), text: try fields.text("text"))
      case "cancel": .cancel(id: try fields.text("id"), dryRun: fields.dryRun)
      case "resume":
        .resume(
          id: try fields.text("id"), acceptRetainCost: try fields.cost("accept_retain_cost"), dryRun: fields.dryRun)
      case "retry": .retry(id: try fields.text("id"), dryRun: fields.dryRun)
      case "flush": .flush(model: try fields.textIfPresent("model"), dryRun: fields.dryRun)
      case "pause": .pause(model: try fields.text("model"), dryRun: fields.dryRun)
      case "unpause": .unpause(model: try fields.text("model"), dryRun: fields.dryRun)
      case "rematch": .rematch(model: try fields.text("model"), dryRun: fields.dryRun)
      case "import": .importModel(model: try fields.text("model"), dryRun: fields.dryRun)
      case "rollback":
        .rollback(
          model: try fields.text("model"), version: json["version"]?.integerValue.map { Int($0) },
          servesNow: json["serve_now"]?.boolValue ?? false, dryRun: fields.dryRun)
      case "recover": .recover(signsOff: json["sign_off"]?.boolValue ?? false, dryRun: fields.dryRun)
      case "versions": .versions(model: try fields.textIfPresent("model"))
      case "purge":
        .purge(
          model: try fields.textIfPresent("model"), now: fields.flag("now"),
          despiteReaders: fields.flag("despite_readers"), dryRun: fields.dryRun)
      case "key": .key
      case "check": .check
      case "reload": .reload
      default:
        throw ControlError(
          .usage, "this daemon does not know the call it was sent; are hamuctl and hamud of one release?")
      }
  }
}

/// Typed access to the keys of a call.
private struct ControlFields {
  let json: JSONValue

  init(_ json: JSONValue) { self.json = json }

  var dryRun: Bool { flag("dry_run") }

  func flag(_ key: String) -> Bool { json[key]?.boolValue ?? false }

  func text(_ key: String) throws(ControlError) -> String {
    guard let text = json[key]?.stringValue else { throw ControlError(.usage, "this call needs \"\(key)\"") }
    return text
  }

  func textIfPresent(_ key: String) throws(ControlError) -> String? {
    json[key] == nil ? nil : try text(key)
  }

  func state() throws(ControlError) -> RequestState? {
    guard let word = try textIfPresent("state") else { return nil }
    guard let state = RequestState(rawValue: word) else {
      let known = RequestState.allCases.map(\.rawValue).joined(separator: ", ")
      throw ControlError(.usage, "there is no such state; states: \(known)")
    }
    return state
  }

  func cost(_ key: String) throws(ControlError) -> Double? {
    guard let value = json[key] else { return nil }
    guard let number = value.numberValue, number.isFinite, number >= 0 else {
      throw ControlError(.usage, "the accepted retain cost is a loss of 0 or more, for example 0.05")
    }
    return number
  }
}
