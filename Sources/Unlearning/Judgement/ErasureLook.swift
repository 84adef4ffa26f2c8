/// What of the earlier erasures does not hold in a model that is about to be published.
struct ErasureLook: Sendable, Equatable {
  /// Labels, ascending.
  var classes: [Int] = []
  /// All tombstoned rows of classes that were not erased, judged together.
  var rows = false
  /// They hold, but only by what a look allows over the band: mended where that is cheap, and no reason to hold a batch.
  var leavesBand = false

  var holds: Bool { classes.isEmpty && !rows }

  /// Everything holds.
  init() {}

  /// - Parameter survey: must have seen the erased rows and the tombstoned ones.
  init(_ survey: Survey, erased classes: [Int], _ judge: Judge) {
    self.classes = Set(classes).sorted().filter { !Self.verdict(survey, class: $0, judge).holds }
    rows = !Self.rowsVerdict(survey, judge).holds
    leavesBand = !rows && !Self.rowsVerdict(survey, judge, slack: 0).holds
  }

  static func verdict(_ survey: Survey, class label: Int, _ judge: Judge) -> GroupVerdict {
    let found = survey.accuracy(ofClass: label, among: survey.roster.erasedRows.map(\.row))
    return Judge.atMost(judge.classBound, max(found.rows ?? 0, found.heldout ?? 0))
  }

  /// - Parameter slack: how far above the band the AUC of all tombstoned rows may be.
  static func rowsVerdict(
    _ survey: Survey, _ judge: Judge, slack: Double = RunLimits.erasureSlack
  ) -> GroupVerdict {
    guard let auc = rowsAUC(survey) else { return GroupVerdict(holds: true, distance: 0) }
    return Judge.atMost(judge.bandTop + slack, auc)
  }

  /// How far the AUC of all tombstoned rows is below the top of the band; nil where there are none.
  static func rowsGap(_ survey: Survey, _ judge: Judge) -> Double? { rowsAUC(survey).map { judge.bandTop - $0 } }

  private static func rowsAUC(_ survey: Survey) -> Double? {
    let rows = survey.roster.tombstones.map(\.row)
    return rows.isEmpty ? nil : Membership.auc(survey.margins(of: rows), survey.margins)
  }
}
