package import Requests

/// The `target` section of a model: when a request counts as forgotten.
package struct TargetSettings: Equatable, Sendable {
  /// x means the band 1 - x to x.
  package var membershipAUC = 0.55
  /// At most; nil: one over the number of classes.
  package var classAccuracy: Double?
  /// At most. Where it or `forgetLoss` is set, they take the place of `membershipAUC` for requests of rows.
  package var forgetAccuracy: Double?
  /// At least.
  package var forgetLoss: Double?

  package init() {}

  /// Whether requests of rows are judged by membership.
  package var judgesMembership: Bool { forgetAccuracy == nil && forgetLoss == nil }

  /// As it stands in a version's record.
  package var json: JSONValue {
    .present([
      "membership_auc": judgesMembership ? .number(membershipAUC) : nil,
      "class_accuracy": classAccuracy.map(JSONValue.number),
      "forget_accuracy": forgetAccuracy.map(JSONValue.number),
      "forget_loss": forgetLoss.map(JSONValue.number),
    ])
  }
}
