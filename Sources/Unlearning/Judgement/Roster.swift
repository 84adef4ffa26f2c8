import Datasets

/// Who is judged in a run, by what rows, and what has to be held down beside: all that follows from the plan alone.
package struct Roster: Sendable {
  /// A request with 30 rows or more, all smaller ones together, or a request of classes.
  package struct Group: Sendable, Equatable {
    package var keys: [String]
    /// Ascending.
    package var rows: [Int]
    /// Of a request of classes; empty: rows are judged.
    package var classes: [Int]
    /// Judged together because each has fewer than 30 rows.
    package var isSmall: Bool
    /// Found hard on its own: pushed no longer, and nothing waits for it.
    package var isSetAside = false

    package init(keys: [String], rows: [Int], classes: [Int] = [], isSmall: Bool) {
      self.keys = keys
      self.rows = rows
      self.classes = classes
      self.isSmall = isSmall
    }
  }

  /// A request, and who judges it.
  struct Request: Sendable, Equatable {
    var key: String
    var rows: Int
    /// Index into `groups`.
    var group: Int
  }

  let groups: [Group]
  /// In the plan's order.
  let requests: [Request]
  /// All rows of the batch; ascending.
  let rows: [Int]
  /// Classes that this batch erases.
  let batchClasses: [Int]
  let heldoutRows: [Int]
  /// Those that held-out figures speak of: without the classes erased earlier or in this batch.
  let figureRows: [Int]
  /// The fixed sample of retain rows; ascending.
  let retainSample: [Int]
  /// Tombstoned rows of classes that were erased.
  let erasedRows: [EarlierErasures.Row]
  /// Tombstoned rows of other classes, except those that this batch erases.
  let tombstones: [EarlierErasures.Row]

  var isOfClasses: Bool { !batchClasses.isEmpty }

  /// - Parameter aside: keys of requests that were set aside.
  init(_ plan: RunPlan, aside: Set<String> = []) throws(UnlearningError) {
    (groups, requests) = Self.group(plan.requests, aside)
    rows = Set(plan.requests.flatMap(\.rows)).sorted()
    let batchClasses = Set(groups.flatMap(\.classes)).sorted()
    self.batchClasses = batchClasses
    heldoutRows = plan.heldoutRows
    let heldoutLabels = plan.dataset.heldout.labels
    let gone = Set(plan.erasures.classes + batchClasses)
    figureRows = plan.heldoutRows.filter { !gone.contains(Int(heldoutLabels[$0])) }
    let generator = SeededGenerator(seed: plan.settings.seed, purpose: .retainSample, step: 0)
    retainSample = BatchRows.draw(RunLimits.retainSample, of: plan.retainRows, with: generator).rows.sorted()
    let labels = plan.dataset.train.labels
    let measurable = Set(plan.heldoutRows.map { heldoutLabels[$0] })
    erasedRows = plan.erasures.rows.filter { plan.erasures.classes.contains(Int(labels[$0.row])) }
      .sorted { $0.row < $1.row }
    // A class without held-out rows has nothing that its rows could be compared with.
    tombstones = plan.erasures.rows.filter {
      !gone.contains(Int(labels[$0.row])) && measurable.contains(labels[$0.row])
    }
    .sorted { $0.row < $1.row }
    try check(plan, measurable)
  }

  private static func group(_ requests: [ForgetRequest], _ aside: Set<String>) -> ([Group], [Request]) {
    var groups: [Group] = []
    var listed = requests.map { Request(key: $0.key, rows: $0.rows.count, group: 0) }
    // Small ones are judged together, those that were set aside apart from the others.
    var small: (open: [Int], aside: [Int]) = ([], [])
    for (index, request) in requests.enumerated() {
      var classes: [Int] = []
      if case .classes(let labels) = request.kind { classes = Set(labels).sorted() }
      if classes.isEmpty && request.rows.count < RunLimits.judgedAlone {
        if aside.contains(request.key) { small.aside.append(index) } else { small.open.append(index) }
        continue
      }
      listed[index].group = groups.count
      var group = Group(keys: [request.key], rows: Set(request.rows).sorted(), classes: classes, isSmall: false)
      group.isSetAside = aside.contains(request.key)
      groups.append(group)
    }
    for (members, isSetAside) in [(small.open, false), (small.aside, true)] where !members.isEmpty {
      for index in members { listed[index].group = groups.count }
      let rows = Set(members.flatMap { requests[$0].rows }).sorted()
      var group = Group(keys: members.map { requests[$0].key }, rows: rows, isSmall: true)
      group.isSetAside = isSetAside
      groups.append(group)
    }
    return (groups, listed)
  }

  /// Whether anything is still to be reached for a group.
  func isActive(_ group: Int, _ starts: [GroupStart]) -> Bool {
    !groups[group].isSetAside && !starts[group].hadNothing
  }

  /// Rows of the groups that are active; ascending.
  func activeRows(_ starts: [GroupStart]) -> [Int] {
    Set(groups.indices.flatMap { isActive($0, starts) ? groups[$0].rows : [] }).sorted()
  }

  /// Rows of requests that were set aside.
  var setAsideRows: [Int] { groups.flatMap { $0.isSetAside ? $0.rows : [] } }

  private func check(_ plan: RunPlan, _ measurable: Set<Int32>) throws(UnlearningError) {
    guard !plan.requests.isEmpty, plan.requests.allSatisfy({ !$0.rows.isEmpty }) else {
      throw .plan("a batch has a request without rows to forget; leave it out, it is forgotten already")
    }
    guard groups.allSatisfy({ $0.classes.isEmpty }) || groups.allSatisfy({ !$0.classes.isEmpty }) else {
      throw .plan("a batch has requests of rows beside requests of classes; make two batches of it")
    }
    guard plan.settings.batchSize >= 1, plan.settings.evaluateEvery >= 1 else {
      throw .plan("batch_size and evaluate_every must be at least 1")
    }
    guard !plan.retainRows.isEmpty else {
      throw .plan("no training row would be left to retain; forget less, or retrain without the rows")
    }
    let labels = plan.dataset.train.labels
    for label in Set(rows.map { labels[$0] }).union(batchClasses.map(Int32.init)).sorted()
    where !measurable.contains(label) {
      throw .plan(
        "class \(label) has no held-out rows, so nobody could tell whether its rows are forgotten; add some to the "
          + "held-out data")
    }
  }
}
