import Requests

/// `hamuctl status` for a person.
enum StatusText {
  static func of(_ status: JSONValue) -> String {
    var lines = ["daemon      " + Figures.text(status["daemon"])]
    let counts = (status["requests"]?.members ?? []).filter { $0.value.integerValue != 0 }
    let requests = counts.map { Figures.text($0.value) + " " + $0.key }.joined(separator: ", ")
    lines.append("requests    " + (requests.isEmpty ? "none" : requests))
    if let alone = status["left_alone"]?.integerValue, alone > 0 {
      lines.append(
        "left alone  \(alone) in the spool that are no manifests (*.yaml, *.yml, *.json), that hamud may not read, or whose"
          + " owner's quota is spent")
    }
    for model in status["models"]?.elements ?? [] {
      var line = "model       " + Figures.text(model["model"]) + ", version " + Figures.text(model["version"])
      if let paused = model["paused"]?.stringValue { line += ", paused: " + paused }
      if let owed = model["owed"]?.integerValue, owed > 0 {
        line += ", owed: \(owed) to be served again before another version is served ("
        let waiting = (model["owed_requests"]?.elements ?? []).map {
          Figures.text($0["request"]) + " " + Figures.text($0["state"])
        }
        line += waiting.joined(separator: ", ") + (owed > waiting.count ? ", ...)" : ")")
      }
      lines.append(line)
    }
    lines.append("running     " + running(status["running"]))
    return lines.joined(separator: "\n")
  }

  private static func running(_ run: JSONValue?) -> String {
    guard let run, !run.isNull else { return "nothing" }
    var text = Figures.text(run["model"]) + ", batch " + Figures.text(run["batch"])
    text += ", step " + Figures.text(run["step"]) + " of at most " + Figures.text(run["steps_at_most"])
    for (key, word) in [
      ("forget_loss", "forget loss"), ("retain_loss", "retain loss"), ("kappa", "kappa"), ("quota", "quota"),
      ("least_cost", "least cost"), ("retain_cost", "retain cost"),
    ] where run[key]?.numberValue != nil {
      text += ", " + word + " " + Figures.short(run[key])
    }
    return text
  }
}
