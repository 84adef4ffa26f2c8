/// What of the earlier erasures does not hold in a model that is about to be published.
struct ErasureLook: Sendable, Equatable {
  /// Labels, ascending.
  var classes: [Int] = []
  /// All tombstoned rows of classes that were not erased, judged together.
  var rows = false

  var holds: Bool { classes.isEmpty && !rows }

  /// Everything holds.
  init() {}

  /// - Parameter survey: must have seen the erased rows and the tombstoned ones.
  init(_ survey: Survey, erased classes: [Int], _ judge: Judge) {
    self.classes = Set(classes).sorted().filter { !Self.verdict(survey, class: $0, judge).holds }
    rows = !Self.rowsVerdict(survey, judge).holds
  }

  static func verdict(_ survey: Survey, class label: Int, _ judge: Judge) -> GroupVerdict {
    let found = survey.accuracy(ofClass: label, among: survey.roster.erasedRows.map(\.row))
    return Judge.atMost(judge.classBound, max(found.rows ?? 0, found.heldout ?? 0))
  }

  static func rowsVerdict(_ survey: Survey, _ judge: Judge) -> GroupVerdict {
    let rows = survey.roster.tombstones.map(\.row)
    guard !rows.isEmpty else { return GroupVerdict(holds: true, distance: 0) }
    let auc = Membership.auc(survey.margins(of: rows), survey.margins)
    return Judge.atMost(judge.bandTop + RunLimits.erasureSlack, auc)
  }
}
