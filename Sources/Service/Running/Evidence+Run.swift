import HAMU
package import Ledger
import Requests
package import Unlearning

// What a run measured, in the words of receipts.

extension Evidence {
  /// - Parameter isHeld: whether going on is a question that somebody has to answer.
  package init(_ request: RequestResult, in result: RunResult, isHeld: Bool) {
    self.init()
    let group = result.groups[request.group]
    steps = result.steps
    judged = request.isJudgedAlone ? .request : .batch
    before = Receipt.Figures(group.before, retain: result.retainBefore, heldout: result.heldoutBefore)
    after = group.after.map { Receipt.Figures($0, retain: result.retainAfter, heldout: result.heldoutAfter) }
    hardness = (request.setAside ?? result.hardness).map { Receipt.Hardness($0) }
    let copies = result.nearDuplicates?.pairs.filter { $0.key == request.key } ?? []
    if !copies.isEmpty { nearDuplicates = Receipt.NearDuplicates(copies.map { .init($0.row, stays: $0.retainRow) }) }
    if let own = request.setAside {
      goingOn = Receipt.GoingOn(retainCostPerStep: own.hardness.retainCost, steps: nil)
    } else if isHeld {
      goingOn = result.goingOn.map { Receipt.GoingOn(retainCostPerStep: $0.retainCostPerStep, steps: $0.steps) }
    }
  }
}

extension Receipt.Figures {
  init(_ group: GroupFigures, retain: SplitFigures?, heldout: SplitFigures?) {
    self.init()
    forgetLoss = group.forgetLoss
    forgetAccuracy = group.forgetAccuracy
    if group.classAccuracy != nil {
      classAccuracy = group.classAccuracy
      classHeldoutAccuracy = group.classHeldoutAccuracy
    } else {
      membershipAUC = group.membershipAUC
      if let bounds = group.membershipInterval, bounds.count == 2, bounds[0] <= bounds[1] {
        membershipInterval = bounds[0]...bounds[1]
      }
    }
    retainLoss = retain?.loss
    retainAccuracy = retain?.accuracy
    heldoutLoss = heldout?.loss
    heldoutAccuracy = heldout?.accuracy
  }
}

extension Receipt.Hardness {
  init(_ report: HardnessReport) {
    self.init(isUnavoidable: report.isUnavoidable)
    let hardness = report.hardness
    kappa = hardness.kappa
    kappa1 = hardness.kappa1
    kappa2 = hardness.kappa2
    quota = hardness.quota
    leastCost = hardness.leastCost
    leastCostError = hardness.leastCostError
    retainCost = hardness.retainCost
    retainCostError = hardness.retainCostError
    freeImprovement = hardness.freeImprovement
  }
}
