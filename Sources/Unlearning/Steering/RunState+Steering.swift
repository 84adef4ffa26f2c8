import HAMU
import Networks

extension Steering {
  init(_ settings: SteeringSettings, batchSize: Int, seeing retain: SeenRows) {
    self.init(settings, batchSize: batchSize)
    hard = [HardRow]().updated(by: retain.hardRows, keeping: settings.hardRows)
  }
}

extension Steering {
  /// - Parameters:
  ///   - screened: drawn evenly from `hard`, which has nearly all rows that can be missed.
  ///   - retained: the number of retain rows.
  ///   - accuracy: on all of them, before the run.
  mutating func estimateMissed(_ screened: SeenRows, of retained: Int, before accuracy: Double) {
    guard !screened.rows.isEmpty, retained > 0 else { return }
    missed = Self.missed(
      screened.outcomes.count { !$0.correct }, of: screened.rows.count, listed: hard.count, retained: retained,
      before: accuracy)
  }

  /// What the misses among some rows of a list say of all retain rows, if no row beyond the list is missed: the share of them
  /// that is missed and was not before.
  package static func missed(
    _ misses: Int, of screened: Int, listed: Int, retained: Int, before accuracy: Double
  ) -> Double {
    Double(misses) / Double(screened) * Double(listed) / Double(retained) - (1 - accuracy)
  }
}

extension Steering {
  /// Other rows are pushed, and guard, than when it was measured which of them are open: what is left of those, and where no
  /// pushed one is, all of them.
  mutating func narrow(to rows: [Int], guards: [Int]) {
    let (pushed, guarding) = (Set(rows), Set(guards))
    open = open.filter(pushed.contains)
    if open.isEmpty { open = rows }
    openGuards = openGuards.filter(guarding.contains)
  }

  /// Whether every row that a step may draw is one that it may: of the phase, and of the retain set.
  func fits(_ phase: Phase, _ plan: RunPlan) -> Bool {
    let (pushed, retained) = (Set(phase.rows), Set(plan.retainRows))
    return batch >= 1 && open.allSatisfy(pushed.contains) && (hard + seen).allSatisfy { retained.contains($0.row) }
  }
}

extension SeenRows {
  var hardRows: [HardRow] { zip(rows, outcomes).map { HardRow(row: $0, $1) } }
}

extension RunState {
  /// What a measurement means for the rows of the steps until the next.
  mutating func aim(_ survey: Survey, _ settings: SteeringSettings?, _ judge: Judge) {
    guard var steering, let settings else { return }
    var above: [Int] = []
    var excess = 0.0
    switch phase.objective {
    case .margin:
      for (row, target) in zip(phase.rows, targets) where survey.train[row].phi > target {
        above.append(row)
        excess += survey.train[row].phi - target
      }
      steering.excess = excess / Double(phase.rows.count)
    case .crossEntropy:
      // Rows of a class that came back are measured only from the phase on that mends it: open until then.
      above = phase.rows.filter { survey.train.ifSeen($0)?.correct ?? true }
      steering.excess = nil
    case .npo, .divergence:
      steering.excess = nil
    }
    // None are left while something else does not hold: then all of them are looked after.
    steering.open = above.isEmpty ? phase.rows : above
    steering.openGuards = zip(survey.roster.rowGuards(self), guardTargets)
      .compactMap { survey.train[$0.row].phi > $1 ? $0.row : nil }
    steering.guardPressure = nil
    if phase.purpose == .requests, let gap = ErasureLook.rowsGap(survey, judge) {
      steering.guardPressure = Steering.guardPressure(gap: gap, settings)
    }
    steering.hard = steering.hard.updated(by: steering.seen, keeping: settings.hardRows)
    steering.seen = []
    self.steering = steering
  }

  /// Steps to the target at the pace of the last measurements of the phase, `steps` or more, as a share of those that are
  /// left; infinite where the distance did not fall; nil where there were none.
  func stepsShare(ofLeft left: Int, over steps: Int) -> Double? {
    guard let last = distances.last, let earlier = distances.last(where: { last.step - $0.step >= steps }) else {
      return nil
    }
    let decrease = (earlier.distance - last.distance) / Double(last.step - earlier.step)
    if last.distance <= 0 { return 0 }
    return decrease > 0 && left > 0 ? last.distance / decrease / Double(left) : .infinity
  }
}
