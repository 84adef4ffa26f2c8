import Checkpoints
import Datasets
import Networks
import Unlearning

/// Thirty requests one after the other on the same model: subjects, with class 0 as the third.
struct StudySequence {
  private static let length = 30
  private static let classPlace = 2

  private let study: Study
  private let seed: Int
  private var model: StudyModel { study.model }
  private var workers: Int { study.options.workers }

  init(_ study: Study, seed: Int) {
    self.study = study
    self.seed = seed
  }

  /// What was erased so far.
  private struct Course {
    var current: VersionStore.Version
    var erased: [EarlierErasures.Row] = []
    var classes: [Int] = []
    /// Rows that no run may retain, also those of requests that are held.
    var gone: Set<Int> = []
    /// Rows of subjects that are forgotten, by subject.
    var subjects: [[Int]] = []
    var held = 0
    var row: StudyRow
  }

  func run() throws -> StudyRow {
    var picker = StudyPicker(model.dataset, seed: seed)
    var course = Course(current: model.original, row: StudyRow(.sequence, seed: seed))
    for place in 0..<Self.length {
      try serve(place, &picker, &course)
      try measure(&course, place: place)
    }
    course.row.state = course.held == 0 ? "forgotten" : "held"
    course.row.reason = "\(course.held) held"
    return course.row
  }

  private func serve(_ place: Int, _ picker: inout StudyPicker, _ course: inout Course) throws {
    let isClass = place == Self.classPlace
    let picked = isClass ? picker.rows(ofClass: 0) : picker.subject(of: 5...50).rows
    let request = ForgetRequest(
      key: "\(place)", kind: isClass ? .classes([0]) : .rows, rows: picked.filter { !course.gone.contains($0) })
    var plan = try model.plan([request], from: course.current, without: course.gone, seed: seed, workers: workers)
    plan.erasures = EarlierErasures(classes: course.classes, rows: course.erased)
    let (result, version) = try study.result(of: plan, from: course.current)
    say("  \(place + 1): " + StudyRow(.sequence, seed: seed, result).line)
    course.gone.formUnion(request.rows)
    course.row.steps += result.steps
    course.row.imageShare += Double(result.work.gradientRows) / StudyRow.retraining
    course.row.evaluated += result.work.evaluatedRows
    guard version != nil || result.ending == .nothingToForget else {
      course.held += 1
      return
    }
    if let version { course.current = version }
    course.erased += result.margins.map {
      EarlierErasures.Row(row: $0.row, erasure: place, phi: isClass ? $0.phi : nil)
    }
    if isClass { course.classes = [0] } else { course.subjects.append(request.rows) }
  }

  /// Every earlier erasure and the accuracies in the version that is current now.
  private func measure(_ course: inout Course, place: Int) throws {
    let labels = model.dataset.train.labels
    let erased = course.erased.map(\.row).sorted()
    let isLast = place + 1 == Self.length
    let train = isLast ? Array(0..<model.dataset.train.count) : erased
    let seen = try model.outcomes(course.current, model.dataset.train, train, workers: workers)
    let found = Dictionary(uniqueKeysWithValues: zip(train, seen))
    let heldoutLabels = model.dataset.heldout.labels
    let heldout = try model.outcomes(course.current, model.dataset.heldout, model.heldout, workers: workers)
    let margins = HeldoutMargins(labels: model.heldout.map { heldoutLabels[$0] }, phi: heldout.map(\.phi))
    let gone = Set(course.classes.map(Int32.init))
    func auc(_ rows: [Int]) -> Double? {
      let own = rows.filter { !gone.contains(labels[$0]) }
      guard !own.isEmpty else { return nil }
      return Membership.auc(
        own.map { Margin(row: $0, label: labels[$0], phi: found[$0]?.phi ?? 0) }, margins)
    }
    func share(_ outcomes: [RowOutcome]) -> Double? {
      outcomes.isEmpty ? nil : Double(outcomes.count { $0.correct }) / Double(outcomes.count)
    }
    course.row.membershipAUC = auc(erased)
    let ofClass = share(erased.filter { gone.contains(labels[$0]) }.compactMap { found[$0] })
    let unseen = share(zip(model.heldout, heldout).filter { gone.contains(heldoutLabels[$0.0]) }.map(\.1))
    course.row.classAccuracy = ofClass.map { max($0, unseen ?? 0) }
    let large = course.subjects.filter { $0.count >= 20 }.compactMap(auc)
    say(
      "     all rows \(course.row.membershipAUC.shown(3)), subjects \(large.min().shown(3)) to \(large.max().shown(3)), "
        + "class \(ofClass.shown(3)) / \(unseen.shown(3)), images \((course.row.imageShare * 100).shown(2)) %")
    guard isLast else { return }
    let kept = train.filter { !course.gone.contains($0) }
    course.row.retainAccuracy = share(kept.compactMap { found[$0] })
    let before = try model.outcomes(model.original, model.dataset.heldout, model.heldout, workers: workers)
    func others(_ outcomes: [RowOutcome]) -> Double {
      share(zip(model.heldout, outcomes).filter { !gone.contains(heldoutLabels[$0.0]) }.map(\.1)) ?? 0
    }
    course.row.heldoutChange = others(heldout) - others(before)
  }
}
