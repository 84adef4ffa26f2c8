/// The constants of the controller. A user sets none of them; the study varies them.
package struct SteeringSettings: Sendable, Equatable, Codable {
  /// Retain rows of the first steps; noise lets the batch grow up to the configured one.
  package var batch = 48
  /// Forget rows a step, at most: single rows have little in common, the rows of a class nearly everything.
  package var forgetBatch = 96
  package var classBatch = 32
  /// Of a retain batch, the share that is drawn from the rows with the largest losses.
  package var hardShare = 0.5
  /// How many such rows are remembered.
  package var hardRows = 4096
  /// So many of them are looked at with each measurement: rows that have become hard since are what makes an even draw noisy.
  package var screen = 1500
  /// In budgets: the rise of the retain loss up to which the quota is whole, and that at which it is 0. While the run lasts
  /// the loss may be above the budget: it is bought back in the end.
  package var free = 1.0
  package var spent = 2.0
  /// In budgets: what may be spent when the target holds; above, steps with a small quota buy it back, at most so many times
  /// until the next measurement.
  package var repairAbove = 0.6
  package var repairs = 4
  /// Also bought back, as far as it goes: the share of the retain rows that are missed and were not before. The loss is a mean,
  /// and hides the few rows that went over the edge.
  package var repairMissed = 0.0004
  /// The share of the quota that steps take meanwhile, to hold what was forgotten: rows that are down at their targets come up
  /// again with nothing against it.
  package var repairQuota = 0.3
  /// In budgets: the rise from which a cost that only the batch's noise explains makes the batch grow. Below, a larger batch
  /// costs more images than it saves steps.
  package var noiseAbove = 3.0
  /// In budgets: the rise between two measurements from which the steps between may be undone.
  package var undoAbove = 0.75
  /// e = (actual - predicted) / sum R_i |a_i| above which the radius shrinks, and below which it grows back. A loss that rose
  /// by less than predicted is none to be afraid of.
  package var surprise = 0.25
  package var calm = 0.0625
  /// Rows of erased classes that guard in a step, and tombstoned rows; at most the configured ones.
  package var classGuards = 4
  package var rowGuards = 16
  /// Of tombstoned rows: below the top of the band, the distance of their AUC at which the configured guards stand; how much
  /// nearer or farther doubles or ends them, and the bounds of that.
  package var guardGap = 0.02
  package var guardSlope = 0.02
  package var guardLeast = 0.25
  package var guardMost = 3.0
  /// While less than this part of the budget is spent, a phase whose pace would need more than this part of the steps that are
  /// left gets a larger quota, by this factor, up to this share of the greatest improvement.
  package var spareShare = 0.5
  package var stepsShare = 0.7
  package var quotaGrowth = 1.5
  package var quotaLimit = 0.5
  /// Steps of a phase from which on its pace is believed, and how far beyond the steps that are left it may point.
  package var paceSteps = 50
  package var paceSlack = 2.0

  package init() {}
}
