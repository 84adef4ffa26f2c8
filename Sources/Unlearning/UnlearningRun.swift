package import Checkpoints
import HAMU
import Networks

/// One run over a batch. Not safe for two threads at once; it blocks the one that calls it, for minutes.
///
///     var outcome = try run.run()
///     while case .ready = outcome {
///       // write a candidate of run.weights
///       switch try run.verify(candidate) {
///       case .lost: outcome = try run.run()
///       ...
package final class UnlearningRun {
  /// The weights as they are now: what a candidate is written from.
  package let weights: WeightMap

  /// Maps the weights and builds the network; reads no rows yet.
  ///
  /// - Throws: `.plan` where a class of the forget rows has no held-out row to compare with; `.saved` where the state
  ///   does not fit the plan.
  package init(
    _ plan: RunPlan, observer: any RunObserver, resuming saved: SavedRun? = nil
  ) throws(UnlearningError) {
    preconditionFailure()
  }

  /// Runs to an ending; after `.lost` takes further steps.
  package func run() throws(UnlearningError) -> RunOutcome {
    preconditionFailure()
  }

  /// Measures a candidate that was written from `weights` and read back from disk: the requests' targets, earlier
  /// erasures, and the retain loss on all rows.
  package func verify(_ candidate: ModelDirectory) throws(UnlearningError) -> Verification {
    preconditionFailure()
  }
}
