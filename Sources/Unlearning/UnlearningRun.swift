package import Checkpoints
import HAMU

/// One run over a batch. Not safe for two threads at once; it blocks the one that calls it, for minutes.
///
///     var outcome = try run.run()
///     while case .ready = outcome {
///       // write a candidate of run.weights, read it back
///       switch try run.verify(candidate) {
///       case .confirmed(let result): // publish
///       case .lost: outcome = try run.run()
///       case .ended(let result): outcome = .ended(result)
///       }
///     }
package final class UnlearningRun {
  private let bench: Workbench
  /// nil until the measurement before the first step is done.
  private var course: Course?

  /// The weights as they are now: what a candidate is written from.
  package var weights: WeightMap { bench.weights }

  /// Maps the weights and builds the network; reads no rows yet.
  ///
  /// - Throws: `.plan` where a class of the forget rows has no held-out row to compare with; `.saved` where the state
  ///   does not fit the plan.
  package init(
    _ plan: RunPlan, observer: any RunObserver, resuming saved: SavedRun? = nil
  ) throws(UnlearningError) {
    bench = try Workbench(plan, observer: observer)
    course = try saved.map { (saved) throws(UnlearningError) in try Course(bench, resuming: saved) }
  }

  /// Runs to an ending; after `.lost` takes further steps.
  package func run() throws(UnlearningError) -> RunOutcome {
    do throws(Interruption) {
      switch try begun() {
      case .ended(let result): return .ended(result)
      case .course(let course): return try outcome(of: course)
      }
    } catch {
      return .ended(try stopped(error))
    }
  }

  /// Measures a candidate that was written from `weights` and read back from disk: the requests' targets, earlier
  /// erasures, and the retain loss on all rows.
  package func verify(_ candidate: ModelDirectory) throws(UnlearningError) -> Verification {
    guard let course else { throw .plan("there is nothing to verify before a run has begun") }
    do throws(Interruption) {
      let report = RunReport(course)
      let gauge = try bench.gauge(candidate)
      let found = try report.measureAll(with: gauge)
      if found.retainSpent > bench.plan.policy.budget { return .ended(report.ended(.retainBudget, found)) }
      if found.holds { return try verdict(on: gauge, report, found) }
      course.goOnAfterLoss()
      return .lost
    } catch {
      return .ended(try stopped(error))
    }
  }

  /// The target holds: what cannot be measured any more is looked for, and an imprint taken of what can be now.
  private func verdict(
    on gauge: Gauge, _ report: RunReport, _ found: RunReport.Final
  ) throws(Interruption) -> Verification {
    let returns = try bench.returns(in: gauge)
    if bench.plan.policy.holdsReturns, returns.contains(where: { $0.verdict == .returned && $0.isNew }) {
      var result = report.ended(.earlierErasure, found)
      result.returns = returns
      return .ended(result)
    }
    var result = report.ended(.target, found)
    result.returns = returns
    result.imprint = try report.imprint(gauge, found.measurement)
    return .confirmed(result)
  }

  private func outcome(of course: Course) throws(Interruption) -> RunOutcome {
    switch try course.run() {
    case .ready: .ready(step: course.state.step)
    case .ending(let ending, let look): .ended(try RunReport(course).ended(ending, look))
    }
  }

  private enum Begun {
    case course(Course)
    /// There is nothing to run.
    case ended(RunResult)
  }

  private func begun() throws(Interruption) -> Begun {
    if let course { return .course(course) }
    switch try Beginning(bench).measure() {
    case .notFinite: return .ended(.notFinite(bench.roster))
    case .nothing(let before, let margins): return .ended(.nothingToForget(bench.roster, before, margins))
    case .run(let state):
      let course = Course(bench, state)
      self.course = course
      return .course(course)
    }
  }

  private func stopped(_ interruption: Interruption) throws(UnlearningError) -> RunResult {
    switch interruption {
    case .failed(let error): throw error
    case .stopped: return course.map { RunReport($0).stopped() } ?? .stoppedBeforeBeginning(bench.roster)
    }
  }
}
