/// Columns under headings, as wide as their widest cell; figures to the right.
struct Table {
  struct Column {
    let heading: String
    let isFigure: Bool

    static func text(_ heading: String) -> Column { Column(heading: heading, isFigure: false) }
    static func figure(_ heading: String) -> Column { Column(heading: heading, isFigure: true) }
  }

  let columns: [Column]
  private var rows: [[String]] = []

  init(_ columns: [Column]) { self.columns = columns }

  mutating func add(_ cells: [String]) { rows.append(cells) }

  var isEmpty: Bool { rows.isEmpty }

  var text: String {
    let widths = columns.indices.map { column in
      ([columns[column].heading] + rows.map { $0[column] }).map(\.count).max() ?? 0
    }
    return ([columns.map(\.heading)] + rows).map { line($0, widths) }.joined(separator: "\n")
  }

  private func line(_ cells: [String], _ widths: [Int]) -> String {
    let padded = cells.indices.map { column in
      let padding = String(repeating: " ", count: widths[column] - cells[column].count)
      return columns[column].isFigure ? padding + cells[column] : cells[column] + padding
    }
    var text = padded.joined(separator: "  ")
    while text.last == " " { text.removeLast() }
    return text
  }
}
