import Networks

/// Everything that was seen at one measurement.
struct Survey: Sendable {
  let roster: Roster
  /// Labels of all training and held-out rows.
  let labels: (train: [Int32], heldout: [Int32])
  /// The batch's rows and whatever else was asked for.
  private(set) var train: SeenRows
  let heldout: SeenRows
  /// Of the rows that were asked for: the sample, or all.
  let retain: SplitFigures
  let margins: HeldoutMargins
  /// Rows that went through the network for it.
  let evaluatedRows: Int

  init(
    _ roster: Roster, labels: (train: [Int32], heldout: [Int32]), seen: (train: SeenRows, heldout: SeenRows),
    retain: SeenRows
  ) {
    self.roster = roster
    self.labels = labels
    train = seen.train
    heldout = seen.heldout
    self.retain = SplitFigures(retain.outcomes)
    evaluatedRows = seen.train.rows.count + seen.heldout.rows.count + retain.rows.count
    let heldoutLabels = labels.heldout
    margins = HeldoutMargins(
      labels: seen.heldout.rows.map { heldoutLabels[$0] }, phi: seen.heldout.outcomes.map(\.phi))
  }

  /// With further training rows, measured with the same weights.
  func adding(_ rows: SeenRows) -> Survey {
    var survey = self
    survey.train = train.merged(with: rows)
    return survey
  }

  var isFinite: Bool { train.isFinite && heldout.isFinite && retain.loss.isFinite }

  func margins(of rows: [Int]) -> [Margin] {
    rows.map { Margin(row: $0, label: labels.train[$0], phi: train[$0].phi) }
  }

  var heldoutFigures: SplitFigures { heldout.figures(of: roster.figureRows) }

  /// Accuracy on those of `rows` that are of a class, and on its held-out rows; nil where there are none.
  func accuracy(ofClass label: Int, among rows: [Int]) -> (rows: Double?, heldout: Double?) {
    let own = rows.filter { labels.train[$0] == Int32(label) }
    let unseen = heldout.rows.filter { labels.heldout[$0] == Int32(label) }
    return (own.isEmpty ? nil : train.accuracy(of: own), unseen.isEmpty ? nil : heldout.accuracy(of: unseen))
  }

  /// - Parameter intervalSeed: with which a membership interval is drawn; nil: none.
  func figures(of group: Roster.Group, intervalSeed: UInt64?) -> GroupFigures {
    let seen = train.figures(of: group.rows)
    var figures = GroupFigures(forgetLoss: seen.loss, forgetAccuracy: seen.accuracy)
    if group.classes.isEmpty {
      let margins = margins(of: group.rows)
      figures.membershipAUC = Membership.auc(margins, self.margins)
      figures.membershipInterval = intervalSeed.map { BootstrapInterval(margins, self.margins).interval(seed: $0) }
      figures.excess = Membership.excess(margins, Membership.targets(margins, self.margins))
      figures.surerRows = Membership.surerRows(margins, self.margins)
    } else {
      let found = group.classes.map { accuracy(ofClass: $0, among: group.rows) }
      figures.classAccuracy = found.compactMap(\.rows).max() ?? 0
      figures.classHeldoutAccuracy = found.compactMap(\.heldout).max() ?? 0
    }
    return figures
  }
}

extension Survey {
  /// What the rows of the requests are pushed to: ranks are taken within each judged group, so that F = 0 means that every
  /// group is distributed as unseen rows are. (Ranks among all rows of a batch would leave a request that was remembered
  /// better than its neighbours above the band, and the others below it.) A row of two groups gets the lower target.
  func requestTargets(_ starts: [GroupStart]) -> RankedRows {
    var targets: [Int: Double] = [:]
    for (index, group) in roster.groups.enumerated() where roster.isActive(index, starts) {
      for (row, target) in zip(group.rows, RankedRows(group.rows, in: self).targets) {
        targets[row] = min(target, targets[row] ?? target)
      }
    }
    let rows = roster.activeRows(starts)
    return RankedRows(rows: rows, targets: rows.compactMap { targets[$0] })
  }
}

/// Rows with their rank-matched targets.
struct RankedRows: Sendable {
  /// Ascending.
  private let rows: [Int]
  let targets: [Double]

  init(_ rows: [Int], in survey: Survey) {
    self.rows = rows
    targets = Membership.targets(survey.margins(of: rows), survey.margins)
  }

  /// Targets that were computed before, of rows in ascending order.
  init(rows: [Int], targets: [Double]) {
    self.rows = rows
    self.targets = targets
  }

  func target(of row: Int) -> Double {
    var low = 0
    var high = rows.count
    while low < high {
      let middle = (low + high) / 2
      if rows[middle] < row { low = middle + 1 } else { high = middle }
    }
    precondition(low < rows.count && rows[low] == row, "row \(row) has no target")
    return targets[low]
  }
}
