/// Values as YAML that every reader of YAML 1.1 and 1.2 takes for the same values: words that could be taken for
/// anything but a word are quoted, numbers come from `DecimalText`.
package enum YAMLText {
  /// An object as a document: a key a line, what is inside its values on the same line, text of several lines as a
  /// literal block where that is exact. Ends with a newline.
  package static func document(_ value: JSONValue) -> String {
    guard let members = value.members, !members.isEmpty else { return flow(value) + "\n" }
    return members.map { member in
      let key = word(member.key, inFlow: true)
      if case .string(let text) = member.value {
        return key + ": " + (literalBlock(text) ?? word(text, inFlow: false)) + "\n"
      }
      return key + ": " + flow(member.value) + "\n"
    }.joined()
  }

  private static func flow(_ value: JSONValue) -> String {
    switch value {
    case .null, .bool, .integer, .number: value.text
    case .string(let text): word(text, inFlow: true)
    case .array(let elements): "[" + elements.map(flow).joined(separator: ", ") + "]"
    case .object(let members):
      "{" + members.map { word($0.key, inFlow: true) + ": " + flow($0.value) }.joined(separator: ", ") + "}"
    }
  }

  private static func word(_ text: String, inFlow: Bool) -> String {
    isPlain(text, inFlow: inFlow) ? text : quoted(text)
  }

  /// Words that some version of YAML takes for a boolean or for nothing.
  private static let reserved: Set<String> = ["y", "yes", "n", "no", "true", "false", "on", "off", "null"]

  /// Narrow on purpose: begins with a letter, ASCII, and no character that means something anywhere in YAML.
  private static func isPlain(_ text: String, inFlow: Bool) -> Bool {
    let bytes = Array(text.utf8)
    guard let first = bytes.first, let last = bytes.last, first.isLetterOrDigit, !first.isDigit,
      last != UInt8(ascii: " "), last != UInt8(ascii: ":"), !reserved.contains(text.lowercased())
    else { return false }
    for (index, byte) in bytes.enumerated() {
      switch byte {
      case UInt8(ascii: ":"):
        if inFlow || bytes[index + 1] == UInt8(ascii: " ") { return false }
      case UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "%"):
        if inFlow { return false }
      case UInt8(ascii: " "), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "/"),
        UInt8(ascii: "+"):
        continue
      default:
        if !byte.isLetterOrDigit { return false }
      }
    }
    return true
  }

  /// A double-quoted scalar on one line.
  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\t": result += "\\t"
      default:
        if !scalar.isInvisible {
          result.unicodeScalars.append(scalar)
        } else if scalar.value <= 0xFFFF {
          result += "\\u" + DecimalText.hexadecimal(scalar.value, digits: 4)
        } else {
          result += "\\U" + DecimalText.hexadecimal(scalar.value, digits: 8)
        }
      }
    }
    return result + "\""
  }

  /// `|-` and the lines, indented by two; nil where the text has one line or a block would not be exact.
  private static func literalBlock(_ text: String) -> String? {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    guard lines.count > 1,
      lines.allSatisfy({ line in
        !line.isEmpty && !line.hasPrefix(" ") && !line.unicodeScalars.contains(where: \.isInvisible)
      })
    else { return nil }
    return "|-\n" + lines.map { "  " + $0 }.joined(separator: "\n")
  }
}
