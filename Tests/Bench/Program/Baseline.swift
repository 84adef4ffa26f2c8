/// Two reports side by side.
enum Baseline {
  /// figure, then, now, now / then: of every number that both have, the turns' own figures aside.
  static func table(then: JSON, now: JSON) -> String {
    let processors = [then, now].map { $0["machine"]["processor"].string ?? "?" }
    let warning =
      processors[0] == processors[1] ? "" : "ANOTHER PROCESSOR: then \(processors[0]), now \(processors[1])\n"
    return warning + lines(then, now)
  }

  private static func lines(_ then: JSON, _ now: JSON) -> String {
    let (then, now) = (figures(then), figures(now))
    var lines = [["figure", "then", "now", "now/then"]]
    for name in now.keys.sorted() {
      guard let old = then[name], let new = now[name] else { continue }
      lines.append([name, shown(old), shown(new), old == 0 ? (new == 0 ? "1" : "-") : rounded(new / old, 3)])
    }
    let widths = (0..<4).map { column in lines.map { $0[column].count }.max() ?? 0 }
    return lines.map { line in
      line.enumerated().map { column, text in
        let gap = String(repeating: " ", count: widths[column] - text.count)
        return column == 0 ? text + gap : gap + text
      }.joined(separator: "  ")
    }.joined(separator: "\n")
  }

  /// Numbers and yes or no by their path.
  private static func figures(_ json: JSON, _ path: String = "") -> [String: Double] {
    switch json {
    case .number(let value): return [path: value]
    case .bool(let value): return [path: value ? 1 : 0]
    case .object(let members):
      return members.reduce(into: [:]) { found, member in
        let inner = path.isEmpty ? member.key : path + "." + member.key
        found.merge(figures(member.value, inner)) { first, _ in first }
      }
    case .array, .string, .null: return [:]
    }
  }

  private static func shown(_ value: Double) -> String {
    let digits = abs(value) >= 100 || value == value.rounded() ? 0 : abs(value) >= 1 ? 3 : 6
    return rounded(value, digits)
  }
}
