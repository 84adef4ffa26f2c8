/// Prose in two renderings: `full` for whoever wrote the file, `redacted` for the journal.
///
/// A deletion request names people, and so may every key and value in it. What is taken from a file therefore enters
/// a message only through `\(theirs:)` or `\(number:)`, which the redacted rendering replaces by an ellipsis; there is
/// no plain interpolation, so that forgetting the question is a compile error and not a leak.
package struct DiagnosticText: Hashable, Sendable, ExpressibleByStringInterpolation {
  package let full: String
  package let redacted: String

  package init(stringLiteral value: String) {
    full = value
    redacted = value
  }

  package init(stringInterpolation: StringInterpolation) {
    full = stringInterpolation.full
    redacted = stringInterpolation.redacted
  }

  init(full: String, redacted: String) {
    self.full = full
    self.redacted = redacted
  }

  package static func + (left: Self, right: Self) -> Self {
    Self(full: left.full + right.full, redacted: left.redacted + right.redacted)
  }

  package struct StringInterpolation: StringInterpolationProtocol {
    var full = ""
    var redacted = ""

    package init(literalCapacity: Int, interpolationCount: Int) {}

    package mutating func appendLiteral(_ literal: String) {
      full += literal
      redacted += literal
    }

    /// Words of hamud's own: keys, forms, names from the configuration.
    package mutating func appendInterpolation(ours text: String) { appendLiteral(text) }

    /// A figure that says nothing about a person: a limit, a count, a size.
    package mutating func appendInterpolation(ours number: Int) { appendLiteral(String(number)) }

    package mutating func appendInterpolation(text: DiagnosticText) {
      full += text.full
      redacted += text.redacted
    }

    /// Words from the file: quoted, escaped and cut at `Limits.excerptCharacters`.
    package mutating func appendInterpolation(theirs text: String) {
      full += DiagnosticText.excerpt(text)
      redacted += "…"
    }

    /// A number from the file, such as a row.
    package mutating func appendInterpolation(number: Int) {
      full += String(number)
      redacted += "…"
    }
  }

  /// Quotes a foreign text so that it cannot break the line, hide itself or write over what stands before it.
  static func excerpt(_ text: String) -> String {
    var result = "\""
    var count = 0
    for scalar in text.unicodeScalars {
      guard count < Limits.excerptCharacters else {
        result += "…"
        break
      }
      count += 1
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\t": result += "\\t"
      default:
        if scalar.isInvisible {
          result += "\\u{" + String(scalar.value, radix: 16) + "}"
        } else {
          result.unicodeScalars.append(scalar)
        }
      }
    }
    return result + "\""
  }
}

extension Unicode.Scalar {
  /// Controls, format characters (also those that turn the direction of writing), separators of lines and
  /// paragraphs, and what is not assigned: none of them may reach a terminal or a plain YAML scalar.
  var isInvisible: Bool {
    switch properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate, .unassigned: true
    default: false
    }
  }
}
