import HAMU
import Networks

/// How hard each request of a batch is on its own, at the weights as they are.
///
/// The run's window knows only the requests together. Here several retain batches are drawn at the same weights and each
/// request's own forget gradient is held against them: the same debiased figures as the window's, with the draws in the
/// place of steps. That is exact (nothing moves between the draws), and it is paid only at the moment of a verdict:
/// `HardnessWindow.least` retain batches for all requests together, and for each request its rows once, or as many batches
/// where it has more rows than a batch (else the noise of the one batch would stand in no error).
struct OwnHardness {
  private static let draws = HardnessWindow.least

  private let bench: Workbench
  private let schedule: Schedule
  private let step: Int
  private let settings: StepSettings
  /// By draw.
  private let retain: [RetainBatch]
  private let retainGradients: [HalfGradients]
  /// By draw and block: the product of the next draw's retain gradient and this one's.
  private let following: [[Double]]

  /// Computes the retain side.
  init(_ bench: Workbench, _ schedule: Schedule, step: Int, _ settings: StepSettings) throws(Interruption) {
    self.bench = bench
    self.schedule = schedule
    self.step = step
    self.settings = settings
    let stepper = bench.stepper
    retain = (0..<Self.draws).map { schedule.ownHardnessRetain(step, draw: $0) }
    var gradients: [HalfGradients] = []
    for batch in retain {
      let gradient = HalfGradients(layout: stepper.network.layout)
      try stepper.gradient(batch.rows, batch.tasks, into: gradient)
      gradients.append(gradient)
    }
    retainGradients = gradients
    following = gradients.indices.map { draw in
      stepper.algebra.sums(retain: gradients[(draw + 1) % Self.draws], forget: gradients[draw]).map(\.kappa)
    }
  }

  /// Rows that go through the network, forward and backward: for all requests, and for one of these rows.
  var retainRows: Int { retain.reduce(0) { $0 + $1.rows.count } }
  func forgetRows(of rows: [Int]) -> Int {
    let batch = bench.plan.settings.batchSize
    return rows.count > batch ? Self.draws * batch : rows.count
  }

  /// Of the rows of one request, all of which must be rows of the phase; nil where a gradient is not finite.
  ///
  /// - Parameter quota: in loss units, what each further step must bring for this request; nil: the quota of the settings.
  func measure(_ rows: [Int], quota: Double?) throws(Interruption) -> Hardness? {
    let forget = HalfGradients(layout: bench.stepper.network.layout)
    var window = HardnessWindow()
    var newest: HardnessWindow.Problem?
    var isWhole = false
    for draw in 0..<Self.draws {
      if !isWhole {
        let batch = try schedule.ownHardnessForget(rows, step, draw: draw, bench.reference)
        try bench.stepper.gradient(batch.rows, batch.tasks, into: forget)
        forget.evenShare = batch.evenShare
        forget.oddShare = batch.oddShare
        isWhole = batch.isWhole
      }
      let sums = bench.stepper.algebra.sums(retain: retainGradients[draw], forget: forget)
      let scalars = sums.map { BlockScalars($0) }
      guard scalars.allSatisfy(\.isFinite) else { return nil }
      let plan = StepPlan(scalars, settings)
      window.append(HardnessWindow.Entry(sums, wholeRetain: retain[draw].isWhole, wholeForget: isWhole))
      window.append(cost: cost(of: plan, draw, forget))
      var problem = HardnessWindow.Problem(plan, settings)
      if let quota { problem.constraint = .absolute(problem.clip * quota) }
      newest = problem
    }
    return newest.flatMap { window.estimate($0) }
  }

  /// What the step of a draw would cost on the next draw's rows, which it was not fitted to.
  private func cost(of plan: StepPlan, _ draw: Int, _ forget: HalfGradients) -> Double {
    let next = bench.stepper.algebra.sums(retain: retainGradients[(draw + 1) % Self.draws], forget: forget)
    return plan.blocks.indices.reduce(0) { sum, block in
      sum + plan.blocks[block].retainCoefficient * following[draw][block]
        + plan.blocks[block].forgetCoefficient * next[block].kappa
    }
  }
}
