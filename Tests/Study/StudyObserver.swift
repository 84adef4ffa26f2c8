import HAMU
import Unlearning

/// Prints a run's record, when that is wanted.
final class StudyObserver: RunObserver {
  private let prints: Bool

  init(prints: Bool) { self.prints = prints }

  var shouldStop: Bool { false }
  func signOfLife() {}
  func save(_ saved: SavedRun) {}

  func note(_ event: RunEvent) {
    guard prints else { return }
    switch event {
    case .began(let found, _), .measured(let found): say("  " + Self.text(found))
    case .stepped(let report): say("  " + Self.text(report))
    case .hardnessBegan(let report, let step):
      say("  step \(step): unavoidable: \(Self.text(report.hardness)), spent \(report.retainSpent.shown(5))")
    case .hardnessEnded(_, let step): say("  step \(step): no longer unavoidable")
    case .setAside(_, let report, let step):
      say("  step \(step): a request set aside: \(Self.text(report.hardness))")
    case .nearDuplicates(let found):
      if !found.pairs.isEmpty { say("  \(found.pairs.count) rows have near-duplicates that stay") }
    case .phaseBegan(let phase): say("  phase \(phase.purpose), \(phase.objective), \(phase.rows) rows")
    case .steered(let found): say("  " + Self.text(found))
    case .overshot(let attempt): say("  overshot, try \(attempt)")
    case .notFinite(let attempt): say("  not finite, try \(attempt)")
    case .nothingToForget: say("  nothing to forget")
    }
  }

  private static func text(_ found: Measurement) -> String {
    let groups = found.groups.map { group in
      group.classAccuracy.map { "class \($0.shown(3)) / \(group.classHeldoutAccuracy.shown(3))" }
        ?? "AUC \(group.membershipAUC.shown(3)), F \(group.excess.shown(3)), surer \(group.surerRows ?? 0)"
    }
    return "measured at \(found.step): \(groups.joined(separator: "; ")); retain \(found.retain.loss.shown(5)) "
      + "/ \(found.retain.accuracy.shown(4)), spent \(found.retainSpent.shown(5)), "
      + "held-out \(found.heldout.loss.shown(4)) / \(found.heldout.accuracy.shown(4))"
  }

  private static func text(_ found: SteeringReport) -> String {
    "decided at \(found.step): \(found.causes.map(\.rawValue).joined(separator: ", ")); batch \(found.batch), "
      + "open \(found.openRows), radius x \(found.radiusScale.shown(3)), quota x \(found.quotaScale.shown(2)), "
      + "was \(found.quotaShare.shown(3)), "
      + "predicted \(found.predicted.shown(5)), actual \(found.actual.shown(5))"
  }

  private static func text(_ report: StepReport) -> String {
    let hardness = report.hardness.map(text) ?? "-"
    return "\(report.step): forget \(report.forgetLoss.shown(3)) retain \(report.retainLoss.shown(4)) \(hardness)"
  }

  private static func text(_ hardness: Hardness) -> String {
    "F* \(hardness.leastCost.shown(6)) +- \(hardness.leastCostError.shown(6)) cost \(hardness.retainCost.shown(6)) "
      + "+- \(hardness.retainCostError.shown(6)) Q \(hardness.quota.shown(5)) Q0 \(hardness.freeImprovement.shown(5))"
  }
}
