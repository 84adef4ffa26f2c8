package import Checkpoints
package import Datasets

/// Everything that one run needs to know. A value: the run reads nothing else but the rows.
package struct RunPlan: Sendable {
  package var dataset: Dataset
  /// The version to start from; its weights are mapped copy-on-write.
  package var parent: ModelDirectory
  /// At least one, all of one kind: rows, or classes.
  package var requests: [ForgetRequest]
  /// D_r: training rows that are still allowed; ascending.
  package var retainRows: [Int]
  /// D_h: held-out rows that are no training rows; ascending, of all classes.
  package var heldoutRows: [Int]
  /// What was forgotten before.
  package var erasures = EarlierErasures()
  package var settings = RunSettings()
  package var target = RunTarget()
  package var policy = RunPolicy()
  /// Draws what is kept of the batch for later looks; nil: nothing is.
  package var imprintSeed: UInt64?
  /// Threads that compute; changes no bit of the result.
  package var workers = 1

  package init(
    dataset: Dataset, parent: ModelDirectory, requests: [ForgetRequest], retainRows: [Int], heldoutRows: [Int]
  ) {
    self.dataset = dataset
    self.parent = parent
    self.requests = requests
    self.retainRows = retainRows
    self.heldoutRows = heldoutRows
  }
}

/// One request's part of a batch.
package struct ForgetRequest: Sendable, Equatable {
  package enum Kind: Sendable, Equatable {
    case rows
    /// Labels whose rows are all to be forgotten.
    case classes([Int])
  }

  /// Whatever the caller knows the request by; appears in results and nowhere else.
  package let key: String
  package let kind: Kind
  /// Training rows that are to be forgotten and were not before; ascending. Requests of a batch may share rows.
  package let rows: [Int]

  package init(key: String, kind: Kind = .rows, rows: [Int]) {
    self.key = key
    self.kind = kind
    self.rows = rows
  }
}

/// What earlier batches erased, as far as it is still in the data: runs hold it down, and look.
package struct EarlierErasures: Sendable, Equatable {
  /// A forgotten row.
  package struct Row: Sendable, Equatable {
    package let row: Int
    /// Which erasure it belongs to (its batch, say): guards are drawn evenly over these.
    package let erasure: Int
    /// phi in the version that forgot it; of a row of an erased class.
    package let phi: Double?

    package init(row: Int, erasure: Int, phi: Double? = nil) {
      self.row = row
      self.erasure = erasure
      self.phi = phi
    }
  }

  /// Labels of the classes that were erased, also those of which no row is left in the data.
  package var classes: [Int]
  /// Every tombstoned row that is still in the data.
  package var rows: [Row]
  /// Batches with rows that are gone from the data: looked for without them.
  package var imprints: [Imprinted] = []

  package init(classes: [Int] = [], rows: [Row] = []) {
    self.classes = classes
    self.rows = rows
  }
}
