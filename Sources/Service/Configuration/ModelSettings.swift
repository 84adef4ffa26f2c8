package import Requests

/// One model as its owner configured it: `models.d/NAME.yaml`, with the defaults filled in and every path absolute (or
/// relative to where the process runs, when the root is).
package struct ModelSettings: Equatable, Sendable {
  /// The file's stem.
  package let name: String
  /// The configuration file, for messages.
  package let file: String
  /// A Hugging Face directory.
  package let model: String
  package let data: DataSettings
  package var unlearning: UnlearningSettings
  package var target: TargetSettings
  package var policy: Policy
  package var batching: Batching
  package var retention: Retention

  package init(
    name: String, file: String, model: String, data: DataSettings
  ) {
    self.name = name
    self.file = file
    self.model = model
    self.data = data
    unlearning = UnlearningSettings()
    target = TargetSettings()
    policy = Policy()
    batching = Batching()
    retention = Retention()
  }

  package struct Policy: Equatable, Sendable {
    package var onHardness = OnHardness.stop
    /// How much the retain loss may rise, in loss units.
    package var retainBudget = 0.02
    /// Of the rows that are left, 0 to 1.
    package var maxForgetShare = 0.2
    /// By how much accuracy on held-out rows may fall, over all runs since the last full training, 0 to 1.
    package var damageBudget = 0.1
    /// At a sign that forgotten rows, which are gone from the data, are back.
    package var onReturn = OnReturn.warn

    package init() {}
  }

  /// What a sign of return does beside the warning: nothing, or hold what brought it.
  package enum OnReturn: String, CaseIterable, Sendable {
    case warn, hold
  }

  package struct Batching: Equatable, Sendable {
    package var maxRequests = 64
    package var maxSamples = 5000
    package var maxWait: Duration = .seconds(600)

    package init() {}
  }

  package struct Retention: Equatable, Sendable {
    /// Replaced versions that stay.
    package var keep = 2
    package var purgeAfter: Duration = .days(7)

    package init() {}
  }
}

extension ModelSettings.Policy {
  /// As it stands in a version's record.
  package var json: JSONValue {
    [
      "on_hardness": .string(onHardness.rawValue), "retain_budget": .number(retainBudget),
      "max_forget_share": .number(maxForgetShare), "damage_budget": .number(damageBudget),
      "on_return": .string(onReturn.rawValue),
    ]
  }
}
