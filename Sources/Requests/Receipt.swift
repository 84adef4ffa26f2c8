/// What a requester gets back: state, version, evidence. One value, two renderings (`yaml`, `json`) with the same keys
/// in the same order; `Receipt.parse` reads both.
package struct Receipt: Equatable, Sendable {
  /// Absent for a refused file that named no id.
  package var request: String?
  /// `sha256:...` of the manifest's bytes; absent where none were read.
  package var digest: String?
  package var state: RequestState
  package var reason: Reason?
  /// For a person: what happened, and what they can do. May have several lines.
  package var detail: String?
  package var submittedBy: String?
  /// RFC 3339, UTC, as all times here.
  package var receivedAt: String?
  package var acceptedAt: String?
  package var expectedAt: String?
  /// There exactly when the request has ended.
  package var finishedAt: String?
  package var model: String?
  package var version: Int?
  package var batch: Int?
  /// Rows of this request that the run had to forget.
  package var rows: Int?
  package var alreadyForgotten: Int?
  package var steps: Int?
  package var judged: Judged?
  package var before: Figures?
  package var after: Figures?
  package var hardness: Hardness?
  package var goingOn: GoingOn?
  /// There when rows of the request have copies, nearly, that stay.
  package var nearDuplicates: NearDuplicates?
  /// `sha256:...` of the bytes of the version's hamud.json.
  package var record: String?
  /// When older versions, which still remembered the rows, were removed; oldest first.
  package var purged: [Purge] = []
  /// Of every byte before its line, which is the last (`signedParts`). Only in a receipt that was read.
  package internal(set) var signature: String?

  /// The format this room writes and reads.
  package static let format = 1

  package init(state: RequestState, request: String? = nil, reason: Reason? = nil, detail: String? = nil) {
    self.state = state
    self.request = request
    self.reason = reason
    self.detail = detail
  }

  /// Whose figures stand in the receipt: the request's own, or its batch's when it has too few rows.
  package enum Judged: String, CaseIterable, Sendable, Codable { case request, batch }

  /// What was measured before the first step, or on the published version. Absent figures do not apply; a figure
  /// that is not finite is left out as well.
  package struct Figures: Equatable, Sendable {
    package var forgetLoss: Double?
    package var forgetAccuracy: Double?
    package var membershipAUC: Double?
    /// 95 % interval.
    package var membershipInterval: ClosedRange<Double>?
    package var classAccuracy: Double?
    package var classHeldoutAccuracy: Double?
    package var retainLoss: Double?
    package var retainAccuracy: Double?
    package var heldoutLoss: Double?
    package var heldoutAccuracy: Double?

    package init() {}
  }

  /// The last window of the run (HAMU, arXiv:2606.02119; debiased and cross-fitted).
  package struct Hardness: Equatable, Sendable {
    package var kappa: Double?
    package var kappa1: Double?
    package var kappa2: Double?
    package var quota: Double?
    package var leastCost: Double?
    package var leastCostError: Double?
    package var retainCost: Double?
    package var retainCostError: Double?
    package var freeImprovement: Double?
    package var isUnavoidable: Bool

    package init(isUnavoidable: Bool) { self.isUnavoidable = isUnavoidable }
  }

  /// The removal of a version.
  package struct Purge: Equatable, Sendable {
    package let version: Int
    package let at: String

    package init(version: Int, at: String) {
      self.version = version
      self.at = at
    }
  }

  /// Rows to forget, each with the row nearly the same that the model may go on learning from.
  package struct NearDuplicates: Equatable, Sendable {
    package struct Pair: Equatable, Sendable {
      package let row: Int
      package let stays: Int

      package init(_ row: Int, stays: Int) {
        self.row = row
        self.stays = stays
      }
    }

    /// How many there are.
    package let count: Int
    /// The first of them.
    package let pairs: [Pair]

    /// So many are named.
    package static let named = 20

    /// - Parameter count: where the pairs are not all of them.
    package init(_ pairs: [Pair], count: Int? = nil) {
      self.count = count ?? pairs.count
      self.pairs = Array(pairs.prefix(Self.named))
    }
  }

  /// What going on would cost; there only when held after a run.
  package struct GoingOn: Equatable, Sendable {
    package var retainCostPerStep: Double?
    /// Absent when the distance to the target did not fall.
    package var steps: Int?

    package init(retainCostPerStep: Double? = nil, steps: Int? = nil) {
      self.retainCostPerStep = retainCostPerStep
      self.steps = steps
    }
  }
}
