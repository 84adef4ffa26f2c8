import HAMU
import Ledger
import Requests
import Unlearning

/// What a receipt's `detail` says of a run: one or two sentences for a person, with what they can do.
enum RunSentences {
  /// - Parameter owed: requests that have to be forgotten again before the version is served.
  static func forgotten(_ request: RequestResult, _ result: RunResult, owed: [RequestID]) -> String {
    forgotten(request, result) + notServed(owed)
  }

  private static func notServed(_ owed: [RequestID]) -> String {
    if owed.isEmpty { return "" }
    let names =
      owed.prefix(3).map(\.text).joined(separator: ", ") + (owed.count > 3 ? " and \(owed.count - 3) more" : "")
    return "; the version is not served before \(names), which a rollback or hamuctl recover brought back, "
      + "\(owed.count == 1 ? "is" : "are") forgotten again (hamuctl status: owed)"
  }

  private static func forgotten(_ request: RequestResult, _ result: RunResult) -> String {
    if request.hadNothingToForget {
      return "these rows were no surer than rows the model never saw, so there was nothing to forget; they will not be "
        + "trained on again"
    }
    let group = result.groups[request.group]
    if let figure = group.after?.classAccuracy {
      return "the model names the class's rows right in \(percent(figure)) of cases, measured on the published version"
    }
    if let auc = group.after?.membershipAUC {
      return
        "a forgotten row is surer than an unseen row of its class with a chance of \(short(auc)) (0.5: nothing tells "
        + "them apart), measured on the published version"
    }
    return "the target holds, measured on the published version"
  }

  /// - Parameter id: whose receipt it stands in.
  static func held(_ result: RunResult, budget: Double, _ id: RequestID) -> String {
    reason(result, budget: budget) + goingOn(result, id.text)
  }

  /// Of a run that is tried again; the ledger adds when.
  static func failed(_ result: RunResult) -> String { reason(result, budget: 0) + nothing }

  /// Of a request that its run went on without.
  /// - Parameter version: what the others of its batch were published as, if they were.
  static func setAside(_ own: HardnessReport, version: Int?, _ id: RequestID) -> String {
    let others =
      version.map { "the others of its batch are forgotten in version \($0)" } ?? "its run went on without it"
    return "by itself this request cannot be forgotten further without raising the retain loss, by "
      + "\(short(own.hardness.leastCost)) a step at the least (measured: \(short(own.hardness.retainCost))); \(others). "
      + "hamuctl resume \(id.text) --accept-retain-cost X goes on, hamuctl cancel \(id.text) gives it up"
  }

  private static func reason(_ result: RunResult, budget: Double) -> String {
    switch result.ending {
    case .unavoidable:
      let hardness = result.hardness?.hardness
      return "after \(result.steps) steps every further step must raise the retain loss, by "
        + "\(hardness.map { short($0.leastCost) } ?? "an unknown amount") at the least (measured: "
        + "\(hardness.map { short($0.retainCost) } ?? "-") a step); so far it has risen by "
        + "\(result.hardness.map { short($0.retainSpent) } ?? "-") of \(short(budget))"
    case .retainBudget:
      return "after \(result.steps) steps the retain loss had risen by more than the budget of \(short(budget))"
    case .maxSteps: return "the target was not reached within \(result.steps) steps"
    case .overshot: return "the target band was jumped over and five more tries with shorter steps did not land in it"
    case .earlierErasure where !result.returns.isEmpty:
      let batches = result.returns.filter { $0.verdict == .returned && $0.isNew }.map { "\($0.batch)" }
      return "rows of batch \(batches.joined(separator: ", ")), which are gone from the data, show signs of return, "
        + "and policy.on_return is hold"
    case .earlierErasure:
      let classes =
        result.lostClasses.isEmpty ? "" : " (classes \(result.lostClasses.map(String.init).joined(separator: ", ")))"
      return "what was erased earlier\(classes) could not be kept erased"
    case .infeasible:
      return
        "the absolute constraint asks for more than the trust radius allows in one step; set constraint: {ratio: ..}, or a smaller one"
    case .notFinite: return "a loss or gradient was not finite, also with shorter steps"
    case .target, .nothingToForget, .stopped: return "the run ended"
    }
  }

  private static let nothing = "; nothing was published"

  private static func goingOn(_ result: RunResult, _ id: String) -> String {
    switch result.ending {
    case .infeasible:
      return nothing + ". With that mended, hamuctl retry \(id) starts over; hamuctl cancel \(id) gives it up"
    default:
      // What shows signs of return is no matter of steps.
      return nothing + ". " + (result.returns.isEmpty ? cost(result.goingOn) : "")
        + "hamuctl resume \(id) --accept-retain-cost X goes on, hamuctl cancel \(id) gives it up"
    }
  }

  private static func cost(_ going: GoingOn?) -> String {
    guard let going, let cost = going.retainCostPerStep else { return "" }
    let price =
      cost > 0
      ? "Going on costs about \(short(cost)) of retain loss a step"
      : "Going on costs no retain loss (measured: \(short(cost)) a step)"
    // One measurement shows no fall either.
    if going.steps == 0 {
      return "The target holds: what is missing is that the retain loss comes down, or that its rise is accepted. "
    }
    let length =
      going.steps.map { ", for some \($0) steps. " }
      ?? ", for how many steps nobody can say: no fall of the distance to the target was measured yet. "
    return price + length
  }

  /// Of a batch that cannot be run as things are.
  static func impossible(_ sentence: String, _ id: RequestID) -> String {
    sentence + "; when that is mended, hamuctl retry \(id.text) starts over, hamuctl cancel \(id.text) gives it up"
  }

  static func percent(_ share: Double) -> String { short(share * 100) + " %" }

  /// Three significant digits.
  static func short(_ value: Double) -> String {
    guard value.isFinite else { return "-" }
    if value == 0 { return "0" }
    var scale = 1.0
    var size = abs(value)
    while size < 100, scale < 1e12 {
      size *= 10
      scale *= 10
    }
    let rounded = (value * scale).rounded() / scale
    return rounded.magnitude >= 1e6 || rounded.magnitude < 1e-4 ? "\(rounded)" : trimmed(rounded)
  }

  private static func trimmed(_ value: Double) -> String {
    let text = "\(value)"
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }
}
