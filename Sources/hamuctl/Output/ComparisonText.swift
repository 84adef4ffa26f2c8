import Requests

/// `hamuctl compare` for a person: one table of the networks, one of the rows.
enum ComparisonText {
  private static let kinds = [
    ("retrained", "trained without the rows"), ("retrained_again", "the same with other seeds"),
    ("unlearned", "unlearned"), ("not_unlearned", "before unlearning"),
  ]

  static func of(_ figures: JSONValue) -> String {
    let nets = Figures.text(figures["nets"])
    var lines = [
      "\(Figures.text(figures["model"])), \(Figures.text(figures["method"])): \(nets) networks of each kind, "
        + "\(Figures.text(figures["reached_target"])) of \(nets) reached the target", "",
    ]
    var table = Table([
      .text("networks"), .figure("forget acc."), .figure("retain acc."), .figure("held-out acc."),
      .figure("quality F"), .figure("score"),
    ])
    for (key, words) in kinds {
      guard let kind = figures[key] else { continue }
      // Against themselves they have nothing to be told apart by.
      let isBase = key == "retrained"
      table.add([
        words, Figures.short(kind["forget_accuracy"]), Figures.short(kind["retain_accuracy"]),
        Figures.short(kind["heldout_accuracy"]), isBase ? "-" : Figures.short(kind["forgetting_quality"]),
        isBase ? "-" : Figures.short(kind["score"]),
      ])
    }
    lines += [table.text, "", rows(figures["rows"]?.elements ?? [])]
    return lines.joined(separator: "\n")
  }

  private static func rows(_ rows: [JSONValue]) -> String {
    var table = Table([
      .figure("row"), .figure("epsilon"), .figure("log-odds unlearned"), .figure("log-odds retrained"),
    ])
    for row in rows {
      table.add([
        Figures.text(row["row"]), Figures.short(row["epsilon"]), Figures.short(row["phi_unlearned"]),
        Figures.short(row["phi_retrained"]),
      ])
    }
    return table.text
  }
}
