/// Why a request is in the state it is in: the word `reason` of its receipt.
package enum Reason: String, CaseIterable, Sendable, Codable {
  // How a run ends (algorithm.md, "a run ends when").
  case target
  case unavoidable
  case retainBudget = "retain_budget"
  case maxSteps = "max_steps"
  case overshot
  case earlierErasure = "earlier_erasure"
  case infeasible
  case nonFinite = "non_finite"
  case stopped

  // Without a run, or around it.
  case alreadyForgotten = "already_forgotten"
  case nothingToForget = "nothing_to_forget"
  case maxForgetShare = "max_forget_share"
  case noModel = "no_model"
  case retriesSpent = "retries_spent"
  case cancelled
  /// A failure outside the mathematics (a disk, the data, a file of the model); `detail` says which.
  case error

  // Refusals.
  case invalid
  case unknownModel = "unknown_model"
  case nothingSelected = "nothing_selected"
  case idTaken = "id_taken"
  case notAFile = "not_a_file"
  case tooLarge = "too_large"
  case quota

  /// Held since going on costs more, or takes more steps, than is allowed.
  package var isOfCost: Bool { self == .unavoidable || self == .retainBudget || self == .maxSteps }

  /// Whether this word stands in the receipt of a refused file.
  package var isRefusal: Bool {
    switch self {
    case .invalid, .unknownModel, .nothingSelected, .idTaken, .notAFile, .tooLarge, .quota: true
    default: false
    }
  }
}
