import Platform
package import Requests

extension ModelSettings {
  /// - Parameters:
  ///   - bytes: of the file.
  ///   - file: its path; relative paths in it start from its directory.
  package static func parse(_ bytes: [UInt8], name: String, file: String) throws(Refusal) -> ModelSettings {
    let document = try DocumentReader(bytes)
    let directory = Paths.parent(of: file)
    guard let reader = document.mapping() else {
      try document.finish()
      throw Refusal(.invalid, [Diagnostic(at: .start, "this is no mapping", mend: "write model: and data:")])
    }
    let model = reader.required("model", .path(in: directory, example: "/srv/models/\(name)"))
    reader.later("adapter")
    let data = DataSettings.read(reader, directory: directory)
    let unlearning = reader.mapping("unlearning", example: "method: hamu-q").map(UnlearningSettings.read)
    let target = reader.mapping("target", example: "membership_auc: 0.55").map(TargetSettings.read)
    let policy = reader.mapping("policy", example: "on_hardness: stop").map(Policy.read)
    let batching = reader.mapping("batching", example: "max_wait: 10min").map(Batching.read)
    let retention = reader.mapping("retention", example: "keep: 2").map(Retention.read)
    reader.finish()
    try document.finish()
    guard let model, let data else {
      throw Refusal(.invalid, [Diagnostic(at: .start, "this is no model", mend: "write model: and data:")])
    }
    var settings = ModelSettings(name: name, file: file, model: model.value, data: data)
    settings.unlearning = unlearning ?? settings.unlearning
    settings.target = target ?? settings.target
    settings.policy = policy ?? settings.policy
    settings.batching = batching ?? settings.batching
    settings.retention = retention ?? settings.retention
    return settings
  }
}

extension TargetSettings {
  fileprivate static func read(_ reader: MappingReader) -> Self {
    var target = Self()
    let upper = ScalarForm<Double>.real("a number above 0.5 and below 1", example: "0.55") { 0.5 < $0 && $0 < 1 }
    target.membershipAUC = reader.value("membership_auc", upper, default: target.membershipAUC)
    target.classAccuracy = reader.optional("class_accuracy", .share.example("0.1"))?.value
    target.forgetAccuracy = reader.optional("forget_accuracy", .share.example("0.5"))?.value
    target.forgetLoss = reader.optional("forget_loss", .notNegative.example("2.0"))?.value
    reader.finish()
    return target
  }
}

extension ModelSettings.Policy {
  fileprivate static func read(_ reader: MappingReader) -> Self {
    var policy = Self()
    policy.onHardness = reader.value("on_hardness", .word(OnHardness.self), default: policy.onHardness)
    policy.retainBudget = reader.value("retain_budget", .notNegative.example("0.02"), default: policy.retainBudget)
    policy.maxForgetShare = reader.value("max_forget_share", .share, default: policy.maxForgetShare)
    policy.damageBudget = reader.value("damage_budget", .share.example("0.1"), default: policy.damageBudget)
    policy.onReturn = reader.value("on_return", .word(ModelSettings.OnReturn.self), default: policy.onReturn)
    reader.finish()
    return policy
  }
}

extension ModelSettings.Batching {
  fileprivate static func read(_ reader: MappingReader) -> Self {
    var batching = Self()
    batching.maxRequests = reader.value(
      "max_requests", .integer(in: 1...100_000, example: 64), default: batching.maxRequests)
    batching.maxSamples = reader.value(
      "max_samples", .integer(in: 1...Int.max, example: 5000), default: batching.maxSamples)
    batching.maxWait = reader.value("max_wait", .duration, default: batching.maxWait)
    reader.finish()
    return batching
  }
}

extension ModelSettings.Retention {
  fileprivate static func read(_ reader: MappingReader) -> Self {
    var retention = Self()
    retention.keep = reader.value("keep", .integer(in: 0...1000, example: 2), default: retention.keep)
    retention.purgeAfter = reader.value("purge_after", .duration.example("7d"), default: retention.purgeAfter)
    reader.finish()
    return retention
  }
}
