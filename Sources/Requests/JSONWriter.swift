extension JSONValue {
  /// On one line, without spaces: what the control socket speaks.
  package var text: String {
    var writer = JSONWriter(isPretty: false)
    writer.write(self, indentation: 0)
    return writer.text
  }

  /// Indented by two, one member a line: for people and files. Ends without a newline.
  package var prettyText: String {
    var writer = JSONWriter(isPretty: true)
    writer.write(self, indentation: 0)
    return writer.text
  }
}

private struct JSONWriter {
  let isPretty: Bool
  var text = ""

  init(isPretty: Bool) { self.isPretty = isPretty }

  mutating func write(_ value: JSONValue, indentation: Int) {
    switch value {
    case .null: text += "null"
    case .bool(let flag): text += flag ? "true" : "false"
    case .integer(let number): text += String(number)
    case .number(let number): text += DecimalText.full(number) ?? "null"
    case .string(let string): write(string)
    case .array(let elements):
      // A short list of plain values reads better on one line, also in the indented form.
      let onOneLine = elements.allSatisfy { $0.members == nil && $0.elements == nil }
      list(("[", "]"), elements, indentation, isSpread: isPretty && !onOneLine) { $0.write($1, indentation: $2) }
    case .object(let members):
      list(("{", "}"), members, indentation, isSpread: isPretty) { writer, member, inner in
        writer.write(member.key)
        writer.text += writer.isPretty ? ": " : ":"
        writer.write(member.value, indentation: inner)
      }
    }
  }

  private mutating func list<Item>(
    _ brackets: (open: String, close: String), _ items: [Item], _ indentation: Int, isSpread: Bool,
    _ body: (inout JSONWriter, Item, Int) -> Void
  ) {
    text += brackets.open
    for (index, item) in items.enumerated() {
      if index > 0 { text += isSpread || !isPretty ? "," : ", " }
      if isSpread { newline(indentation + 1) }
      body(&self, item, indentation + 1)
    }
    if isSpread, !items.isEmpty { newline(indentation) }
    text += brackets.close
  }

  private mutating func newline(_ indentation: Int) {
    text += "\n" + String(repeating: "  ", count: indentation)
  }

  /// RFC 8259, section 7. Invisible characters are escaped too, so that a terminal shows what is there.
  private mutating func write(_ string: String) {
    text += "\""
    for scalar in string.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "\n": text += "\\n"
      case "\r": text += "\\r"
      case "\t": text += "\\t"
      default:
        if scalar.value < 0x20 || scalar.isInvisible {
          for unit in String(scalar).utf16 { text += "\\u" + DecimalText.hexadecimal(UInt32(unit), digits: 4) }
        } else {
          text.unicodeScalars.append(scalar)
        }
      }
    }
    text += "\""
  }
}
