/// What a group was before the first step: it decides which rules it is asked.
package struct GroupStart: Sendable, Equatable, Codable {
  /// Its AUC was above the band.
  package var wasAbove: Bool
  /// F.
  package var excess: Double
  /// The target held already: forgotten with the version that is current.
  package var hadNothing: Bool

  package init(wasAbove: Bool, excess: Double, hadNothing: Bool) {
    self.wasAbove = wasAbove
    self.excess = excess
    self.hadNothing = hadNothing
  }
}

/// Where a group stands.
package struct GroupVerdict: Sendable, Equatable {
  package var holds: Bool
  /// Under the band that it started above: more was forgotten than asked.
  package var isBelow: Bool
  /// What is left to the target: AUC above the band, accuracy above the bound, loss below it. 0 when it holds.
  package var distance: Double
  /// It does not hold and is within 0.05 of the band, or of the bound that stands in its place.
  package var isNear: Bool

  init(holds: Bool, isBelow: Bool = false, distance: Double, isNear: Bool? = nil) {
    self.holds = holds
    self.isBelow = isBelow
    self.distance = distance
    self.isNear = isNear ?? (!holds && distance <= RunLimits.nearBand)
  }

  /// Of several groups that must all hold.
  static func all(_ verdicts: [GroupVerdict]) -> GroupVerdict {
    GroupVerdict(
      holds: verdicts.allSatisfy(\.holds), isBelow: verdicts.contains(where: \.isBelow),
      distance: verdicts.map(\.distance).max() ?? 0, isNear: verdicts.contains(where: \.isNear))
  }
}

/// Compares figures with the target.
package struct Judge: Sendable {
  let target: RunTarget
  let classes: Int

  /// - Parameter classes: how many the model tells apart.
  package init(target: RunTarget, classes: Int) {
    self.target = target
    self.classes = classes
  }

  /// What rounding in a mean of many shares may add.
  private static let slack = 1e-9

  private var isMembership: Bool { target.forgetAccuracy == nil && target.forgetLoss == nil }
  var classBound: Double { target.classAccuracy ?? 1 / Double(classes) }
  var bandTop: Double { max(target.membershipAUC, 1 - target.membershipAUC) }
  private var bandBottom: Double { 1 - bandTop }

  package func start(_ group: Roster.Group, _ figures: GroupFigures) -> GroupStart {
    let isAbove = (figures.membershipAUC ?? 0) > bandTop + Self.slack
    var start = GroupStart(wasAbove: isAbove, excess: figures.excess ?? 0, hadNothing: false)
    start.hadNothing = verdict(group, figures, start).holds
    return start
  }

  package func verdict(_ group: Roster.Group, _ figures: GroupFigures, _ start: GroupStart) -> GroupVerdict {
    if !group.classes.isEmpty {
      return Self.atMost(classBound, max(figures.classAccuracy ?? 0, figures.classHeldoutAccuracy ?? 0))
    }
    return isMembership ? membership(group, figures, start) : ownersBounds(figures)
  }

  private func ownersBounds(_ figures: GroupFigures) -> GroupVerdict {
    let accuracy = target.forgetAccuracy.map { Self.atMost($0, figures.forgetAccuracy) }
    let loss = target.forgetLoss.map { Self.atMost(-$0, -figures.forgetLoss) }
    let both = [accuracy, loss].compactMap { $0 }
    return .all(both)
  }

  /// The band; for small groups also that no row is surer than every held-out row of its class, and that F has fallen. A
  /// group that started in the band or below is here because of such rows: they are what is left to forget, and neither
  /// the band's lower edge nor the fall of F is asked of it.
  private func membership(_ group: Roster.Group, _ figures: GroupFigures, _ start: GroupStart) -> GroupVerdict {
    let auc = figures.membershipAUC ?? 0
    if auc > bandTop + Self.slack { return GroupVerdict(holds: false, distance: auc - bandTop) }
    if start.wasAbove && auc < bandBottom - Self.slack {
      return GroupVerdict(holds: false, isBelow: true, distance: 0)
    }
    var distance = 0.0
    if group.isSmall || !start.wasAbove {
      distance = Double(figures.surerRows ?? 0) / Double(group.rows.count)
    }
    if group.isSmall && start.wasAbove && start.excess > 0 {
      distance = max(distance, (figures.excess ?? 0) / start.excess - RunLimits.excessShare)
    }
    return GroupVerdict(holds: distance <= 0, distance: distance, isNear: distance > 0)
  }

  static func atMost(_ bound: Double, _ value: Double) -> GroupVerdict {
    let holds = value <= bound + slack
    return GroupVerdict(holds: holds, distance: holds ? 0 : value - bound)
  }
}
