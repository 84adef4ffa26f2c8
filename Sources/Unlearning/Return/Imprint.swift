/// What is kept of a batch of rows so that a later version can be looked at after the rows are gone from the data.
///
/// With d the gradient, in the version that forgot the rows, of their mean phi less that of held-out rows of their classes
/// (each class weighed as among the rows), a version theta a little away from theta_v tells the rows from unseen ones by
/// <d, theta - theta_v> more, in log-odds. Kept is a count sketch S d of it and the number <S d, S theta_v>, which by
/// linearity is all that the later look needs.
///
/// The alternatives were measured and are worse (README): the gradient of the forget loss falls with every further training,
/// whosever rows it is of; the direction of the run itself, theta_before - theta_v, tells less and would keep what purging the
/// old versions is to remove.
///
/// What it gives away to whoever can read the ledger: `width` numbers of a mean gradient. Who has theta_v too can test a guess
/// of the rows with them, even a half right one (a tombstone's digest beside the same salt confirms exact rows only). They are
/// too few to solve for the rows: at most a quarter as many as the rows have numbers, and an eighth of the parameters; batches
/// of fewer than `RunLimits.imprintRows` rows leave none. The classifier's last layer is left out: its gradient is the rows'
/// labels and mean features, and it adds nothing to the look. Of theta_v itself 64 numbers stay, for its distance.
package struct Imprint: Sendable, Equatable {
  /// Draws both sketches; secret as the ledger is.
  package let seed: UInt64
  /// Trainable numbers below the classifier.
  package let parameters: Int
  package let rows: Int
  /// By how much the run lowered F: the log-odds that the rows were surer than unseen ones, before, less after.
  package let taken: Double
  /// |d|
  package let slope: Double
  /// S d
  package let direction: [Float]
  /// <S d, S theta_v>
  package let origin: Double
  /// A sketch of theta_v with a seed of its own.
  package let place: [Float]

  package init(
    seed: UInt64, parameters: Int, rows: Int, taken: Double, slope: Double, direction: [Float], origin: Double,
    place: [Float]
  ) {
    self.seed = seed
    self.parameters = parameters
    self.rows = rows
    self.taken = taken
    self.slope = slope
    self.direction = direction
    self.origin = origin
    self.place = place
  }

  /// Numbers of the sketch of d; nil where fewer would be left than tell anything.
  /// - Parameter numbers: of one row.
  package static func width(rows: Int, numbers: Int, parameters: Int) -> Int? {
    guard rows >= RunLimits.imprintRows else { return nil }
    let width = min(RunLimits.imprintWidth, rows * numbers / 4, parameters / 8)
    return width >= RunLimits.imprintLeastWidth ? width : nil
  }

  static func sketches(seed: UInt64, width: Int) -> (direction: CountSketch, place: CountSketch) {
    (
      CountSketch(seed: seed, width: width),
      // Of another seed: places that fell together in one do not in the other.
      CountSketch(seed: ~seed, width: RunLimits.imprintPlaceWidth)
    )
  }
}

extension [Double] {
  func dot(_ other: [Double]) -> Double { zip(self, other).reduce(0) { $0 + $1.0 * $1.1 } }
  var norm: Double { dot(self).squareRoot() }
}
