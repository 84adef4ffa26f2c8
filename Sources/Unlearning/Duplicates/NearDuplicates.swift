/// A row to forget and its nearest among those that stay, where their samples are nearly the same: what the model knows
/// of one it knows of the other.
package struct NearDuplicate: Sendable, Equatable, Codable {
  /// The request's.
  package let key: String
  package let row: Int
  package let retainRow: Int
  /// Their distance over the usual one; 0: the same to the last bit.
  package let ratio: Double
  /// Nearest is the row's picture as a mirror shows it, left for right.
  package let isMirrored: Bool

  package init(key: String, row: Int, retainRow: Int, ratio: Double, isMirrored: Bool) {
    self.key = key
    self.row = row
    self.retainRow = retainRow
    self.ratio = ratio
    self.isMirrored = isMirrored
  }
}

/// What was found before the first step.
package struct NearDuplicates: Sendable, Equatable, Codable {
  /// In the order of the requests, ascending by row in each; of each row the nearest alone.
  package let pairs: [NearDuplicate]
  /// m: the median distance of training rows to their nearest other row, every feature in its own standard deviation.
  package let usualDistance: Double
  /// How many rows were to be forgotten, and the first how many of them were looked at.
  package let rows: Int
  package let rowsSeen: Int

  package init(pairs: [NearDuplicate], usualDistance: Double, rows: Int, rowsSeen: Int) {
    self.pairs = pairs
    self.usualDistance = usualDistance
    self.rows = rows
    self.rowsSeen = rowsSeen
  }
}

/// What is a near-duplicate, and how much is spent on looking.
package struct DuplicateLimits: Sendable {
  /// Of the usual distance. Of 10,000 rows of CIFAR-10 none lies below 0.37 (plain skies) but one picture and its
  /// mirror image, at 0.10; of 8 x 8 digits none below 0.26: a quarter names nothing ordinary.
  package var ratio = 0.25
  /// Training rows whose distances make the usual one; fewer where `products` would be passed, down to the least.
  package var usualRows = 256
  package var usualRowsLeast = 16
  /// Training rows that features are standardised over.
  package var scaleRows = 1024
  /// Multiplications of forget rows with retain rows: some seconds of one core. Forget rows beyond it are not looked at.
  package var products = 100_000_000_000
  /// Numbers of the rows that are held in memory to be looked for (64 MiB), and of the block they are compared with.
  package var heldNumbers = 16 << 20
  package var blockNumbers = 2 << 20
  package var blockRows = 512

  package init() {}
}
