/// What the controller decided at a measurement, and from what: one line of a run's record.
package struct SteeringReport: Sendable, Equatable, Codable {
  package enum Cause: String, Sendable, Codable {
    /// The first steps.
    case start
    /// Nothing changes.
    case steady
    /// The loss changed otherwise than the steps' costs say: shorter steps.
    case surprise
    /// The loss changed as the steps' costs say: longer steps again.
    case calm
    /// The loss rose by much more than predicted: back to the last measured point, with shorter steps.
    case undone
    /// Steps cost what no step need cost: a larger retain batch.
    case noise
    /// The target would not be reached in time, and there is budget left: a larger quota.
    case slow
    /// The budget is spent: no quota until the retain loss is bought back.
    case repair
  }

  /// Steps taken before it.
  package var step: Int
  package var causes: [Cause]
  /// Retain rows of each step that follows.
  package var batch: Int
  /// Forget rows that are not down at their targets yet.
  package var openRows: Int
  /// By which the configured radius is multiplied from here on.
  package var radiusScale: Double
  /// By which the configured quota is multiplied, before its pace.
  package var quotaScale: Double
  /// Of the steps since the last decision: the mean quota as a share of the configured one, ...
  package var quotaShare: Double?
  /// ... the sum of their cross-fitted costs, ...
  package var predicted: Double?
  /// ... and by how much the loss of the retain sample did change.
  package var actual: Double?
}
