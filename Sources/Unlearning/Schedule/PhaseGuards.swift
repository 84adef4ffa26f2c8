import Datasets
import HAMU
import Networks

extension RunSettings {
  /// Guards of a step.
  fileprivate var guardsAtMost: (classes: Int, rows: Int) {
    guard let steering else { return (guardRows, guardRows) }
    return (min(steering.classGuards, guardRows), min(steering.rowGuards, guardRows))
  }
}

extension Roster {
  /// The batch's own rows, when they guard in a phase that mends something else.
  private static let ownErasure = Int.max

  /// Which rows with rank-matched targets guard in a phase: the tombstones, and while something is mended the batch's
  /// own rows beside them, except those that the phase pushes itself. Ascending by row.
  func rowGuards(_ state: RunState) -> [EarlierErasures.Row] {
    var guards = state.phase.purpose == .mendRows ? [] : tombstones
    if state.phase.purpose != .requests && !isOfClasses {
      guards += activeRows(state.starts).map { EarlierErasures.Row(row: $0, erasure: Self.ownErasure) }
    }
    return guards.sorted { $0.row < $1.row }
  }

  /// Rows of erased classes, held down to their phi in the version that forgot them; while something is mended also the
  /// rows of a class that this batch erases, to what they had reached.
  func classGuards(_ state: RunState, labels: [Int32]) -> GuardPool {
    var mended: Int32?
    if case .mendClass(let label) = state.phase.purpose { mended = Int32(label) }
    var rows = erasedRows.compactMap { erased -> GuardPool.Row? in
      guard let phi = erased.phi, labels[erased.row] != mended else { return nil }
      return GuardPool.Row(row: erased.row, erasure: erased.erasure, target: phi)
    }
    if state.phase.purpose != .requests {
      rows += state.heldMargins.map { GuardPool.Row(row: $0.row, erasure: Self.ownErasure, target: $0.phi) }
    }
    return GuardPool(rows)
  }

  /// With a controller only those that do not hold: the others have no gradient.
  func rowGuardPool(_ state: RunState) -> GuardPool {
    let open = state.steering.map { Set($0.openGuards) }
    return GuardPool(
      zip(rowGuards(state), state.guardTargets).compactMap { held, target in
        guard open?.contains(held.row) ?? true else { return nil }
        return GuardPool.Row(row: held.row, erasure: held.erasure, target: target)
      })
  }
}

/// Draws the rows of each step of a phase.
struct Schedule: Sendable {
  private let plan: RunPlan
  private let phase: Phase
  private let ranked: RankedRows?
  private let guards: (classes: GuardPool, rows: GuardPool)
  private let steering: Steering?
  private let sampler: RetainSampler?

  init(_ plan: RunPlan, _ roster: Roster, _ state: RunState) {
    self.plan = plan
    phase = state.phase
    ranked = phase.objective == .margin ? RankedRows(rows: phase.rows, targets: state.targets) : nil
    steering = state.steering
    sampler = state.steering.map {
      RetainSampler(plan.retainRows, hard: $0.hard, hardShare: plan.settings.steering?.hardShare ?? 0)
    }
    guards = (roster.classGuards(state, labels: plan.dataset.train.labels), roster.rowGuardPool(state))
  }

  /// Retain rows of one of several draws at the same weights, by cross-entropy: for requests' own hardness.
  func ownHardnessRetain(_ step: Int, draw: Int) -> RetainBatch {
    let generator = generator(.ownHardnessRetain, step * HardnessWindow.least + draw)
    return RetainBatch(
      .draw(plan.settings.batchSize, of: plan.retainRows, with: generator), labels: plan.dataset.train.labels)
  }

  /// The same of a request's rows, which must be rows of the phase; without guards.
  func ownHardnessForget(
    _ rows: [Int], _ step: Int, draw: Int, _ reference: Reference?
  ) throws(Interruption) -> ForgetBatch {
    let generator = generator(.ownHardnessForget, step * HardnessWindow.least + draw)
    let batch = BatchRows.draw(plan.settings.batchSize, of: rows, with: generator)
    return ForgetBatch(
      batch, pushed: try pushed(batch.rows, reference), guards: [], labels: plan.dataset.train.labels)
  }

  /// - Parameter reference: there where the settings look back.
  func retain(_ step: Int, _ reference: Reference?) throws(Interruption) -> RetainBatch {
    let baseline = plan.settings.baseline?.method
    let labels = plan.dataset.train.labels
    guard baseline?.looksAtRetain != false else { return RetainBatch(.nothing, labels: labels) }
    let generator = generator(.retainBatch, step)
    if let steering, let sampler { return RetainBatch(sampler.draw(steering.batch, with: generator), labels: labels) }
    let batch = BatchRows.draw(plan.settings.batchSize, of: plan.retainRows, with: generator)
    let before = baseline == .kl || baseline == .scrub ? try reference?.logits(batch.rows) : nil
    let objectives = before?.map { logits in
      RowTask.Objective.distillation(
        reference: logits, divergence: baseline == .kl ? 1 : Baseline.scrubDivergence,
        crossEntropy: baseline == .kl ? 0 : Baseline.scrubCrossEntropy)
    }
    return RetainBatch(batch, objectives: objectives, labels: labels)
  }

  /// What happens to the rows of a phase; nil: cross-entropy is raised.
  private func pushed(_ rows: [Int], _ reference: Reference?) throws(Interruption) -> [ForgetBatch.Pushed]? {
    switch phase.objective {
    case .crossEntropy: nil
    case .margin: ranked.map { ranked in rows.map { .lowered(.hingeMargin(target: ranked.target(of: $0))) } }
    case .npo:
      try reference?.losses(rows).map {
        .lowered(.preference(referenceLoss: $0, beta: Baseline.preferenceBeta))
      }
    case .divergence:
      try reference?.logits(rows).map {
        .raised(.distillation(reference: $0, divergence: 1, crossEntropy: 0))
      }
    }
  }

  func forget(_ step: Int, _ reference: Reference?) throws(Interruption) -> ForgetBatch {
    let settings = plan.settings
    let labels = plan.dataset.train.labels
    guard settings.baseline?.method.looksAtForget != false else {
      return ForgetBatch(.nothing, guards: [], labels: labels)
    }
    let open = steering.map { $0.isRepairing ? phase.rows : $0.open } ?? phase.rows
    let batch = BatchRows.draw(
      steering?.forgetBatch(settings, phase.objective) ?? settings.batchSize, of: open,
      with: generator(.forgetBatch, step))
    let most = settings.guardsAtMost
    let classes = guards.classes.draw(most.classes, with: generator(.erasedGuards, step))
    let pressure = steering?.guardPressure ?? 1
    let rowGuards = Int((Double(most.rows) * min(1, pressure)).rounded(.up))
    let rows = guards.rows.draw(rowGuards, with: generator(.rowGuards, step))
    return ForgetBatch(
      batch, pushed: try pushed(batch.rows, reference),
      guards: [
        ForgetBatch.Guards(rows: classes, weight: settings.guardWeight),
        ForgetBatch.Guards(rows: rows, weight: settings.guardWeight * pressure),
      ], labels: labels,
      share: Double(open.count) / Double(phase.rows.count))
  }

  private func generator(_ purpose: SeededGenerator.Purpose, _ step: Int) -> SeededGenerator {
    SeededGenerator(seed: plan.settings.seed, purpose: purpose, step: step)
  }
}
