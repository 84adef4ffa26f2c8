/// Mean cross-entropy and accuracy of some rows.
package struct SplitFigures: Sendable, Equatable, Codable {
  package var loss: Double
  package var accuracy: Double

  package init(loss: Double, accuracy: Double) {
    self.loss = loss
    self.accuracy = accuracy
  }
}

/// What was measured of one judged group: a request with 30 rows or more, or all smaller ones together.
package struct GroupFigures: Sendable, Equatable, Codable {
  package var forgetLoss: Double
  package var forgetAccuracy: Double
  /// Of a group of rows: the chance that a forget row is surer than a held-out row of its class.
  package var membershipAUC: Double?
  /// Its 95 % interval, lower and upper; only before and after a run.
  package var membershipInterval: [Double]?
  /// Of a group of classes: on its rows, and on the held-out rows of its classes; of several classes the worst.
  package var classAccuracy: Double?
  package var classHeldoutAccuracy: Double?
  /// F: mean of max(phi - target, 0) with rank-matched targets.
  package var excess: Double?
  /// Rows that are surer than every held-out row of their class.
  package var surerRows: Int?

  package init(forgetLoss: Double, forgetAccuracy: Double) {
    self.forgetLoss = forgetLoss
    self.forgetAccuracy = forgetAccuracy
  }
}

/// One measurement.
package struct Measurement: Sendable, Equatable, Codable {
  /// Steps taken before it.
  package var step: Int
  /// By judged group (`RunResult.groups`, `RunEvent.measured`).
  package var groups: [GroupFigures]
  /// Which of them are of requests that were set aside: as they were measured last before that.
  package var setAside: Set<Int> = []
  /// On the fixed sample, or (`isFull`) on all retain rows.
  package var retain: SplitFigures
  /// Without the classes that are erased, or are to be.
  package var heldout: SplitFigures
  /// `before` and `after`.
  package var isFull: Bool
  /// How much the retain loss of the fixed sample has risen since before the first step; nil where all rows were measured.
  package var retainSpent: Double?

  package init(step: Int, groups: [GroupFigures], retain: SplitFigures, heldout: SplitFigures, isFull: Bool) {
    self.step = step
    self.groups = groups
    self.retain = retain
    self.heldout = heldout
    self.isFull = isFull
  }
}
